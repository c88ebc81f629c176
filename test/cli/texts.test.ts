/** Texts from the command line: lines as sentences, parts in files, other texts, unknown words. */
import { spawnSync } from "node:child_process";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { installed } from "../train/support.js";
import { jsonLines, mmTrain, onlyLine, printed, scratch, WORDS, wordsFile } from "./support.js";

const folder = scratch();
const dir = folder();
const lines = (n: number, salt: number): string =>
  Array.from(
    { length: n },
    (_, i) =>
      `${["the", "a"][i % 2]} ${["cat", "dog", "cow"][(i * salt) % 3]} ` +
      `${["ran", "sat"][(i + salt) % 2]}\n`,
  ).join("");
const KN = [
  "--level",
  "word",
  "--model",
  "kneser-ney",
  "--block-size",
  "2",
  "--min-count",
  "1",
  "--samples",
  "2",
  "--quiet",
];
const SENTENCES = ["--tokens", "whitespace", "--lines", "sentences"];

interface Evaluated {
  split: string | null;
  data?: string;
  loss: number;
  predictions: number;
  unknown: number;
  knownLoss: number;
  knownPerplexity: number;
  looks?: number;
}
const run = (...args: string[]) => mmTrain(args, dir);
const evaluated = async (...args: string[]) =>
  jsonLines<Evaluated>(printed(await run("evaluate", "--json", ...args)))[0];

beforeAll(async () => {
  for (const [name, text] of Object.entries({
    train: lines(200, 1),
    dev: `${lines(20, 2)}the zebra ran\n`,
    test: lines(30, 4),
    other: "the zebra sat\nthe cat\n",
  })) {
    writeFileSync(join(dir, `${name}.txt`), text);
  }
  wordsFile(dir);
  writeFileSync(join(dir, "names.txt"), "otto\nanna\n");
  printed(
    await run(
      "train.txt",
      "--dev-data",
      "dev.txt",
      "--test-data",
      "test.txt",
      ...SENTENCES,
      ...KN,
      "--out",
      "split",
    ),
  );
  printed(await run("train.txt", ...KN, "--out", "stream"));
  printed(await run("words.txt", "--steps", "5", "--out", "names", "--quiet"));
}, 120_000);

describe.concurrent("parts in files of their own", () => {
  it("are remembered by the run, and measured as its splits", async () => {
    const config = JSON.parse(readFileSync(join(dir, "split", "config.json"), "utf8")) as Record<
      string,
      unknown
    >;
    expect(config.data).toMatchObject({
      tokens: "whitespace",
      lines: "sentences",
      devData: join(dir, "dev.txt"),
      testData: join(dir, "test.txt"),
    });
    expect(await evaluated("--run", "split")).toMatchObject({
      split: "dev",
      predictions: 84,
      unknown: 1,
    });
    expect(await evaluated("--run", "split", "--split", "test")).toMatchObject({
      split: "test",
      predictions: 120,
      unknown: 0,
      looks: 1,
    });
  });

  it("may be one, with a tenth of the text for the other", async () => {
    const result = async (...args: string[]) =>
      jsonLines<{ event: string; examples: object }>(
        printed(await run("train.txt", ...KN.slice(0, -1), "--json", ...args)),
      ).at(-1)?.examples;
    expect(await result(...SENTENCES, "--dev-data", "dev.txt", "--out", "with-dev")).toEqual({
      train: 720,
      dev: 84,
      test: 80,
    });
    expect(await result("--test-data", "test.txt", "--out", "with-test")).toEqual({
      train: 540,
      dev: 60,
      test: 90,
    });
  });

  it("that changed, or are gone, are not measured", async () => {
    const own = folder();
    for (const [name, text] of [
      ["t.txt", lines(50, 1)],
      ["d.txt", lines(10, 2)],
    ])
      writeFileSync(join(own, name), text);
    printed(await mmTrain(["t.txt", "--dev-data", "d.txt", ...KN, "--out", "r"], own));
    writeFileSync(join(own, "d.txt"), lines(11, 2));
    expect(onlyLine(await mmTrain(["evaluate", "--run", "r"], own), 1)).toMatch(
      /^r: was trained on other words than .*t\.txt and .*d\.txt hold now/,
    );
    rmSync(join(own, "d.txt"));
    expect(onlyLine(await mmTrain(["evaluate", "--run", "r"], own), 1)).toMatch(
      /d\.txt: no such file; if it moved, name it with --dev-data$/,
    );
  });

  it("that moved are named, by evaluate once and by a resumed run for good", async () => {
    const own = folder();
    const write = (name: string, text: string) => writeFileSync(join(own, name), text);
    const NETWORK = ["--steps", "4", "--hidden", "4", "--embedding", "2", "--min-count", "1"];
    const evaluateDev = ["evaluate", "--run", "r", "--json"];
    write("t.txt", lines(50, 1));
    write("d.txt", lines(10, 2));
    const train = ["t.txt", "--dev-data", "d.txt", "--level", "word", ...NETWORK, "--quiet"];
    printed(await mmTrain([...train, "--out", "r"], own));
    const before = printed(await mmTrain(evaluateDev, own));
    write("other.txt", lines(10, 4));
    renameSync(join(own, "d.txt"), join(own, "moved.txt"));
    expect(printed(await mmTrain([...evaluateDev, "--dev-data", "moved.txt"], own))).toBe(before);
    expect(onlyLine(await mmTrain([...evaluateDev, "--dev-data", "other.txt"], own), 1)).toMatch(
      /^r: was trained on other words than .*t\.txt and .*other\.txt hold now; name its files with --data or --dev-data$/,
    );
    expect(onlyLine(await mmTrain([...evaluateDev, "--test-data", "other.txt"], own), 2)).toBe(
      "--test-data: r has no file of its own for that part: expected none, got other.txt",
    );
    const another = [...evaluateDev, "--data", "other.txt"];
    expect(onlyLine(await mmTrain(another, own), 1)).toMatch(/name it with --dev-data$/);
    printed(await mmTrain([...another, "--dev-data", "moved.txt"], own));
    const goOn = ["--resume", "--out", "r", "--steps", "8", "--quiet"];
    expect(onlyLine(await mmTrain(goOn, own), 1)).toMatch(/name it with --dev-data$/);
    printed(await mmTrain([...goOn, "--dev-data", "moved.txt"], own));
    printed(await mmTrain(evaluateDev, own)); // finds it now without being told
  }, 60_000);

  it.each([
    [
      ["words.txt", "--dev-data", "dev.txt"],
      /^--dev-data: expected --level word with it, got .* and character$/,
    ],
    [["words.txt", "--lines", "sentences"], /^--lines: expected --level word with it/],
    [
      ["train.txt", "--level", "word", "--tokens", "bpe"],
      /^--tokens: expected text or whitespace or segments, got "bpe"/,
    ],
    [
      ["train.txt", "--level", "word", "--dev-data", ""],
      /^--dev-data: expected a file name, got ""$/,
    ],
    [
      ["train.txt", "--level", "word", "--test-data", "-"],
      /^--test-data: expected a file that can be read again, not standard input, got "-"$/,
    ],
    [
      ["evaluate", "--run", "split", "--dev-data", "-"],
      /^--dev-data: expected a file that can be read again, not standard input, got "-"$/,
    ],
    [
      ["--resume", "--out", "split", "--dev-data", ""],
      /^--dev-data: expected a file name, got ""$/,
    ],
    [
      ["brown", "--lines", "sentences", "--model", "kneser-ney"],
      /^brown comes as one stream of tokens in three parts/,
    ],
  ])("%j is refused", async (args, message) => {
    expect(onlyLine(await run(...args), 2)).toMatch(message);
  });
});

describe.concurrent("evaluate --data", () => {
  it("measures another text whole, by the run's tokens, and names it", async () => {
    expect(await evaluated("--run", "split", "--data", "other.txt")).toMatchObject({
      split: null,
      data: "other.txt",
      predictions: 7,
      unknown: 1,
    });
    const [first, second] = printed(
      await run("evaluate", "--run", "split", "--data", "other.txt"),
    ).split("\n");
    expect(first).toMatch(
      /^other\.txt \(another text than the run's corpus\): loss \d\.\d{4} \(perplexity \d+\.\d\d\)$/,
    );
    expect(second).toMatch(
      /^unknown words: 1 of 7 predictions; without them loss \d\.\d{4} \(perplexity \d+\.\d\d\)$/,
    );
    expect(await evaluated("--run", "stream", "--data", "other.txt")).toMatchObject({
      split: null,
      predictions: 5,
      unknown: 1,
    });
  });

  it("knows the run's corpus at another place, whose dev split is measured", async () => {
    writeFileSync(join(dir, "moved.txt"), lines(200, 1).replaceAll("\n", "\r\n"));
    for (const name of ["split", "stream"])
      expect(await evaluated("--run", name, "--data", "moved.txt")).toEqual(
        await evaluated("--run", name),
      );
  });

  it("measures another list of words by a model of characters", async () => {
    const [line] = jsonLines<object>(
      printed(await run("evaluate", "--run", "names", "--data", "names.txt", "--json")),
    );
    expect(line).toEqual({
      run: "names",
      split: null,
      data: "names.txt",
      loss: expect.any(Number),
      perplexity: expect.any(Number),
    });
    const scores = jsonLines<{ total: { loss: number } }>(
      printed(await run("score", "--run", "names", "--file", "names.txt", "--json")),
    )[0];
    expect((line as { loss: number }).loss).toBeCloseTo(scores.total.loss, 6);
    expect(WORDS).toContain("otto");
  });

  it.each([
    [
      ["split", "--data", "test.txt"],
      /^--data: test\.txt is the run's test split: measure it with --split test, which counts the look$/,
    ],
    [
      ["split", "--data", "dev.txt"],
      /^--data: dev\.txt is the run's dev split: measure it with --split dev$/,
    ],
    [
      ["split", "--data", "other.txt", "--split", "dev"],
      /^--split: other\.txt is another text than the run's corpus, and measured whole/,
    ],
  ])("%j is refused", async (args, message) => {
    expect(onlyLine(await run("evaluate", "--run", ...args), 2)).toMatch(message);
  });

  it("mixes models over another text too", async () => {
    const { loss } = await evaluated(
      "--run",
      "stream",
      "--data",
      "other.txt",
      "--mix",
      "stream",
      "--mix-weight",
      "0.5",
    );
    expect(loss).toBeCloseTo((await evaluated("--run", "stream", "--data", "other.txt")).loss, 5);
  });
});

describe.concurrent("score", () => {
  it("of a file, a line each, is what evaluate says of it as a whole", async () => {
    const whole = await evaluated("--run", "split", "--data", "other.txt");
    const [{ scores, total }] = jsonLines<{
      scores: { word: string; unknown: number }[];
      total: Evaluated;
    }>(printed(await run("score", "--run", "split", "--file", "other.txt", "--json")));
    expect(scores.map(({ word, unknown }) => [word, unknown])).toEqual([
      ["the zebra sat", 1],
      ["the cat", 0],
    ]);
    expect(total).toMatchObject({ predictions: 7, unknown: 1 });
    expect(total.loss).toBeCloseTo(whole.loss, 6);
    expect(total.knownLoss).toBeCloseTo(whole.knownLoss, 6);
  });

  it("tells a person of unknown words", async () => {
    const text = printed(await run("score", "--run", "split", "zebra zebra", "the cat ran"));
    expect(text).toMatch(
      /^text +words +unknown +loss +known loss +probability\nzebra zebra +3 +2 /,
    );
    expect(text).toMatch(
      /\nunknown words: 2 of 7 predictions; without them loss \d\.\d{4} \(perplexity \d+\.\d\d\)\n$/,
    );
  });

  const piped = (
    input: string | Uint8Array,
    args: readonly string[] = ["score", "--run", "split", "--file", "-", "--json"],
  ) =>
    spawnSync(process.execPath, [join(installed(), "dist", "cli", "main.js"), ...args], {
      cwd: dir,
      input,
      encoding: "utf8",
    });
  const INPUT = "the cat ran\n\n  a dog sat\n";

  it.each([
    ["as it is", Buffer.from(INPUT)],
    ["packed by gzip", gzipSync(INPUT)],
    ["in UTF-16", Buffer.from(`\ufeff${INPUT}`, "utf16le")],
  ])("reads standard input %s, as every command does", (_, bytes) => {
    const { stdout } = piped(bytes);
    expect(
      (JSON.parse(stdout) as { scores: { word: string }[] }).scores.map(({ word }) => word),
    ).toEqual(["the cat ran", "a dog sat"]);
  });

  it("names the lines of standard input that are no text", () => {
    const { status, stderr } = piped(Buffer.concat([Buffer.from("the\n"), Buffer.of(0xe9, 10)]));
    expect(status).toBe(1);
    expect(stderr).toBe("mm-train: standard input:2: not UTF-8 text: save the file as UTF-8\n");
  });

  it.each([
    ["a NUL", "\0a\n", [], "standard input:1: a NUL byte: expected a text, not a binary file"],
    ["no words", "\n", [], "standard input: no words: expected a text"],
    [
      "too few words",
      "a b\n",
      [],
      "standard input: at least 6 words are needed for train, dev and test, got 2: add words",
    ],
    [
      "a mark within a sentence",
      "a <s> b\n",
      SENTENCES,
      "standard input:1: <s> within a sentence: expected it at a line's start or end only, " +
        "remove it",
    ],
  ])("names standard input in a text to train on that has %s", (_, input, options, message) => {
    expect(piped(input, [...KN, ...options, "--data", "-"]).stderr).toBe(`mm-train: ${message}\n`);
  });

  it("names the line of a file that it cannot score", async () => {
    writeFileSync(join(dir, "bad.txt"), "anna\n\nzoë\n");
    expect(onlyLine(await run("score", "--run", "names", "--file", "bad.txt"), 1)).toBe(
      'bad.txt:3: the model does not know the character "ë"',
    );
  });
});

it("a mark in a text is the same token in training and in score", async () => {
  const own = folder();
  writeFileSync(join(own, "t.txt"), "the <unk> ran . a <unk> sat . ".repeat(30));
  for (const tokens of ["text", "whitespace"]) {
    printed(await mmTrain(["t.txt", "--tokens", tokens, ...KN, "--out", tokens], own));
    const [{ scores }] = jsonLines<{ scores: { characters: number; loss: number }[] }>(
      printed(
        await mmTrain(["score", "--run", tokens, "--json", "the <unk> ran . a <unk> sat ."], own),
      ),
    );
    expect(scores[0].characters).toBe(8);
    expect(scores[0].loss).toBeLessThan(0.5); // it is the text
  }
});
