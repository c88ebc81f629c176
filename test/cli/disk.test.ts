/**
 * A disk that is full or read-only, and a folder that vanishes: a line, exit code 1, and nothing
 * that was saved is lost.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadRun } from "../../lib/index.js";
import { mmTrain, onlyLine, printed, scratch, startMmTrain, wordsFile } from "./support.js";

const folder = scratch();
const RUN = [
  "words.txt",
  "--hidden",
  "32",
  "--embedding",
  "4",
  "--samples",
  "0",
  "--checkpoint-every",
  "50",
  "--optimizer",
  "adamw",
  "--quiet",
];
const hash = (run: string) => readFileSync(join(run, "model.safetensors"), "base64");

/** A small disk in memory: only root may make one. */
const disk = folder();
function mount(...options: string[]): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", ["size=1m", ...options].join(), "tmpfs", disk], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}
const mounted = process.platform === "linux" && mount();
if (!mounted) console.warn("skipped: a disk that is full or read-only (mounting one takes root)");
afterAll(() => {
  if (mounted) execFileSync("umount", [disk]);
});

describe.skipIf(!mounted)("a disk", () => {
  const dir = folder();
  const run = join(disk, "run");
  const filler = join(disk, "filler");
  let whole: string;
  beforeAll(async () => {
    wordsFile(dir);
    printed(await mmTrain([...RUN, "--steps", "300", "--out", "whole"], dir));
    whole = hash(join(dir, "whole"));
    printed(await mmTrain([...RUN, "--steps", "100", "--out", run], dir));
  }, 120_000);

  /** Leaves so many bytes; a page (4 KiB) is the smallest part. */
  function fill(left: number): void {
    rmSync(filler, { force: true });
    const page = Buffer.alloc(4096);
    for (let pages = 0; ; pages++) {
      try {
        writeFileSync(filler, page, { flag: "a" });
      } catch {
        // full
        execFileSync("truncate", ["-s", String(Math.max(0, pages * 4096 - left)), filler]);
        return;
      }
    }
  }

  it.each([0, 4, 8, 12, 16, 24, 32, 40, 48])(
    "with %d KiB left leaves the last checkpoint whole, and nothing half written",
    async (kilobytes) => {
      const before = loadRun(run).config.stepsDone;
      fill(1024 * kilobytes);
      const line = onlyLine(
        await mmTrain(["--resume", "--steps", "300", "--out", run, "--quiet"], dir),
        1,
      );
      expect(line).toMatch(/: cannot be written \(ENOSPC\)$/);
      expect(readdirSync(run).filter((name) => /\.tmp$|run\.lock/.test(name))).toEqual([]);
      expect(loadRun(run).config.stepsDone).toBeGreaterThanOrEqual(before);
      expect(existsSync(join(run, "state.safetensors"))).toBe(true);
    },
  );

  it("with space again goes on to the bits of a run that never saw it full", async () => {
    rmSync(filler, { force: true });
    printed(await mmTrain(["--resume", "--steps", "300", "--out", run, "--quiet"], dir));
    expect(hash(run)).toBe(whole);
    execFileSync("sha256sum", ["-c", "--strict", "--quiet", "SHA256SUMS"], { cwd: run });
  });

  it("that is full takes no new run, and keeps nothing of it", async () => {
    fill(0);
    expect(
      onlyLine(await mmTrain([...RUN, "--steps", "100", "--out", join(disk, "new")], dir), 1),
    ).toMatch(/cannot be (written|made) \(ENOSPC\)$/);
    expect(existsSync(join(disk, "new", "config.json"))).toBe(false);
    rmSync(filler, { force: true });
    printed(await mmTrain([...RUN, "--steps", "10", "--out", join(disk, "new")], dir));
  });

  it("that is read-only is read, and says that it cannot be written", async () => {
    execFileSync("mount", ["-o", "remount,ro", disk]);
    try {
      printed(await mmTrain(["sample", "--run", run, "--count", "2"], dir));
      printed(await mmTrain(["evaluate", "--run", run], dir));
      for (const args of [
        ["--resume", "--steps", "310", "--out", run],
        [...RUN, "--out", join(disk, "other")],
        ["evaluate", "--split", "test", "--run", run],
      ]) {
        expect(onlyLine(await mmTrain(args, dir), 1)).toMatch(
          /cannot be (written|made) \(EROFS\)$/,
        );
      }
    } finally {
      execFileSync("mount", ["-o", "remount,rw", disk]);
    }
    printed(await mmTrain(["--resume", "--steps", "310", "--out", run, "--quiet"], dir));
  });
});

it("a folder that is removed during the training ends it with a line", async () => {
  const dir = folder();
  wordsFile(dir);
  mkdirSync(join(dir, "runs"));
  const { child, finished, line } = startMmTrain(
    [
      ...RUN.filter((arg) => arg !== "--quiet"),
      "--steps",
      "1000000000",
      "--out",
      "runs/run",
      "--json",
    ],
    dir,
  );
  await line("stdout");
  rmSync(join(dir, "runs", "run"), { recursive: true, maxRetries: 20 });
  const late = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const { stderr, code } = await finished;
  clearTimeout(late);
  expect(stderr).toMatch(/^mm-train: runs.run.[\w.]+: cannot be written \(ENOENT\)\n$/);
  expect(code).toBe(1);
  expect(readdirSync(join(dir, "runs"))).toEqual([]);
});
