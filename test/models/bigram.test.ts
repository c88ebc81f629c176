/**
 * The bigram baselines: counted and learned.
 *
 * The lecture's corpus is not shipped: MM_NAMES=path/to/names.txt (makemore's, 32,033 names) runs
 * the tests that need it.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  backend,
  type BackendName,
  type Batch,
  Bigram,
  buildContexts,
  countBigram,
  countParameters,
  crossEntropy,
  DataError,
  evaluate,
  Generator,
  IndexError,
  loadCorpus,
  parseSchedule,
  readWords,
  sample,
  setBackend,
  softmax,
  type Tensor,
  tensor,
  toBatch,
  Trainer,
  ValueError,
  Vocabulary,
} from "../../lib/index.js";
import { errorOf, WORDS } from "../train/support.js";

const vocabularyOf = (words: readonly string[]) => new Vocabulary(words);
const examplesOf = (words: readonly string[], blockSize = 1): Batch =>
  toBatch(buildContexts(words, vocabularyOf(words), blockSize));
/** Rows of probabilities: what follows each character. */
const table = (model: Bigram): number[][] => softmax(model.W.detach(), 1).toArray() as number[][];

const someWords = fc.array(
  fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), minLength: 1, maxLength: 6 }),
  {
    minLength: 1,
    maxLength: 12,
  },
);

describe("countBigram", () => {
  it("gives the shares of what followed", () => {
    // After "." once a, once b; after a: twice b; after b: once a, twice the end.
    const [boundary, a, b] = table(countBigram(examplesOf(["ab", "bab"]), 3, 0));
    for (const [got, want] of [
      [boundary, [0, 1 / 2, 1 / 2]],
      [a, [0, 0, 1]],
      [b, [2 / 3, 1 / 3, 0]],
    ]) {
      for (const [i, p] of want.entries()) expect(got[i]).toBeCloseTo(p, 6);
    }
  });

  it("adds the smoothing to every count, 1 unless told otherwise", () => {
    const examples = examplesOf(["ab", "bab"]);
    expect(table(countBigram(examples, 3))).toEqual(table(countBigram(examples, 3, 1)));
    const [, a] = table(countBigram(examples, 3, 0.5));
    for (const [i, p] of [0.5 / 3.5, 0.5 / 3.5, 2.5 / 3.5].entries())
      expect(a[i]).toBeCloseTo(p, 6);
  });

  it("makes pairs that never occur impossible without smoothing: their loss is infinite, not NaN", () => {
    const model = countBigram(examplesOf(["ab"]), 3, 0);
    expect(Array.from(model.W.toTypedArray()).filter((x) => x === -Infinity)).toHaveLength(6);
    const never: Batch = {
      X: tensor([[1]], { dtype: "int32" }),
      Y: tensor([1], { dtype: "int32" }),
    };
    expect(evaluate(model, never)).toBe(Infinity);
    expect(evaluate(model, examplesOf(["ab"]))).toBeCloseTo(0, 6);
  });

  it("knows nothing of what follows a character that never occurs", () => {
    const row = table(countBigram(examplesOf(["ab"]), 4, 0))[3];
    for (const p of row) expect(p).toBeCloseTo(1 / 4, 6);
  });

  it("rows are probabilities, and no other table fits the examples better", () => {
    fc.assert(
      fc.property(
        someWords,
        fc.constantFrom(0, 0.1, 1, 10),
        fc.integer(),
        (words, smoothing, seed) => {
          const examples = examplesOf(words);
          const V = vocabularyOf(words).size;
          const counted = countBigram(examples, V, smoothing);
          for (const row of table(counted))
            expect(row.reduce((s, p) => s + p, 0)).toBeCloseTo(1, 5);
          const best = evaluate(countBigram(examples, V, 0), examples);
          expect(best).toBeLessThan(evaluate(counted, examples) + 1e-5);
          expect(best).toBeLessThan(
            evaluate(Bigram.create(V, new Generator(seed)), examples) + 1e-5,
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it("looks at the last character of wider contexts, so that it measures the splits of any run", () => {
    const { vocabulary, splits } = loadCorpus(WORDS, 3, 42);
    const narrow = loadCorpus(WORDS, 1, 42).splits;
    const model = countBigram(splits.train, vocabulary.size);
    expect(model.blockSize).toBe(1);
    expect(table(model)).toEqual(table(countBigram(narrow.train, vocabulary.size)));
    expect(evaluate(model, splits.dev)).toBe(evaluate(model, narrow.dev));
  });

  it("makes up words of pairs that occur", () => {
    const vocabulary = vocabularyOf(WORDS);
    const pairs = new Set(
      WORDS.flatMap((word) => Array.from(`.${word}`, (c, i) => c + `${word}.`[i])),
    );
    for (const word of sample(
      countBigram(examplesOf(WORDS), vocabulary.size, 0),
      vocabulary,
      50,
      new Generator(1),
    )) {
      for (const [i, c] of [...`.${word}`].entries()) expect(pairs).toContain(c + `${word}.`[i]);
    }
  });
});

/** Gradient descent on all examples at once. */
const trained = (model: Bigram, examples: Batch, lr: number, steps: number): number[] => {
  const trainer = new Trainer({
    model,
    examples,
    batchSize: "full",
    schedule: parseSchedule(String(lr)),
    generator: new Generator(1),
  });
  return [...trainer.trainSteps(steps)];
};

describe("a trained table", () => {
  it("falls at every step and approaches what counting gives, on any corpus", () => {
    fc.assert(
      fc.property(someWords, fc.integer(), (words, seed) => {
        const examples = examplesOf(words);
        const V = vocabularyOf(words).size;
        const model = Bigram.create(V, new Generator(seed));
        // The curvature of a row's cross-entropy is at most 1/2: every rate below 4 goes down.
        const losses = trained(model, examples, 3, 300);
        // float32: a sum of at most 25 losses below 10.
        for (let i = 1; i < losses.length; i++)
          expect(losses[i]).toBeLessThan(losses[i - 1] + 1e-5);
        const best = evaluate(countBigram(examples, V, 0), examples);
        const first = losses[0] - best;
        expect(evaluate(model, examples) - best).toBeLessThan(0.3 * first + 1e-4);
      }),
      { numRuns: 10 },
    );
  });

  it("goes on from a counted one, which it cannot better by much", () => {
    const examples = examplesOf(WORDS);
    const { size } = vocabularyOf(WORDS);
    const model = countBigram(examples, size);
    const before = evaluate(model, examples);
    const best = evaluate(countBigram(examples, size, 0), examples);
    trained(model, examples, 3, 100);
    expect(evaluate(model, examples)).toBeLessThan(before);
    expect(evaluate(model, examples)).toBeGreaterThan(best - 1e-5);
    expect(countParameters(model)).toBe(size * size);
    expect(Object.keys(model.stateDict())).toEqual(["W"]);
  });
});

describe("mistakes", () => {
  const examples = examplesOf(["ab"]);
  const nothing: Batch = {
    X: tensor(new Int32Array(0), { shape: [0, 1] }),
    Y: tensor(new Int32Array(0)),
  };

  it("a table of gigabytes", async () => {
    const { message } = await errorOf(ValueError, () => Bigram.create(16_489, new Generator(1)));
    expect(message).toBe(
      "bigram: expected at most 8192 tokens for a table of V x V, got 16489: know fewer, or " +
        "count n-grams (model kneser-ney)",
    );
  });

  it.each([-1, Number.NaN, Infinity])("a smoothing of %d", async (smoothing) => {
    const { message } = await errorOf(ValueError, () => countBigram(examples, 3, smoothing));
    expect(message).toBe(
      `countBigram: smoothing: expected a number of 0 or more, got ${smoothing}`,
    );
  });

  it("nothing, no vocabulary, tokens outside it", async () => {
    expect((await errorOf(DataError, () => countBigram(nothing, 3))).message).toBe(
      "countBigram: expected at least one example, got none",
    );
    expect((await errorOf(ValueError, () => countBigram(examples, 0))).message).toBe(
      "countBigram: vocabularySize: expected a whole number from 1 to 2147483647, got 0",
    );
    const { message } = await errorOf(IndexError, () => countBigram(examples, 2));
    expect(message).toBe("countBigram: token 2 in example 1 is out of range 0..1");
  });
});

const file = process.env.MM_NAMES;
if (!file)
  console.warn(
    "part of test/models/bigram.test.ts is skipped: set MM_NAMES to the lecture's names.txt " +
      "to run it",
  );

describe.skipIf(!file)("on the lecture's names.txt (MM_NAMES)", () => {
  // The body runs while tests are collected, skipped or not.
  const words = file ? readWords(file) : ["skipped"];
  const examples = examplesOf(words);
  const chosen = backend();

  it.each<[number, number, BackendName]>([
    [0, 2.45401, "native"],
    [1, 2.45458, "native"],
    [1, 2.45458, "reference"],
  ])(
    "counting with a smoothing of %d gives %d per character on the %s backend",
    (smoothing, loss, name) => {
      expect(examples.Y.numel).toBe(228_146);
      setBackend(name);
      const got = evaluate(countBigram(examples, 27, smoothing), examples);
      setBackend(chosen);
      expect(got.toFixed(5)).toBe(String(loss));
    },
  );

  it("the linear layer converges to what counting gives", () => {
    const model = Bigram.create(27, new Generator(2147483647));
    trained(model, examples, 20, 1000);
    const loss = evaluate(model, examples);
    expect(loss).toBeGreaterThan(2.45401);
    expect(loss).toBeLessThan(2.46);
  });

  it("the linear layer loses as in the lecture before this one: rate 50, regularization 0.01", () => {
    const model = Bigram.create(27, new Generator(2147483647));
    // Equal examples have equal losses: 627 pairs, each weighted by how often it occurs.
    const [before, after] = [examples.X, examples.Y].map((t) => t.toTypedArray());
    const times = new Map<number, number>();
    for (const [i, a] of before.entries()) {
      const pair = a * 27 + after[i];
      times.set(pair, (times.get(pair) ?? 0) + 1);
    }
    const pairs = [...times.keys()];
    const X = tensor(Int32Array.from(pairs, (pair) => Math.floor(pair / 27))).view([-1, 1]);
    const Y = tensor(Int32Array.from(pairs, (pair) => pair % 27));
    const share = tensor([...times.values()].map((n) => n / after.length));
    const losses = Array.from({ length: 10 }, () => {
      const nll = crossEntropy(model.forward(X), Y, { reduction: "none" }).mul(share).sum();
      const loss = nll.add(model.W.pow(2).mean().mul(0.01));
      model.W.grad = null;
      loss.backward();
      model.W.data.sub_((model.W.grad as unknown as Tensor).mul(50));
      return loss.item();
    });
    // What that notebook prints.
    const printed = [
      3.768618583679199, 3.3788065910339355, 3.161090850830078, 3.027186155319214,
      2.9344842433929443, 2.867231607437134, 2.8166542053222656, 2.777146577835083,
      2.745253801345825, 2.7188303470611572,
    ];
    for (const [i, loss] of losses.entries())
      expect(Math.abs(loss / printed[i] - 1)).toBeLessThan(1e-6);
  });
});
