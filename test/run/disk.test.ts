/** Files on the way to the disk: names that nobody can guess, and no litter of killed processes. */
import { execFileSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CheckpointError } from "../../lib/index.js";
import { append, create, STAGED, stage } from "../../lib/run/disk/file.js";
import { sweepFree } from "../../lib/run/disk/sweep.js";
import { errorOf, scratch, writeRun } from "../train/support.js";

const folder = scratch();
const BYTES = Buffer.from("content");
const hex = (digit: string): string => digit.repeat(32);

describe("a staged file", () => {
  it.each(["locked", "free"] as const)(
    "of %s writers has another name each time, of 128 bits",
    (by) => {
      const dir = folder();
      const staged = Array.from({ length: 50 }, () => stage(join(dir, "a.txt"), BYTES, { by }));
      const names = readdirSync(dir);
      expect(new Set(names).size).toBe(50);
      const other = by === "free" ? STAGED.locked : STAGED.free;
      expect(names.filter((name) => !STAGED[by].test(name) || other.test(name))).toEqual([]);
      // Every one of the 32 digits varies.
      for (let i = 0; i < 32; i++)
        expect(new Set(names.map((name) => name["a.txt.".length + i])).size).toBeGreaterThan(1);
      staged[0].commit();
      for (const one of staged) one.discard();
      expect(readdirSync(dir)).toEqual(["a.txt"]);
    },
  );

  it("that cannot be put in place or removed says the first only", async () => {
    const dir = folder();
    const staged = stage(join(dir, "a"), BYTES);
    const [name] = readdirSync(dir);
    mkdirSync(join(dir, "a"));
    expect((await errorOf(CheckpointError, () => staged.commit())).message).toBe(
      `${join(dir, "a")}: cannot be written (EISDIR)`,
    );
    execFileSync("rm", [join(dir, name)]);
    mkdirSync(join(dir, name));
    staged.discard();
    expect(readdirSync(dir)).toEqual(["a", name]);
  });
});

describe.skipIf(process.platform === "win32")("what stands at the name already", () => {
  const dir = folder();
  const victim = join(dir, "victim");
  writeFileSync(victim, "precious");
  symlinkSync(victim, join(dir, "link"));
  symlinkSync(join(dir, "nothing"), join(dir, "dangling"));
  execFileSync("mkfifo", [join(dir, "pipe")]);
  mkdirSync(join(dir, "folder"));

  it.each(["victim", "link", "dangling", "pipe", "folder"])("is never written into: %s", (name) => {
    const before = readdirSync(dir);
    expect(() => create(join(dir, name), BYTES)).toThrow("EEXIST");
    expect(readFileSync(victim, "utf8")).toBe("precious");
    expect(readdirSync(dir)).toEqual(before);
  });

  it.each(["link", "dangling", "pipe", "folder"])(
    "is added to only if it is a file: %s",
    async (name) => {
      const { message } = await errorOf(CheckpointError, () => append(join(dir, name), BYTES));
      expect(message).toMatch(/: cannot be written \((ELOOP|ENXIO|EISDIR)\)$/);
      expect(readFileSync(victim, "utf8")).toBe("precious");
    },
  );
});

describe("what killed processes left", () => {
  const hour = 3_600;
  const now = Date.now() / 1000;
  const file = (dir: string, name: string, age: number): void => {
    writeFileSync(join(dir, name), "user's");
    utimesSync(join(dir, name), now - age, now - age);
  };
  const locked = `model.safetensors.${hex("a")}.mm-run.tmp`;
  const young = `report.html.${hex("b")}.mm-file.tmp`;
  const old = `report.html.${hex("c")}.mm-file.tmp`;
  const fill = (dir: string): void => {
    file(dir, locked, 0);
    file(dir, young, hour / 2);
    file(dir, old, 2 * hour);
  };

  it("goes with the next who writes in the folder, but for what others may be writing", () => {
    const dir = folder();
    fill(dir);
    writeRun(dir, { "samples.txt": "anna\n" });
    expect(readdirSync(dir)).toEqual(["SHA256SUMS", young, "samples.txt"].sort());
  });

  it("goes when charts are drawn, but for what the holder of the lock may be writing", () => {
    const dir = folder();
    fill(dir);
    sweepFree(dir);
    expect(readdirSync(dir)).toEqual([locked, young].sort());
  });

  it("is told from files of other names, links and folders", () => {
    const dir = folder();
    const others = [
      "model.safetensors.tmp",
      "notes.mm-run.tmp",
      `${hex("a")}.mm-run.tmp`,
      `a.${hex("a")}.tmp`,
      `a.${hex("A")}.mm-run.tmp`,
      `a.${hex("a")}0.mm-run.tmp.txt`,
      `a.${hex("a").slice(1)}.mm-run.tmp`,
      `a.${hex("a")}.mm-run_tmp`,
      "run.lock.old",
      "run.lock.after-noon",
      `run.lock.after-${hex("f")}0`,
    ];
    for (const name of others) file(dir, name, 2 * hour);
    mkdirSync(join(dir, `folder.${hex("a")}.mm-run.tmp`));
    symlinkSync(join(dir, others[0]), join(dir, `link.${hex("a")}.mm-run.tmp`));
    const before = readdirSync(dir);
    writeRun(dir, { "samples.txt": "anna\n" });
    sweepFree(dir);
    expect(readdirSync(dir).sort()).toEqual([...before, "SHA256SUMS", "samples.txt"].sort());
    expect(lstatSync(join(dir, `link.${hex("a")}.mm-run.tmp`)).isSymbolicLink()).toBe(true);
  });

  it("of tries for the lock goes too, once it is old", () => {
    const dir = folder();
    const half = "run.lock.123e4567-e89b-42d3-a456-426614174000";
    file(dir, half, 0);
    writeRun(dir, {});
    expect(readdirSync(dir)).toEqual([half]);
    file(dir, half, 2 * hour);
    writeRun(dir, {});
    expect(readdirSync(dir)).toEqual([]);
  });
});
