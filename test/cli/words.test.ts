/** Models of words from the command line: a text, two kinds of models, and their mixture. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { jsonLines, mmTrain, onlyLine, printed, scratch, wordsFile } from "./support.js";

const folder = scratch();
const dir = folder();
const TEXT = Array.from(
  { length: 900 },
  (_, i) => ["the", "cat", i % 3 === 0 ? "sat" : "ran", i % 2 === 0 ? "here" : "there", "."][i % 5],
).join(" ");
const WORDS = ["--level", "word", "--samples", "2", "--block-size", "2"];

beforeAll(async () => {
  writeFileSync(join(dir, "text.txt"), TEXT);
  writeFileSync(join(dir, "late.txt"), `${"a b c d ".repeat(100)}${"e ".repeat(150)}`);
  await mmTrain(["text.txt", ...WORDS, "--model", "kneser-ney", "--out", "kn", "--quiet"], dir);
  await mmTrain(
    [
      "text.txt",
      ...WORDS,
      "--model",
      "nplm",
      "--direct",
      "--hidden",
      "8",
      "--batch-size",
      "16",
      "--steps",
      "60",
      "--lr",
      "0.5",
      "--out",
      "net",
      "--quiet",
    ],
    dir,
  );
  await mmTrain([wordsFile(dir), "--steps", "5", "--out", "names", "--quiet"], dir);
  await mmTrain(
    [wordsFile(dir), "--steps", "5", "--split-seed", "7", "--out", "names-7", "--quiet"],
    dir,
  );
  // Three words each, but not the same: what is frequent in the train split only is not what is
  // frequent in the whole text.
  for (const on of ["stream", "train"]) {
    await mmTrain(
      [
        "late.txt",
        ...WORDS,
        "--model",
        "kneser-ney",
        "--max-words",
        "3",
        "--count-on",
        on,
        "--out",
        on,
        "--quiet",
      ],
      dir,
    );
  }
}, 120_000);

const evaluated = async (...args: string[]) =>
  jsonLines<{ loss: number; perplexity: number; weights?: number[] }>(
    printed(await mmTrain(["evaluate", "--json", ...args], dir)),
  )[0];

describe.concurrent("evaluate --mix", () => {
  it("is each of the models at weights 1 and 0, and no worse than both with a learned one", async () => {
    const [net, kn, one, zero, learned] = await Promise.all([
      evaluated("--run", "net"),
      evaluated("--run", "kn"),
      evaluated("--run", "net", "--mix", "kn", "--mix-weight", "1"),
      evaluated("--run", "net", "--mix", "kn", "--mix-weight", "0"),
      evaluated("--run", "net", "--mix", "kn", "--mix-weight", "learned"),
    ]);
    expect(net.perplexity).toBe(Math.exp(net.loss));
    expect(one.loss).toBeCloseTo(net.loss, 5);
    expect(zero.loss).toBeCloseTo(kn.loss, 5);
    expect(learned.loss).toBeLessThan(Math.min(net.loss, kn.loss) + 1e-5);
    expect(learned.weights).toHaveLength(1);
  });

  it.each([
    [["--mix", "names"], 2, /^--mix: names is of another corpus than net$/],
    [
      ["--run", "names", "--mix", "names-7"],
      2,
      /^--mix: names-7 is of another split seed than names$/,
    ],
    [
      ["--run", "stream", "--mix", "train"],
      2,
      /^--mix: train is of another vocabulary than stream$/,
    ],
    [["--mix", ""], 2, /^--mix: expected a folder, got ""$/],
    [["--mix-weight", "0.3"], 2, /^--mix-weight: expected --mix with it$/],
    [
      ["--mix", "kn", "--mix-weight", "half"],
      2,
      /^--mix-weight: expected a number from 0 to 1, learned, or frequency, got "half"$/,
    ],
    [["--mix", "none"], 1, /config\.json: cannot be read/],
  ])("%j is refused", async (args, code, message) => {
    expect(onlyLine(await mmTrain(["evaluate", "--run", "net", ...args], dir), code)).toMatch(
      message,
    );
  });
});

it("a person hears of perplexities and epochs", async () => {
  const { stdout, stderr } = await mmTrain(
    [
      "text.txt",
      ...WORDS,
      "--model",
      "nplm",
      "--direct",
      "--batch-size",
      "16",
      "--steps",
      "90",
      "--lr",
      "0.5",
      "--out",
      "epochs",
    ],
    dir,
  );
  expect(stderr).toMatch(
    /^epoch 1\.0 {2}perplexity \d+\.\d {2}dev@\d\.\d perplexity \d+\.\d {2}[\d,]+ words\/s {2}\d+ s left$/m,
  );
  expect(stdout).toMatch(/dev loss +\d\.\d{4} \(perplexity \d+\.\d\)/);
});
