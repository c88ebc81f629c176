/**
 * Trainings over the words of a text: order of examples, early stopping, resuming, counted models,
 * mixtures.
 */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  CheckpointError,
  evaluate,
  Generator,
  loadRun,
  loadRunCorpus,
  Mixture,
  randint,
  readSafetensors,
  resume,
  sample,
  score,
  train,
  type TrainOptions,
  UsageError,
} from "../../lib/index.js";
import { writeRun } from "../train/support.js";

const folder = mkdtempSync(join(tmpdir(), "mm-words-"));
const file = join(folder, "text.txt");
const WORDS = ["the", "a", "cat", "dog", "ran", "sat", "."];
// Pairs that a bigram can learn: the word and its half follow each other.
const drawn = randint(0, 7, [3000], { generator: new Generator(1) }).toArray() as number[];
writeFileSync(file, drawn.flatMap((w) => [WORDS[w], WORDS[w >> 1]]).join(" "));

const SMALL = {
  data: file,
  level: "word",
  model: "nplm",
  blockSize: 2,
  embedding: 4,
  hidden: 8,
  direct: true,
  bias: "unigram",
  batchSize: 16,
  order: "shuffled",
  steps: 120,
  lr: "inverse:0.5/0.01",
  weightDecay: 1e-3,
  evalEvery: 40,
  checkpointEvery: 25,
  logEvery: 10,
  samples: 3,
} as const satisfies TrainOptions;

const parameters = (run: string) =>
  Object.fromEntries(
    Object.entries(readSafetensors(join(run, "model.safetensors"))).map(([name, t]) => [
      name,
      t?.toArray(),
    ]),
  );

describe("a network over words", () => {
  it("learns, is saved and comes back", async () => {
    const out = join(folder, "whole");
    const { loss, corpus, samples, marks, bigram } = await train({ ...SMALL, out });
    expect(corpus.vocabulary.itos.slice(1).toSorted()).toEqual(WORDS.toSorted());
    expect(loss?.dev).toBeLessThan(1.6); // log(8) = 2.08
    expect([samples.length, marks, bigram]).toEqual([3, [], undefined]);
    const { model, vocabulary, config } = loadRun(out);
    expect(Object.keys(model.stateDict())).toEqual(["C", "H", "d", "WU", "b"]);
    expect(evaluate(model, loadRunCorpus(out, config).splits.dev)).toBe(loss?.dev);
    expect(sample(model, vocabulary, 3, new Generator(config.sampleSeed))).toEqual(samples);
    // One sentence, which its point ends.
    for (const sentence of samples) expect(sentence).toMatch(/^[^.]*\.?$/);
    expect(score(model, vocabulary, ["the cat sat ."])[0].characters).toBe(4);
    expect(
      sample(model, vocabulary, 2, new Generator(1), { prefix: "the cat" }).every((text) =>
        text.startsWith("the cat"),
      ),
    ).toBe(true);
    expect(() => sample(model, vocabulary, 1, new Generator(1), { prefix: "unseen" })).toThrow(
      UsageError,
    );
  });

  it("that was interrupted ends with the bits of one that was not", async () => {
    const [whole, parts] = [join(folder, "one"), join(folder, "two")];
    await train({ ...SMALL, out: whole });
    const abort = new AbortController();
    const first = await train({
      ...SMALL,
      out: parts,
      signal: abort.signal,
      onStep: (step) => step === 70 && abort.abort(),
    });
    expect(first.interrupted).toBe(true);
    await resume(parts);
    expect(parameters(parts)).toEqual(parameters(whole));
  });

  it(
    "stops after as many measurements without a new best as it has patience for, and does not " +
      "go on",
    async () => {
      const out = join(folder, "patience");
      const measured: number[] = [];
      // A rate that grows from good to much too large.
      const { steps } = await train({
        ...SMALL,
        out,
        steps: 400,
        evalEvery: 20,
        patience: 2,
        lr: "0.3@0,8@60",
        onDevLoss: (_, loss) => measured.push(loss),
      });
      expect(steps).toBeLessThan(400);
      const best = measured.indexOf(Math.min(...measured));
      expect(measured.length - 1 - best).toBe(2);
      expect((await resume(out)).steps).toBe(steps);
    },
  );
});

describe("counted models", () => {
  it.each(["del-int", "kneser-ney", "kneser-ney-backoff", "class"] as const)(
    "%s is saved and comes back with the same losses",
    async (model) => {
      const out = join(folder, model);
      const { loss, steps } = await train({
        data: file,
        level: "word",
        model,
        ...(model !== "del-int" && { blockSize: 2 }),
        ...(model === "class" && { classes: 4 }),
        samples: 2,
        out,
      });
      expect(steps).toBe(0);
      expect(existsSync(join(out, "state.safetensors"))).toBe(false);
      const run = loadRun(out);
      const { splits } = loadRunCorpus(out, run.config);
      expect(evaluate(run.model, splits.dev)).toBe(loss?.dev);
      expect(loss?.dev).toBeLessThan(1.6);
      expect((await resume(out)).loss).toEqual(loss);
      await expect(resume(out, { steps: 5 })).rejects.toThrow(
        new RegExp(`${model} is counted and takes no steps, expected 0, got 5$`),
      );
    },
  );

  it("are of characters too", async () => {
    const words = Array.from({ length: 60 }, (_, i) => ["anna", "otto", "emma", "hannah"][i % 4]);
    const { loss, bigram } = await train({ words, model: "kneser-ney", blockSize: 3, samples: 2 });
    expect(loss?.dev).toBeLessThan(bigram?.dev ?? 0);
  });

  it("damaged are refused", async () => {
    const out = join(folder, "damaged");
    await train({ data: file, level: "word", model: "kneser-ney", blockSize: 2, samples: 0, out });
    const config = join(out, "config.json");
    writeRun(out, {
      "config.json": readFileSync(config, "utf8").replace('"blockSize": 2', '"blockSize": 3'),
    });
    expect(() => loadRun(out)).toThrow(CheckpointError);
    expect(() => loadRun(out)).toThrow(/tensor ngrams: expected \[\d+, 4\]/);
  });
});

it("a mixture with the right weights is better than both", async () => {
  const [network, counted] = [join(folder, "whole"), join(folder, "kneser-ney")].map((dir) =>
    loadRun(dir),
  );
  const { splits } = loadRunCorpus(join(folder, "whole"), network.config);
  const losses = [network.model, counted.model].map((m) => evaluate(m, splits.dev));
  expect(
    evaluate(Mixture.fit([network.model, counted.model], splits.dev), splits.dev),
  ).toBeLessThanOrEqual(Math.min(...losses) + 1e-5);
});

it("a list of words is a text of tokens as they stand", async () => {
  const words = Array.from({ length: 300 }, (_, i) => ["New York", "is", "big"][i % 3]);
  const { corpus } = await train({
    words,
    level: "word",
    model: "kneser-ney",
    blockSize: 1,
    samples: 0,
  });
  expect(corpus.vocabulary.itos).toEqual(["<unk>", "New York", "is", "big"]);
});
