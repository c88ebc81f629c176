/**
 * Corpora and settings that nobody expected: each trains, samples and evaluates, or is refused in
 * one line.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadRun } from "../../lib/index.js";
import {
  jsonLines,
  mmTrain,
  printed,
  type ResultEvent,
  scratch,
  SMALL,
  WORDS,
  wordsFile,
} from "./support.js";

const folder = scratch();

/** Trains on a file of this content; the result, and the run folder. */
async function trainOn(
  content: string | Uint8Array,
  more: readonly string[] = [],
): Promise<{ result: ResultEvent; dir: string }> {
  const dir = folder();
  writeFileSync(join(dir, "w.txt"), content);
  const finished = await mmTrain(["w.txt", ...SMALL, "--json", "--out", "run", ...more], dir);
  return { result: jsonLines<ResultEvent>(printed(finished)).at(-1) as ResultEvent, dir };
}
const lines = (words: readonly string[]) => words.map((word) => `${word}\n`).join("");

describe.concurrent("a corpus", () => {
  it.each<[string, string[]]>([
    ["of emoji", ["🦊🐻", "🐼", "🦊🦊", "🐻🐼🦊", "👩‍👩‍👧", "🇩🇪"]],
    ["of Cyrillic names", ["анна", "борис", "вера", "глеб", "дарья", "егор", "жанна"]],
    ["of Chinese words", ["你好", "世界", "语言", "模型", "字符", "训练"]],
    [
      "of combining characters, normal forms kept apart",
      ["é", "e\u0301", "ñ", "n\u0303", "ü", "u\u0308"],
    ],
    ["of one letter", ["a", "a", "a", "a", "a", "a"]],
    ["of six words", ["a", "b", "c", "d", "e", "f"]],
    [
      "of sentences",
      ["to be or", "not to be", "that is", "the question", "whether", "'tis nobler"],
    ],
    ["of words of 5,000 letters", Array.from({ length: 8 }, (_, i) => "abcdefgh"[i].repeat(5000))],
    [
      "of JavaScript's own names",
      ["__proto__", "constructor", "toString", "hasOwnProperty", "null", "undefined", "NaN"],
    ],
    [
      "of 500 characters",
      Array.from({ length: 500 }, (_, i) => String.fromCodePoint(0x4e00 + i, 0x4e01 + i)),
    ],
  ])("%s", async (_, words) => {
    const { result, dir } = await trainOn(lines(words), ["--normalize", "none"]);
    const letters = new Set(words.join(""));
    expect(result.examples.train + result.examples.dev + result.examples.test).toBe(
      words.reduce((n, word) => n + [...word].length + 1, 0),
    );
    for (const word of result.samples) for (const letter of word) expect(letters).toContain(letter);
    expect(result.loss.train).toBeGreaterThan(0);
    expect(loadRun(join(dir, "run")).vocabulary.size).toBe(letters.size + 1);
    expect(
      JSON.parse(printed(await mmTrain(["sample", "--run", "run", "--count", "4", "--json"], dir))),
    ).toMatchObject({
      samples: result.samples,
    });
    expect(
      JSON.parse(printed(await mmTrain(["evaluate", "--run", "run", "--json"], dir))),
    ).toMatchObject({
      split: "dev",
      loss: result.loss.dev,
      perplexity: Math.exp(result.loss.dev),
    });
  });

  it("is the same with Windows line ends, a byte order mark, blank lines and spaces around words", async () => {
    const plain = await trainOn(lines(WORDS));
    const windows = await trainOn(`\ufeff\r\n  ${WORDS.join(" \r\n\r\n\t")}`);
    const numbers = ({ result: { examples, loss, samples } }: typeof plain) => ({
      examples,
      loss,
      samples,
    });
    expect(numbers(windows)).toEqual(numbers(plain));
  });
});

describe.concurrent("settings", () => {
  it.each<[string, string[]]>([
    ["block size 1", ["--block-size", "1"]],
    ["block size 40, longer than every word", ["--block-size", "40"]],
    ["one number per character and one hidden unit", ["--embedding", "1", "--hidden", "1"]],
    ["a batch larger than the corpus", ["--batch-size", "5000", "--steps", "3"]],
    ["a batch of one", ["--batch-size", "1"]],
    ["no steps", ["--steps", "0"]],
    ["one step", ["--steps", "1"]],
    ["no samples", ["--samples", "0"]],
    [
      "huge seeds",
      [
        "--seed",
        "9007199254740991",
        "--split-seed",
        "9007199254740991",
        "--batch-seed",
        "9007199254740991",
      ],
    ],
    [
      "negative seeds",
      [
        "--seed",
        "-1",
        "--split-seed=-42",
        "--batch-seed",
        "-9007199254740991",
        "--sample-seed",
        "-7",
      ],
    ],
    ["numbers in other notations", ["--steps", "1e1", "--hidden", "0x10", "--seed", " 5 "]],
    ["more threads than processors", ["--threads", "256", "--batch-size", "4096", "--steps", "2"]],
    ["a log at no step but the first and last", ["--log-every", "1000000000"]],
    ["a learning rate of nothing", ["--lr", "1e-45"]],
  ])("%s", async (_, more) => {
    const { result } = await trainOn(lines(WORDS), more);
    expect(Number.isFinite(result.loss.train)).toBe(true);
    expect(Number.isFinite(result.loss.dev)).toBe(true);
  });

  it.each(["10", "1e10", "1e30", "1e38", "1e39"])(
    "a learning rate of %s ends with finite numbers or says in one line that it is too high",
    async (lr) => {
      const dir = folder();
      wordsFile(dir);
      const { code, stdout, stderr } = await mmTrain(
        ["words.txt", ...SMALL, "--steps", "200", "--json", "--out", "run", "--lr", lr],
        dir,
      );
      expect(stderr).not.toContain("unexpected error");
      // JSON has no NaN: a loss of null would be a surprise for whoever reads the events.
      expect(stdout).not.toContain("null");
      if (code === 0) expect(stderr).toBe("");
      else expect(stderr).toMatch(/^mm-train: [^\p{Cc}]*(learning rate|--lr)[^\p{Cc}]*\n$/u);
    },
  );
});
