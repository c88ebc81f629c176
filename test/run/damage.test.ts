/**
 * Every file of a run folder cut short, with a bit turned, or replaced: refused by name, whoever
 * reads it.
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { CheckpointError, loadRun } from "../../lib/index.js";
import { resume, train } from "../../lib/run/index.js";
import { readCorpus, readFinder, readRecord, readSamples } from "../../lib/report/record.js";
import { restoreCheckpoint } from "../../lib/run/folder/checkpoint.js";
import { readListed, sha256 } from "../../lib/run/disk/sums.js";
import { Metrics, readMetrics } from "../../lib/run/folder/metrics.js";
import { readTestLooks, recordTestLook } from "../../lib/run/folder/test-evaluations.js";
import type { Trainer } from "../../lib/train/trainer.js";
import { errorOf, runProgram, scratch, WORDS, writeRun } from "../train/support.js";

// Thousands of files are written: in memory, where there is such a folder.
const folder = scratch(existsSync("/dev/shm") ? "/dev/shm" : undefined);
const finished = folder();

beforeAll(async () => {
  await train({
    words: WORDS,
    steps: 20,
    hidden: 4,
    embedding: 2,
    samples: 3,
    logEvery: 5,
    out: finished,
  });
  recordTestLook(finished, {
    date: "2026-01-01T00:00:00.000Z",
    loss: 2.5,
    steps: 20,
    model: "last",
  });
  const trials = [0.1, 0.2].map((rate) => ({
    exponent: Math.log10(rate),
    rate,
    loss: 2,
    smoothed: 2,
  }));
  writeRun(finished, {
    "find-lr.json": JSON.stringify({ suggested: 0.1, reason: "lowest", trials }),
  });
});

/** Who reads each file. A checkpoint is refused before the trainer is touched. */
const READERS: Record<string, (dir: string) => unknown> = {
  "config.json": loadRun,
  "corpus.json": readCorpus,
  "vocabulary.json": loadRun,
  "model.safetensors": loadRun,
  "best.safetensors": (dir) => loadRun(dir, "best"),
  "state.safetensors": (dir) => restoreCheckpoint(dir, undefined as unknown as Trainer),
  "metrics.jsonl": (dir) => [readMetrics(dir), Metrics.before(dir, 1000, 1000)],
  "samples.txt": readSamples,
  "test-looks.json": readTestLooks,
  "find-lr.json": readFinder,
};
const FILES = Object.keys(READERS);
const everyReader = (dir: string) =>
  FILES.map((file) => (file === "state.safetensors" ? readListed(dir, file) : READERS[file](dir)));

/** A copy of the run whose `file` holds what `damage` makes of it, one after the other. */
async function refused(file: string, damages: Iterable<Uint8Array>): Promise<number> {
  const dir = folder();
  cpSync(finished, dir, { recursive: true });
  const path = join(dir, file);
  let count = 0;
  for (const bytes of damages) {
    writeFileSync(path, bytes);
    const error = await errorOf(CheckpointError, () => (READERS[file] ?? everyReader)(dir));
    // A line of SHA256SUMS that names another digest or file accuses the file it does not fit.
    if (file !== "SHA256SUMS") expect(error.file).toBe(path);
    else expect(error.message).toContain("SHA256SUMS");
    count++;
  }
  return count;
}

it("reads what is not damaged, and lists every file that is read", () => {
  everyReader(finished);
  readRecord(finished);
  expect(readdirSync(finished).sort()).toEqual(["SHA256SUMS", ...FILES].sort());
  expect(
    execFileSync("sha256sum", ["-c", "--strict", "SHA256SUMS"], {
      cwd: finished,
      encoding: "utf8",
    }).match(/: OK$/gm),
  ).toHaveLength(FILES.length);
});

describe.each([...FILES, "SHA256SUMS"])("%s", (file) => {
  const whole = () => readFileSync(join(finished, file));

  it("cut at every 64th byte is refused", async () => {
    const bytes = whole();
    const cuts = Array.from({ length: Math.ceil(bytes.length / 64) }, (_, i) =>
      bytes.subarray(0, 64 * i),
    );
    expect(await refused(file, cuts)).toBe(cuts.length);
  });

  it("with one of 1,000 bits turned is refused", async () => {
    const bytes = whole();
    const bits = fc.sample(fc.nat(8 * bytes.length - 1), { numRuns: 1000, seed: 1 });
    const flipped = function* () {
      for (const bit of bits) {
        const copy = Buffer.from(bytes);
        copy[bit >> 3] ^= 1 << (bit & 7);
        yield copy;
      }
    };
    expect(await refused(file, flipped())).toBe(1000);
  });

  it("replaced by another file of the run, or an empty one, is refused", async () => {
    const others = readdirSync(finished)
      .map((name) => readFileSync(join(finished, name)))
      .filter((bytes) => !bytes.equals(whole()));
    await refused(file, [...others, Buffer.alloc(0)]);
  });

  it("replaced by what is no file is refused, and nothing waits or reads for ever", async () => {
    const dir = folder();
    cpSync(finished, dir, { recursive: true });
    const path = join(dir, file);
    const kinds: (() => void)[] = [() => mkdirSync(path)];
    if (process.platform !== "win32")
      kinds.push(
        () => void execFileSync("mkfifo", [path]),
        () => symlinkSync("/dev/zero", path),
      );
    for (const make of kinds) {
      rmSync(path, { recursive: true });
      make();
      const error = await errorOf(CheckpointError, () => (READERS[file] ?? everyReader)(dir));
      expect(error.message).toMatch(
        /cannot be read \((EISDIR|expected a file, got a pipe or a device)\)$/,
      );
      expect(error.file).toBe(path);
    }
  });
});

describe("what a person accepts", () => {
  it("is used: the message says how", async () => {
    const dir = folder();
    cpSync(finished, dir, { recursive: true });
    const path = join(dir, "config.json");
    writeFileSync(path, readFileSync(path, "utf8").replace('"samples": 3', '"samples": 4'));
    const { message } = await errorOf(CheckpointError, () => loadRun(dir));
    expect(message).toBe(
      `${path}: its SHA-256 is not the one in SHA256SUMS: it was damaged, or edited; to ` +
        `accept it as it is: cd ${dir} && sha256sum config.json >> SHA256SUMS`,
    );
    execFileSync("sh", ["-c", message.slice(message.indexOf("cd "))]);
    expect(loadRun(dir).config.samples).toBe(4);
    await resume(dir, { words: WORDS });
    execFileSync("sha256sum", ["-c", "--strict", "SHA256SUMS"], { cwd: dir });
  });

  it("may be a run without SHA256SUMS, as older versions made them", async () => {
    const dir = join(folder(), "with a space");
    cpSync(finished, dir, { recursive: true });
    rmSync(join(dir, "SHA256SUMS"));
    const error = await errorOf(CheckpointError, () => loadRun(dir));
    expect(error.file).toBe(join(dir, "SHA256SUMS"));
    execFileSync("sh", ["-c", error.message.slice(error.message.indexOf("cd "))]);
    everyReader(dir);
  });

  it.each(FILES.filter((file) => file !== "state.safetensors"))(
    "is read with care: %s with bits turned gives a result or a CheckpointError",
    (file) => {
      const dir = folder();
      cpSync(finished, dir, { recursive: true });
      const whole = readFileSync(join(dir, file));
      const sums = readFileSync(join(dir, "SHA256SUMS"), "utf8");
      const before = sha256(whole);
      for (const bit of fc.sample(fc.nat(8 * whole.length - 1), { numRuns: 300, seed: 2 })) {
        const bytes = Buffer.from(whole);
        bytes[bit >> 3] ^= 1 << (bit & 7);
        writeFileSync(join(dir, file), bytes);
        writeFileSync(join(dir, "SHA256SUMS"), sums.replaceAll(before, sha256(bytes)));
        try {
          READERS[file](dir);
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
        }
      }
    },
  );
});

it("a hostile file takes no more memory than its size justifies", async () => {
  const cases = await runProgram<
    { name: string; megabytes: number; grown: number; error: string }[]
  >("hostile", [folder()]);
  expect(cases.length).toBeGreaterThan(8);
  for (const { name, megabytes, grown, error } of cases) {
    expect(error, name).toBe("CheckpointError");
    // The bytes, a text of them (2 bytes a character if one is beyond Latin-1), and a few words for
    // each name of some characters.
    expect(grown, name).toBeLessThan(12 * megabytes + 30);
  }
});
