/**
 * Mistakes at the command line: one line that says what to do, the right exit code, and nothing on
 * the disk.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isa, supportedIsas } from "../../lib/index.js";
import { mmTrain, onlyLine, printed, scratch, SMALL, wordsFile } from "./support.js";

const folder = scratch();
const FAILED = 1;
const WRONG_USAGE = 2;

/** Runs in a folder that holds words.txt only, and must leave it so. */
async function mistake(
  args: readonly string[],
  exitCode: number,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const dir = folder();
  wordsFile(dir);
  const line = onlyLine(await mmTrain(args, dir, env), exitCode);
  expect(readdirSync(dir)).toEqual(["words.txt"]);
  return line;
}

describe.concurrent("wrong usage", () => {
  it.each<[string, string[], RegExp]>([
    ["an unknown option", ["--frobnicate"], /unknown option '--frobnicate'/],
    ["a misspelt option", ["words.txt", "--stpes", "5"], /--stpes.*--steps/],
    ["a misspelt option of a command", ["sample", "--cuont", "5"], /--cuont.*--count/],
    [
      "a misspelt command",
      ["smaple", "--count", "3"],
      /^no command and no file "smaple"; did you mean sample\?$/,
    ],
    [
      "a command that is none",
      ["predict"],
      /^no command and no file "predict"; the commands are train, sample, .*doctor, completion, help$/,
    ],
    ["a misspelt corpus", ["nmaes"], /^no command and no file "nmaes"; did you mean names\?$/],
    [
      "a misspelt preset",
      ["words.txt", "--preset", "qick"],
      /^--preset: expected lecture, .*, got "qick"; did you mean quick\?$/,
    ],
    ["an option without its value", ["words.txt", "--steps"], /'--steps <n>' argument missing/],
    ["two files", ["words.txt", "other.txt"], /too many arguments|expected one corpus/],
    [
      "two corpora",
      ["words.txt", "--data", "names"],
      /^expected one corpus, got "words\.txt" and "names"$/,
    ],
    [
      "a wrong schedule",
      ["words.txt", "--lr", "fast"],
      /^--lr: expected VALUE@STEP .*, got "fast"$/,
    ],
    [
      "a schedule that does not start",
      ["words.txt", "--lr", "0.1@5"],
      /^--lr: expected steps that start at 0 .*, got "0\.1@5"$/,
    ],
    [
      "an unknown backend",
      ["words.txt", "--backend", "gpu"],
      /--backend.*'gpu'.*native, wasm, reference/,
    ],
    ["an unknown split", ["evaluate", "--split", "tset"], /--split.*'tset'.*train, dev, test/],
    ["an empty corpus name", ["--data", ""], /--data: expected a file name, got ""/],
    ["an empty file name", [""], /expected a file name, got ""/],
    ["an empty folder name", ["words.txt", "--out", ""], /--out/],
    ["an operand of sample", ["sample", "words.txt"], /too many arguments/],
  ])("%s", async (_, args, expected) => {
    expect(await mistake(args, WRONG_USAGE)).toMatch(expected);
  });

  const LIMITS: Record<string, [number, number]> = {
    "--block-size": [1, 1000],
    "--embedding": [1, 100_000],
    "--hidden": [1, 1_000_000],
    "--batch-size": [1, 10_000_000],
    "--steps": [0, 1_000_000_000],
    "--samples": [0, 1_000_000],
    "--threads": [1, 256],
    "--log-every": [1, 1_000_000_000],
    "--eval-every": [1, 1_000_000_000],
    "--checkpoint-every": [1, 1_000_000_000],
  };
  it.each(Object.entries(LIMITS))("%s outside %j", async (option, [min, max]) => {
    const words = `${option}: expected a whole number from ${min} to ${max}, got`;
    // test/run/config.test.ts has the other ways to be wrong.
    for (const [value, shown] of [
      ["many", '"many"'],
      [String(min - 1), min - 1],
    ]) {
      expect(await mistake(["words.txt", option, String(value)], WRONG_USAGE)).toBe(
        `${words} ${shown}`,
      );
    }
  });

  it.each(["--seed", "--split-seed", "--batch-seed", "--sample-seed"])(
    "%s that is no exact whole number",
    async (option) => {
      for (const value of ["soon", "99999999999999999999"]) {
        expect(await mistake(["words.txt", option, value], WRONG_USAGE)).toMatch(
          new RegExp(`^${option}: expected a whole number from .*, got `),
        );
      }
    },
  );

  it.each(["--count", "--seed", "--threads"])("%s of sample", async (option) => {
    expect(await mistake(["sample", option, "0.5"], WRONG_USAGE)).toMatch(
      new RegExp(`^${option}: expected a whole number from .*, got 0\\.5$`),
    );
  });

  it.each(["-Infinity", "1e999"])("a number of %s, and the message shows it", async (value) => {
    expect(await mistake(["words.txt", "--steps", value], WRONG_USAGE)).toMatch(
      /got "?(-?Infinity|1e999)"?$/,
    );
  });
});

describe.concurrent("a corpus that cannot be used", () => {
  async function refused(content: string | Uint8Array): Promise<string> {
    const dir = folder();
    writeFileSync(join(dir, "w.txt"), content);
    const line = onlyLine(await mmTrain(["w.txt", ...SMALL], dir), FAILED);
    expect(readdirSync(dir)).toEqual(["w.txt"]);
    return line.replace(`${dir}/`, "");
  }

  it.each<[string, string | Uint8Array, string]>([
    ["is empty", "", "w.txt: the file is empty: expected one word per line"],
    ["has blank lines only", "\n \r\n\t\n", "w.txt: only blank lines: expected one word per line"],
    [
      "is binary",
      Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 0]),
      "w.txt:1: a NUL byte: expected text with one word per line, not a binary file",
    ],
    [
      "is not UTF-8",
      Buffer.from("anna\nj\xfcrgen\n", "latin1"),
      "w.txt:2: not UTF-8 text: save the file as UTF-8, one word per line",
    ],
    [
      "has several bad lines",
      "a\nb\0\nc\nd\n\0E\nf\n",
      "w.txt:2: a NUL byte: expected text with one word per line, not a binary file; 1 more " +
        "line is bad: 5",
    ],
    [
      "has too few words",
      "a\nb\nc\nd\ne\n",
      "w.txt: at least 6 words are needed for train, dev and test, got 5: add words",
    ],
  ])("%s", async (_, content, message) => {
    expect(await refused(content)).toBe(message);
  });

  it("is missing", async () => {
    expect(await mistake(["no.txt"], FAILED)).toMatch(/no\.txt: no such file$/);
  });

  it.skipIf(!existsSync("/dev/zero"))("has no end", async () => {
    expect(await mistake(["/dev/zero"], FAILED)).toMatch(
      /zero: a device, which may have no end: expected a text file$/,
    );
  });

  it("is a folder", async () => {
    expect(await mistake(["."], FAILED)).toMatch(
      /: a directory: expected a text file with one word per line$/,
    );
  });

  it("is a variant of Brown that there is not", async () => {
    expect(await mistake(["--data", "brown:Q"], WRONG_USAGE)).toBe(
      "brown:Q: expected brown:A (case kept) or brown:P (closest to the paper)",
    );
  });

  it("has a name of two lines", async () => {
    expect(await mistake(["a\nmm-train: all is well"], FAILED)).toContain("no such file");
  });
});

describe.concurrent("a folder that cannot be used", () => {
  it("holds a run", async () => {
    const dir = folder();
    wordsFile(dir);
    mkdirSync(join(dir, "run"));
    writeFileSync(join(dir, "run", "config.json"), "{}");
    const line = onlyLine(await mmTrain(["words.txt", "--out", "run", ...SMALL], dir), FAILED);
    expect(line).toBe("run: holds a run already; choose another folder with --out");
    expect(readdirSync(join(dir, "run"))).toEqual(["config.json"]);
  });

  it.skipIf(!existsSync("/proc/self"))(
    "lies where no folder can be made, and nothing hangs",
    async () => {
      expect(await mistake(["words.txt", "--out", "/proc/mm-train/run"], FAILED)).toMatch(
        /: cannot be made \(ENOENT\)$/,
      );
    },
  );

  it("is a file", async () => {
    expect(await mistake(["words.txt", "--out", "words.txt"], FAILED)).toBe(
      "words.txt: is a file; choose another folder with --out",
    );
    expect(await mistake(["words.txt", "--out", "words.txt/run"], FAILED)).toBe(
      "words.txt: is a file; choose another folder with --out",
    );
  });
});

describe.concurrent("a file named like a command misspelt", () => {
  it("is a corpus", async () => {
    const dir = folder();
    wordsFile(dir, undefined, "polt");
    printed(await mmTrain(["polt", ...SMALL, "--quiet"], dir));
  });
});

describe.concurrent("a machine that cannot do it", () => {
  it("lacks the memory for the network", async () => {
    await mistake(["words.txt", "--hidden", "1000000", "--embedding", "100000"], FAILED);
  });

  it("has no such backend", async () => {
    expect(await mistake(["words.txt"], FAILED, { MM_BACKEND: "gpu" })).toBe(
      'MM_BACKEND: expected native, wasm or reference, got "gpu"',
    );
  });

  it.skipIf(isa() === "javascript")("has no such instruction set", async () => {
    const line = await mistake(["words.txt"], FAILED, { MM_ISA: "mmx" });
    for (const set of ["MM_ISA=mmx", ...supportedIsas()]) expect(line).toContain(set);
  });

  it.each(["many", "1000"])(
    "has no %s threads: the setting is refused, not replaced by a slower backend",
    async (threads) => {
      expect(await mistake(["words.txt", ...SMALL], FAILED, { MM_THREADS: threads })).toBe(
        `MM_THREADS: expected a whole number from 1 to 256, got "${threads}"`,
      );
    },
  );
});
