/** train() from a program. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  CheckpointError,
  DataError,
  evaluate,
  Generator,
  loadRun,
  MmError,
  sample,
  train,
  UsageError,
} from "../../lib/index.js";
import { errorOf, parameterHash, scratch, WORDS, wordsFile } from "../train/support.js";

const folder = scratch();
/** A network that trains in milliseconds. */
const SMALL = { words: WORDS, steps: 30, hidden: 10, embedding: 3, batchSize: 8, samples: 4 };

let cwd: string;
const home = process.cwd();
beforeEach(() => {
  cwd = folder();
  process.chdir(cwd);
});
afterEach(() => process.chdir(home));

describe("train", () => {
  it("trains on words and says what it did", async () => {
    const result = await train(SMALL);
    const { vocabulary, splits } = result.corpus;
    const [V, E, H] = [vocabulary.size, 3, 10];
    expect(result).toMatchObject({
      parameters: V * E + 3 * E * H + H + H * V + V,
      steps: 30,
      interrupted: false,
    });
    expect(result.examples).toEqual({
      train: splits.train.Y.numel,
      dev: splits.dev.Y.numel,
      test: splits.test.Y.numel,
    });
    expect(result.loss).toEqual({
      train: evaluate(result.model, splits.train),
      dev: evaluate(result.model, splits.dev),
    });
    expect(result.samples).toEqual(sample(result.model, vocabulary, 4, new Generator(2147483657)));
    expect(result.stepsPerSecond).toBeCloseTo(30 / result.seconds);
  });

  it("learns", async () => {
    const before = await train({ ...SMALL, steps: 0 });
    const after = await train({ ...SMALL, steps: 500 });
    expect(after.loss?.train).toBeLessThan((before.loss?.train ?? 0) / 2);
  });

  it("gives the same bits for the same settings, and others for each seed", async () => {
    const hash = async (more: object) => parameterHash((await train({ ...SMALL, ...more })).model);
    const first = await hash({});
    expect(await hash({})).toBe(first);
    expect(await hash({ sampleSeed: 3, samples: 0 })).toBe(first);
    expect(
      new Set([
        first,
        await hash({ seed: 3 }),
        await hash({ splitSeed: 3 }),
        await hash({ batchSeed: 3 }),
      ]).size,
    ).toBe(4);
  });

  it("gives the same bits with a run folder, a log and callbacks as without", async () => {
    const plain = await train(SMALL);
    const busy = await train({
      ...SMALL,
      out: "run",
      logEvery: 1,
      onStart() {},
      onStep() {},
      onTrained() {},
    });
    expect(parameterHash(busy.model)).toBe(parameterHash(plain.model));
  });

  it("leaves the caller's words alone", async () => {
    const words = Object.freeze([...WORDS]);
    await train({ ...SMALL, words });
    expect(words).toEqual(WORDS);
  });

  it("calls back before, at every step, and after", async () => {
    const calls: unknown[] = [];
    const result = await train({
      ...SMALL,
      logEvery: 7,
      onStart: (run) => calls.push(run),
      onStep: (step, loss, logged) => calls.push([step, loss, logged]),
      onTrained: () => calls.push("trained"),
    });
    expect(calls).toHaveLength(32);
    expect(calls[0]).toEqual({
      parameters: result.parameters,
      examples: result.examples,
      measured: result.measured,
      vocabularySize: result.corpus.vocabulary.size,
      step: 0,
      level: "character",
      batchSize: SMALL.batchSize,
      corpus: result.corpus.summary,
      wordsSha256: result.corpus.digest,
      from: null,
    });
    const steps = calls.slice(1, 31) as [number, number, boolean][];
    expect(steps.map(([step]) => step)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(steps.every(([, loss]) => Number.isFinite(loss) && loss > 0)).toBe(true);
    expect(steps.filter(([, , logged]) => logged).map(([step]) => step)).toEqual([
      0, 7, 14, 21, 28, 29,
    ]);
    expect(calls[31]).toBe("trained");
  });

  it("writes nothing without `out`", async () => {
    await train(SMALL);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("does nothing but measure with 0 steps", async () => {
    const result = await train({ ...SMALL, steps: 0, out: "run" });
    expect(result).toMatchObject({ steps: 0, stepsPerSecond: 0, interrupted: false });
    expect(result.loss?.train).toBeGreaterThan(0);
    expect(loadRun("run").config.stepsDone).toBe(0);
  });

  it("keeps a file's path absolute, so that a run can be evaluated from anywhere", async () => {
    wordsFile(cwd);
    await train({ ...SMALL, words: undefined, data: "words.txt", out: "run" });
    expect(loadRun("run").config.data).toBe(join(process.cwd(), "words.txt"));
  });

  it("does not say that a run on words was a run on the shipped names", async () => {
    await train({ ...SMALL, out: "run" });
    expect(loadRun("run").config.data).not.toBe("names");
  });

  it("follows the schedule", async () => {
    const constant = await train({ ...SMALL, lr: "0.1" });
    const late = await train({ ...SMALL, lr: "0.1@0,0.5@30" });
    const last = await train({ ...SMALL, lr: "0.1@0,0.5@29" });
    expect(parameterHash(late.model)).toBe(parameterHash(constant.model));
    expect(parameterHash(last.model)).not.toBe(parameterHash(constant.model));
  });
});

describe("an abort signal", () => {
  it("ends the training early, and the run holds what was reached", async () => {
    const abort = new AbortController();
    let after = 0;
    const result = await train({
      ...SMALL,
      steps: 1e9,
      out: "run",
      logEvery: 1,
      signal: abort.signal,
      onStep: (step) => {
        if (step === 10) abort.abort();
        if (step > 10) after++;
      },
    });
    expect(result).toMatchObject({ interrupted: true, samples: [], steps: 11 + after });
    expect(result.loss).toBeUndefined();
    const run = loadRun("run");
    expect(run.config).toMatchObject({ stepsDone: result.steps, steps: 1e9 });
    expect(parameterHash(run.model)).toBe(parameterHash(result.model));
  });

  it("is looked at after some milliseconds of steps", async () => {
    const abort = new AbortController();
    let seen = 0;
    const { steps } = await train({
      ...SMALL,
      steps: 1e9,
      signal: abort.signal,
      onStep: (step) => {
        seen = step + 1;
        if (step === 10) abort.abort();
      },
    });
    expect(steps).toBe(seen); // the steps of the call that was under way, and no more
    expect(steps).toBeLessThan(1e5);
  });

  it("that came before the first step leaves the fresh model", async () => {
    const result = await train({ ...SMALL, signal: AbortSignal.abort() });
    expect(result).toMatchObject({ interrupted: true, steps: 0 });
    const fresh = await train({ ...SMALL, steps: 0 });
    expect(parameterHash(result.model)).toBe(parameterHash(fresh.model));
  });

  it("that comes after the last step changes nothing", async () => {
    const abort = new AbortController();
    const result = await train({ ...SMALL, signal: abort.signal });
    abort.abort();
    expect(result.interrupted).toBe(false);
  });

  it("reaches a training that never waits: the event loop has its turn", async () => {
    const abort = new AbortController();
    setImmediate(() => abort.abort());
    expect((await train({ ...SMALL, steps: 1e9, signal: abort.signal })).interrupted).toBe(true);
  });
});

describe("a mistake before the first step is an error, and nothing is written", () => {
  const never = () => {
    throw new Error("a step was made");
  };
  it.each<[string, abstract new (...args: never[]) => MmError, object]>([
    ["a setting outside its limits", UsageError, { hidden: 0 }],
    ["an unknown setting", UsageError, { batchsize: 5 }],
    ["a wrong schedule", UsageError, { lr: "fast" }],
    ["a step between logs of 0", UsageError, { logEvery: 0 }],
    ["a step between logs of a half", UsageError, { logEvery: 0.5 }],
    ["no words", DataError, { words: [] }],
    ["five words", DataError, { words: ["a", "b", "c", "d", "e"] }],
    ["a word with a line break", DataError, { words: [...WORDS, "a\nb"] }],
    ["a column of a program's words", UsageError, { column: "1" }],
    ["weights without a column", UsageError, { weightColumn: "2" }],
    [
      "weights and each example once",
      UsageError,
      { column: "1", weightColumn: "2", order: "shuffled" },
    ],
    [
      "weights of what is counted",
      UsageError,
      { column: "1", weightColumn: "2", model: "kneser-ney" },
    ],
    ["an empty word", DataError, { words: [...WORDS, ""] }],
    ["a missing file", DataError, { words: undefined, data: "no.txt" }],
    [
      "more examples than can be indexed",
      MmError,
      { words: new Array(2_200_000).fill("x"), blockSize: 1000 },
    ],
    ["a network larger than memory", MmError, { embedding: 100_000, hidden: 1_000_000 }],
  ])("%s", async (_, kind, settings) => {
    await errorOf(kind, () => train({ ...SMALL, onStep: never, out: "run", ...settings }));
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("a folder that cannot be made", async () => {
    const file = wordsFile(cwd);
    const error = await errorOf(CheckpointError, () =>
      train({ ...SMALL, onStep: never, out: join(file, "run") }),
    );
    expect(error.file).toBe(file);
    expect(readdirSync(cwd)).toEqual(["words.txt"]);
  });

  it("as a rejection, not a throw", () => {
    const promise = train({ hidden: 0 });
    expect(promise).toBeInstanceOf(Promise);
    return expect(promise).rejects.toBeInstanceOf(UsageError);
  });
});
