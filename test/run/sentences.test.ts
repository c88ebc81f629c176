/**
 * Sentences and unknown words, against KenLM on the Brown corpus (shared/reference/ngram-tools.md).
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { brownFolder } from "../../lib/data/texts/brown.js";
import {
  evaluateKnown,
  Generator,
  loadRun,
  loadRunCorpus,
  perplexity,
  sample,
  score,
  train,
  type TrainOptions,
} from "../../lib/index.js";
import { scratch } from "../train/support.js";

const folder = scratch();

/** Each sentence as its words, the tags dropped. */
function brownSentences(): string[] {
  const names = readdirSync(brownFolder())
    .filter((name) => /^c[a-r]\d\d$/.test(name))
    .sort();
  const lines = names.flatMap((name) =>
    readFileSync(join(brownFolder(), name), "latin1").split("\n"),
  );
  const words = (line: string) =>
    line
      .trim()
      .split(/\s+/)
      .map((tagged) => tagged.slice(0, tagged.lastIndexOf("/")));
  return lines.filter((line) => line.trim() !== "").map((line) => words(line).join(" "));
}

describe("Kneser-Ney over the sentences of the Brown corpus agrees with KenLM", () => {
  const dir = folder();
  const file = (name: string, lines: readonly string[]): string => {
    writeFileSync(join(dir, name), lines.map((line) => `${line}\n`).join(""));
    return join(dir, name);
  };
  const lines = brownSentences();
  const files = {
    data: file("train.txt", lines.slice(0, 45_872)),
    devData: file("dev.txt", lines.slice(45_872, 51_606)),
    testData: file("test.txt", lines.slice(51_606)),
  };
  const settings = {
    level: "word",
    model: "kneser-ney",
    tokens: "whitespace",
    lines: "sentences",
    minCount: 1,
    countOn: "train",
    samples: 0,
  } as const satisfies TrainOptions;

  it.each([
    [2, 336.873, 241.485, 325.07, 238.555],
    [3, 314.4, 224.288, 302.1, 220.756],
    [5, 311.923, 222.524, 299.845, 219.139],
  ])(
    "order %i",
    async (order, dev, devKnown, test, testKnown) => {
      const { model, corpus, loss } = await train({ ...settings, ...files, blockSize: order - 1 });
      expect(corpus.vocabulary.size).toBe(51_464 - 1); // <s> and </s> are one token
      const [d, t] = [corpus.splits.dev, corpus.splits.test].map((split) =>
        evaluateKnown(model, corpus.vocabulary, split),
      );
      expect(d.known).toMatchObject({ predictions: 91_838, unknown: 3536 });
      expect(t.known).toMatchObject({ predictions: 101_176, unknown: 3633 });
      expect(d.loss).toBe(loss?.dev);
      const got = [d.loss, d.known?.knownLoss, t.loss, t.known?.knownLoss].map((x) =>
        perplexity(x ?? NaN),
      );
      for (const [i, want] of [dev, devKnown, test, testKnown].entries())
        expect(Math.abs(got[i] / want - 1)).toBeLessThan(1e-5);
    },
    120_000,
  );

  it("and a file of all sentences is cut into the same parts", async () => {
    const { loss, examples } = await train({
      ...settings,
      data: file("all.txt", lines),
      blockSize: 1,
    });
    expect(examples).toEqual({ train: 979_646 + 45_872, dev: 91_838, test: 101_176 });
    expect(Math.abs(perplexity(loss?.dev ?? NaN) / 336.873 - 1)).toBeLessThan(1e-5);
  }, 120_000);
});

const LINES = Array.from(
  { length: 60 },
  (_, i) => ["the cat sat", "a dog ran off", "the <unk> ran", "<s> a cat sat </s>"][i % 4],
);

describe.each(["kneser-ney", "kneser-ney-backoff", "class", "del-int", "nplm", "mlp"] as const)(
  "%s",
  (model) => {
    it("over sentences is saved, comes back, ends samples at the end and scores it", async () => {
      const out = join(folder(), "run");
      writeFileSync(`${out}.txt`, LINES.join("\n"));
      const counted =
        model === "nplm" || model === "mlp"
          ? { steps: 200, hidden: 8, embedding: 3, lr: "0.3" }
          : {};
      const { loss, samples, corpus } = await train({
        data: `${out}.txt`,
        level: "word",
        tokens: "whitespace",
        lines: "sentences",
        minCount: 1,
        model,
        ...(model !== "del-int" && { blockSize: 2 }),
        samples: 5,
        out,
        ...(model === "class" && { classes: 4 }),
        ...counted,
      });
      expect(corpus.vocabulary.itos.slice(0, 2)).toEqual(["<unk>", "</s>"]);
      const run = loadRun(out);
      expect(run.config).toMatchObject({
        tokens: "whitespace",
        lines: "sentences",
        devData: null,
        testData: null,
      });
      const { splits } = loadRunCorpus(out, run.config);
      expect(evaluateKnown(run.model, run.vocabulary, splits.dev).loss).toBe(loss?.dev);
      expect(sample(run.model, run.vocabulary, 5, new Generator(run.config.sampleSeed))).toEqual(
        samples,
      );
      for (const text of samples) expect(text).not.toMatch(/<\/s>|^$/);
      expect(
        sample(run.model, run.vocabulary, 20, new Generator(1), { prefix: "the <unk>" }).every(
          (text) => text.startsWith("the <unk>"),
        ),
      ).toBe(true);

      const [known, unknown, all] = score(run.model, run.vocabulary, [
        "the cat sat",
        "the zebra sat",
        "zebra",
      ]);
      expect(known).toMatchObject({ characters: 4, unknown: 0, knownLoss: known.loss });
      expect(unknown).toMatchObject({ characters: 4, unknown: 1 });
      expect([all.characters, all.unknown]).toEqual([2, 1]);
      expect(score(run.model, run.vocabulary, ["the <unk> sat"])[0]).toEqual({
        ...unknown,
        word: "the <unk> sat",
      });
    });
  },
);
