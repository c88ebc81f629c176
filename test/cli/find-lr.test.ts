/** `mm-train find-lr` in the real process. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { jsonLines, mmTrain, onlyLine, printed, scratch, wordsFile } from "./support.js";

const folder = scratch();
function home(): string {
  const dir = folder();
  wordsFile(dir);
  return dir;
}
const SMALL = [
  "words.txt",
  "--trials",
  "50",
  "--hidden",
  "10",
  "--embedding",
  "3",
  "--batch-size",
  "8",
];

describe("find-lr", () => {
  it("prints the curve and a rate with its reason", async () => {
    const dir = home();
    const text = printed(await mmTrain(["find-lr", ...SMALL], dir));
    expect(readdirSync(join(dir, "runs", "words-find-lr"))).toEqual([
      "SHA256SUMS",
      "find-lr.json",
      "find-lr.svg",
    ]);
    expect(text).toMatch(/^ +rate {2}smoothed loss\n/);
    expect(text).toMatch(
      /\nsuggested learning rate: [\d.]+ \(a tenth of [\d.]+, where the smoothed loss is lowest \([\d.]+\).*\)\nthe lecture takes the lowest itself: [\d.]+\nruns.words-find-lr.find-lr\.svg\n$/,
    );
  });

  it("prints JSON lines, and keeps the same in find-lr.json", async () => {
    const dir = home();
    const lines = jsonLines<{ event: string; suggested?: number }>(
      printed(await mmTrain(["find-lr", ...SMALL, "--json", "--out", "a/b"], dir)),
    );
    expect(lines.map((l) => l.event)).toEqual([...Array<string>(50).fill("trial"), "result"]);
    const kept = JSON.parse(readFileSync(join(dir, "a", "b", "find-lr.json"), "utf8")) as {
      suggested: number;
      trials: object[];
    };
    expect(readFileSync(join(dir, "a", "b", "find-lr.svg"), "utf8")).toContain(
      `Learning rate: ${kept.suggested} suggested`,
    );
    expect(readdirSync(dir)).toEqual(["a", "words.txt"]);
    expect(onlyLine(await mmTrain(["find-lr", ...SMALL, "--out", "a/b"], dir), 2)).toBe(
      "--out: a/b holds results already; nothing is overwritten, name another folder",
    );
    expect(onlyLine(await mmTrain(["find-lr", ...SMALL, "--data", "names"], dir), 2)).toBe(
      'expected one corpus, got "words.txt" and "names"',
    );
    expect(kept.suggested).toBe(lines.at(-1)?.suggested);
    expect(kept.trials.map((t) => ({ event: "trial", ...t }))).toEqual(lines.slice(0, -1));
  });

  it.each([
    [["--from", "x"], /^--from: expected a number from -30 to 30, got "x"$/],
    [["--to", "31"], /^--to: expected a number from -30 to 30, got 31$/],
    [["--trials", "1"], /^--trials: expected a whole number from 2 to 1000000, got 1$/],
    [["--hidden", "0"], /^--hidden: expected a whole number/],
    [["--model", "class"], /^--model: expected one that is trained, got class$/],
  ])("refuses %j", async (args, message) => {
    const others = args.includes("--model") ? [] : SMALL;
    expect(onlyLine(await mmTrain(["find-lr", ...others, ...args], home()), 2)).toMatch(message);
  });

  it("tries the model, the optimizer and the text that a training would have", async () => {
    const dir = home();
    writeFileSync(join(dir, "text.txt"), "the cat sat . the dog ran . ".repeat(60));
    const WORDS = [
      "text.txt",
      "--level",
      "word",
      "--model",
      "nplm",
      "--direct",
      "--bias",
      "unigram",
      "--optimizer",
      "adamw",
      "--hidden",
      "8",
      "--batch-size",
      "16",
      "--block-size",
      "2",
    ];
    const trials = jsonLines<{ event: string; rate: number; loss: number }>(
      printed(await mmTrain(["find-lr", ...WORDS, "--trials", "20", "--json"], dir)),
    );
    const steps = jsonLines<{ event: string; loss: number }>(
      printed(
        await mmTrain(
          [
            ...WORDS,
            "--steps",
            "2",
            "--log-every",
            "1",
            "--eval-every",
            "9",
            "--lr",
            `${trials[0].rate}`,
            "--samples",
            "0",
            "--json",
          ],
          dir,
        ),
      ),
    );
    expect(trials.slice(0, 2).map(({ loss }) => loss)).toEqual(
      steps
        .filter(({ event }) => event === "step")
        .slice(0, 2)
        .map(({ loss }) => loss),
    );
  });
});
