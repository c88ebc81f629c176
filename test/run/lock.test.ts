/** run.lock: one writer in a folder, and a writer that is gone is none. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CheckpointError, resume, train } from "../../lib/index.js";
import { lockFolder } from "../../lib/run/disk/lock.js";
import { recordTestLook } from "../../lib/run/folder/test-evaluations.js";
import { environment, errorOf, root, scratch, WORDS } from "../train/support.js";

const folder = scratch();
const LOCK = "run.lock";

/** A process that was waited for: its number is nobody's. */
async function goneProcess(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((resolve) => child.once("close", resolve));
  return child.pid as number;
}
let token = 0;
const holder = (fields: object): string =>
  `${JSON.stringify({ host: hostname(), token: String(token++), ...fields })}\n`;
/** What this process writes in its own lock. */
function own(): { pid: number; host: string; boot?: string; start?: string } {
  const dir = folder();
  const unlock = lockFolder(dir);
  const content = JSON.parse(readFileSync(join(dir, LOCK), "utf8")) as ReturnType<typeof own>;
  unlock();
  return content;
}

describe("the lock of a folder", () => {
  it("is one's own until it is given back, and leaves nothing", async () => {
    const dir = folder();
    const unlock = lockFolder(dir);
    const error = await errorOf(CheckpointError, () => lockFolder(dir));
    expect(error.message).toBe(
      `${dir}: this process is at work in it: wait until it ends, or stop it (if it is none ` +
        `of mm-train's, remove ${join(dir, LOCK)})`,
    );
    expect(readdirSync(dir)).toEqual([LOCK]);
    unlock();
    expect(readdirSync(dir)).toEqual([]);
    unlock();
    const again = lockFolder(dir);
    unlock(); // gives back its own only
    expect(readdirSync(dir)).toEqual([LOCK]);
    again();
  });

  it("names the process that has it", async () => {
    const dir = folder();
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    try {
      writeFileSync(join(dir, LOCK), holder({ ...own(), pid: child.pid, start: undefined }));
      expect((await errorOf(CheckpointError, () => lockFolder(dir))).message).toContain(
        `process ${child.pid} is at work in it`,
      );
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("of another machine is respected: nobody can see from here whether its process lives", async () => {
    const dir = folder();
    writeFileSync(
      join(dir, LOCK),
      holder({ ...own(), pid: await goneProcess(), host: "elsewhere" }),
    );
    expect((await errorOf(CheckpointError, () => lockFolder(dir))).message).toContain(
      "on elsewhere is at work in it",
    );
  });

  it.each<[string, () => Promise<string> | string]>([
    ["whose process is gone", async () => holder({ ...own(), pid: await goneProcess() })],
    ["of before the last start of the machine", () => holder({ ...own(), boot: "another" })],
    [
      "whose number was given to another process",
      () => holder({ ...own(), start: own().start && "1" }),
    ],
    ["that the machine's end cut short", () => '{"pid":'],
    ["that is empty", () => ""],
    [
      "of a system without /proc",
      async () =>
        holder({ ...own(), pid: await goneProcess(), boot: own().boot, start: undefined }),
    ],
  ])("%s is taken over without a word", async (what, content) => {
    if (what.includes("number") && own().start === undefined) return; // only /proc knows
    const dir = folder();
    writeFileSync(join(dir, LOCK), await content());
    const unlock = lockFolder(dir);
    expect(JSON.parse(readFileSync(join(dir, LOCK), "utf8"))).toMatchObject({ pid: process.pid });
    expect(readdirSync(dir)).toEqual([LOCK]);
    unlock();
    expect(readdirSync(dir)).toEqual([]);
  });

  it("survives the death of those who take it over, at any point", async () => {
    const dir = folder();
    const pid = await goneProcess();
    // Each linked the name that follows the one before, and died before the rename.
    writeFileSync(join(dir, LOCK), holder({ ...own(), pid }));
    for (let death = 0; death < 3; death++) {
      const heir = join(dir, `heir-${death}`);
      writeFileSync(heir, holder({ ...own(), pid }));
      const next = await nextName(dir);
      linkSync(heir, join(dir, next));
      const other = join(dir, `${LOCK}.${randomUUID()}`);
      writeFileSync(other, holder({ ...own(), pid }));
    }
    lockFolder(dir)();
    expect(readdirSync(dir).filter((name) => name.startsWith(LOCK))).toEqual([]);
  });

  it("cannot be taken where it is no file", async () => {
    const dir = folder();
    mkdirSync(join(dir, LOCK));
    expect((await errorOf(CheckpointError, () => lockFolder(dir))).message).toContain(
      "run.lock: cannot be read (EISDIR)",
    );
    const linked = folder();
    symlinkSync(join(linked, "nothing"), join(linked, LOCK));
    expect((await errorOf(CheckpointError, () => lockFolder(linked))).message).toContain(
      "run.lock: cannot be used: it is a link to nothing",
    );
    const away = join(folder(), "none");
    expect((await errorOf(CheckpointError, () => lockFolder(away))).message).toBe(
      `${join(away, LOCK)}: cannot be written (ENOENT)`,
    );
  });
});

/**
 * The name that follows the last of a chain of stale locks: where a live process would be looked
 * for.
 */
async function nextName(dir: string): Promise<string> {
  const { createHash } = await import("node:crypto");
  for (let name = LOCK; ;) {
    const text = readFileSync(join(dir, name), "utf8");
    name = `${LOCK}.after-${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
    if (!existsSync(join(dir, name))) return name;
  }
}

describe("of many that try at once", () => {
  const PROCESSES = 4;
  const ROUNDS = 60;

  it("one gets each lock: a fresh one, a stale one, one whose heirs died", async () => {
    const pid = await goneProcess();
    const dirs: string[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const dir = folder();
      dirs.push(dir);
      if (i % 3 > 0) writeFileSync(join(dir, LOCK), holder({ ...own(), pid }));
      for (let heirs = 1; heirs < i % 3; heirs++)
        writeFileSync(join(dir, await nextName(dir)), holder({ ...own(), pid }));
    }
    const program = fileURLToPath(new URL("programs/lock.ts", import.meta.url));
    const start = String(Date.now() + 4000);
    const children = Array.from({ length: PROCESSES }, () =>
      spawn(process.execPath, ["--import", "tsx", program, start, "20", ...dirs], {
        cwd: root,
        env: environment(),
        stdio: ["pipe", "pipe", "inherit"],
      }),
    );
    try {
      const won = await Promise.all(
        children.map(
          (child) =>
            new Promise<number[]>((resolve, reject) => {
              child.once("exit", (code) => reject(new Error(`ended with ${code}`)));
              createInterface(child.stdout).once("line", (line) =>
                resolve(JSON.parse(line) as number[]),
              );
            }),
        ),
      );
      expect(won.flat().sort((a, b) => a - b)).toEqual(dirs.map((_, i) => i));
      for (const dir of dirs) expect(readdirSync(dir)).toEqual([LOCK]);
    } finally {
      for (const child of children) child.kill("SIGKILL");
    }
  });
});

describe("a run folder in which a training is at work", () => {
  it(
    "is refused to a second one, to --resume and to looks at the test split; to readers it is " +
      "open",
    async () => {
      const out = join(folder(), "run");
      const tries: Promise<CheckpointError>[] = [];
      await train({
        words: WORDS,
        steps: 30,
        hidden: 4,
        embedding: 2,
        samples: 0,
        checkpointEvery: 10,
        out,
        onSaved: () => {
          for (const use of [
            () => train({ words: WORDS, out }),
            () => resume(out, { words: WORDS }),
            () => recordTestLook(out, { date: "", loss: 1, steps: 1, model: "last" }),
          ])
            tries.push(errorOf(CheckpointError, use));
        },
      });
      const messages = (await Promise.all(tries)).map((error) => error.message);
      expect(messages).toHaveLength(9);
      for (const [i, message] of messages.entries())
        expect(message).toContain(
          i % 3 === 0 ? "holds a run already" : "this process is at work in it",
        );
      expect(readdirSync(out)).not.toContain(LOCK);
      await resume(out, { words: WORDS });
    },
  );
});
