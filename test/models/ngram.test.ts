/**
 * N-grams: the check values of reference/paper.md on Brown A, and what every model of probabilities
 * must satisfy.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Batch,
  ClassNgram,
  countBigram,
  DataError,
  DeletedInterpolation,
  evaluate,
  exchangeClasses,
  Generator,
  IndexError,
  KneserNey,
  type LanguageModel,
  loadCorpus,
  lossOf,
  Mixture,
  MLP,
  NgramCounts,
  randint,
  ShapeError,
  tensor,
  ValueError,
  windows,
  zeros,
} from "../../lib/index.js";

/** Only the last `k` words of the contexts. */
const last = ({ X, Y }: Batch, k: number): Batch => ({ X: X.slice(1, X.shape[1] - k), Y });

describe("on Brown A", () => {
  const {
    splits: { train, dev, test },
    vocabulary: { size: V },
  } = loadCorpus("brown:A", 4, 42);
  const perplexity = (model: LanguageModel, split: Batch) =>
    Math.exp(evaluate(model, last(split, model.blockSize)));

  it("deleted interpolation: 31.52 / 372.97 / 352.56", () => {
    const model = DeletedInterpolation.fit(train, dev, V);
    expect([train, dev, test].map((split) => Number(perplexity(model, split).toFixed(2)))).toEqual([
      31.52, 372.97, 352.56,
    ]);
  });

  it.each([
    [2, false, 367.6, 348.9],
    [3, false, 350.3, 332.6],
    [4, false, 348.0, 330.4],
    [5, false, 347.4, 329.8],
    [3, true, 377.6, 362.0],
  ])("Kneser-Ney of order %i (back-off: %s): %d / %d", (order, backoff, valid, held) => {
    const model = new KneserNey(NgramCounts.of(last(train, order - 1), order, V), backoff);
    expect([dev, test].map((split) => Number(perplexity(model, split).toFixed(1)))).toEqual([
      valid,
      held,
    ]);
  });
});

const text = fc.array(fc.nat(5), { minLength: 3, maxLength: 200 });
const V = 7; // one more than occur

/** Every model that a text of tokens gives. */
function models(tokens: readonly number[], V: number): Record<string, LanguageModel> {
  const batch = windows(Int32Array.from(tokens), 3);
  const counts = (order: number) => NgramCounts.of(batch, order, V);
  const [kn, net] = [
    new KneserNey(counts(4)),
    MLP.create(
      { vocabularySize: V, blockSize: 2, embedding: 3, hidden: 4 },
      new Generator(tokens.length),
    ),
  ];
  return {
    unigram: new KneserNey(counts(1)),
    kn,
    backoff: new KneserNey(counts(3), true),
    delInt: DeletedInterpolation.fit(batch, batch, V),
    classes: ClassNgram.fit(batch, 3, V, 3),
    mixture: new Mixture([net, kn], [0.3]),
    learned: Mixture.fit([kn, net], batch, batch),
  };
}

it("probabilities of any context sum to 1, none is 0, and the loss is theirs", () => {
  fc.assert(
    fc.property(
      text,
      fc.array(fc.nat(5), { minLength: 3, maxLength: 3 }),
      fc.constantFrom(6, 7),
      (tokens, context, V) => {
        for (const [name, model] of Object.entries(models(tokens, V))) {
          const seen = tensor(Int32Array.from(context.slice(3 - model.blockSize)), {
            shape: [1, model.blockSize],
          });
          const p = Array.from(model.forward(seen).toTypedArray(), Math.exp);
          expect(Math.abs(p.reduce((a, b) => a + b, 0) - 1), name).toBeLessThan(1e-6);
          expect(Math.min(...p), name).toBeGreaterThan(0);
          for (let w = 0; w < V; w++) {
            const loss = (model.loss as NonNullable<typeof model.loss>)(
              seen,
              tensor([w], { dtype: "int32" }),
            ).item();
            expect(Math.abs(Math.exp(-loss) - p[w]), `${name} ${w}`).toBeLessThan(1e-6);
          }
        }
      },
    ),
    // Every word of the vocabulary was seen.
    { numRuns: 100, examples: [[[0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5], [0, 0, 0], 6]] },
  );
});

it("the longest n-grams and their counts are the whole tree", () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 4 }), (tokens, order) => {
      const batch = windows(Int32Array.from(tokens), 3);
      const counts = NgramCounts.of(batch, order, V);
      const again = NgramCounts.fromTensors(counts.toTensors(), V);
      expect(evaluate(new KneserNey(again), batch)).toBe(evaluate(new KneserNey(counts), batch));
      expect(again.entries).toBe(counts.entries);
    }),
  );
});

it("more of a text's own weights never make it less likely", () => {
  const batch = windows(
    Int32Array.from({ length: 400 }, (_, i) => (i * i) % 6),
    3,
  );
  const [kn, net] = [
    new KneserNey(NgramCounts.of(batch, 2, V)),
    MLP.create({ vocabularySize: V, blockSize: 2, embedding: 3, hidden: 4 }, new Generator(1)),
  ];
  const [half, learned, binned] = [
    new Mixture([net, kn], [0.5]),
    Mixture.fit([net, kn], batch),
    Mixture.fit([net, kn], batch, batch),
  ].map((m) => evaluate(m, last(batch, m.blockSize)));
  expect(learned).toBeLessThanOrEqual(half);
  expect(binned).toBeLessThanOrEqual(learned + 1e-6);
});

it("weights by frequency look at two words, also where the models look at one", () => {
  const tokens = Int32Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? 5 : (i * i) % 5));
  const [wide, narrow] = [2, 1].map((width) => windows(tokens, width));
  const models = [2, 1].map((order) => new KneserNey(NgramCounts.of(narrow, order, V))) as [
    KneserNey,
    KneserNey,
  ];
  const mixture = Mixture.fit(models, wide, wide);
  expect(mixture.blockSize).toBe(2);
  expect(new Set(mixture.weights).size).toBeGreaterThan(2);
  // One example alone is what it is among its neighbours.
  const losses = mixture.loss(wide.X, wide.Y, { reduction: "none" }).toTypedArray();
  for (let i = 0; i < 20; i++)
    expect(mixture.loss(wide.X.slice(0, i, i + 1), wide.Y.slice(0, i, i + 1)).item()).toBe(
      losses[i],
    );
});

it("weights of two models that are sure of what is wrong are weights", () => {
  const batch = windows(
    Int32Array.from({ length: 50 }, (_, i) => i % V),
    2,
  );
  for (const logit of [300, 1000]) {
    const model = MLP.create(
      { vocabularySize: V, blockSize: 2, embedding: 3, hidden: 4 },
      new Generator(1),
    );
    model.b2.data.copy_(tensor(Float32Array.from({ length: V }, (_, w) => (w === 0 ? logit : 0))));
    expect(Mixture.fit([model, model], batch).weights[0]).toBeCloseTo(0.5, 12);
  }
});

it("words that are used alike share a class", () => {
  // a (b or c) d (e or f): tokens 1 and 2 stand in the same places, 4 and 5 too.
  const coins = randint(0, 2, [400, 2], { generator: new Generator(2) }).toArray() as number[][];
  const tokens = coins.flatMap(([one, other]) => [0, 1 + one, 3, 4 + other]);
  const classes = exchangeClasses(windows(Int32Array.from(tokens), 1), V, 4);
  expect(classes[1]).toBe(classes[2]);
  expect(classes[4]).toBe(classes[5]);
  expect(new Set([classes[0], classes[1], classes[3], classes[4]]).size).toBe(4);
});

it("no class is left empty, where it would keep a share of every prediction", () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: V }), (tokens, most) => {
      const classes = new Set(exchangeClasses(windows(Int32Array.from(tokens), 3), V, most));
      expect([...classes].sort()).toEqual(Array.from(classes, (_, i) => i));
      expect(classes.size).toBeLessThanOrEqual(most);
    }),
    { examples: [[[2, 0, 2, 0, 2, 1, 2], 3]] },
  );
});

it("refuses what cannot be counted", () => {
  const batch = windows(Int32Array.from([0, 1, 2]), 2);
  expect(() =>
    NgramCounts.of({ X: batch.X.slice(0, 0, 0), Y: batch.Y.slice(0, 0, 0) }, 2, V),
  ).toThrow(DataError);
  expect(() => NgramCounts.of(batch, 4, V)).toThrow(ValueError);
  for (const order of [0, 21, 300])
    expect(() => NgramCounts.of(windows(Int32Array.from([0, 1]), 400), order, V)).toThrow(
      /from 1 to 20/,
    );
  expect(() => NgramCounts.of(batch, 2, 2)).toThrow(/token 2 in example 2 is out of range/);
  const none = NgramCounts.fromTensors(
    { ngrams: zeros([0, 2], "int32"), counts: zeros([0], "int32") },
    V,
  );
  expect(() => new KneserNey(none)).toThrow(DataError);
  // Of an index below 0 tensors count from the end; what is no token has no class.
  const wrong = {
    X: tensor(
      [
        [0, -1],
        [1, 0],
        [1, 1],
      ],
      { dtype: "int32" },
    ),
    Y: batch.Y,
  };
  expect(() => ClassNgram.fit(wrong, 3, V, 2)).toThrow(IndexError);
  expect(
    () =>
      new Mixture(
        [new KneserNey(NgramCounts.of(batch, 2, V)), new KneserNey(NgramCounts.of(batch, 1, V))],
        [0.2, 0.8],
      ),
  ).toThrow(/chooses one of 2 weights/);
});

it("gives no loss to what is no token", () => {
  const batch = windows(Int32Array.from([0, 1, 2, 1]), 2);
  const models = [
    new KneserNey(NgramCounts.of(batch, 3, V)),
    DeletedInterpolation.fit(batch, batch, V),
    ClassNgram.fit(batch, 2, V, 2),
  ];
  const wrong = tensor([0, V, 1], { dtype: "int32" });
  for (const model of models) {
    expect(() => lossOf(model, batch.X.slice(0, 0, 3), wrong)).toThrow(IndexError);
    expect(() =>
      lossOf(model, tensor([[0, -1]], { dtype: "int32" }), tensor([1], { dtype: "int32" })),
    ).toThrow(IndexError);
    expect(() => lossOf(model, batch.X.slice(0, 0, 1), wrong)).toThrow(ShapeError);
  }
});

it("mixes models by the two words before also where both models see one", () => {
  const text = windows(Int32Array.from([0, 1, 2, 1, 0, 1, 2, 3, 0, 1, 2, 1]), 2);
  const bigram = countBigram(text, V);
  const mixture = Mixture.fit([bigram, new KneserNey(NgramCounts.of(text, 2, V))], text, text);
  expect(mixture.blockSize).toBe(2);
  const alone = Array.from({ length: 3 }, (_, i) =>
    lossOf(mixture, text.X.slice(0, i, i + 1), text.Y.slice(0, i, i + 1)).item(),
  );
  expect(
    [...lossOf(mixture, text.X, text.Y, { reduction: "none" }).toTypedArray()].slice(0, 3),
  ).toEqual(alone);
  // One word each: the second would be that of another example.
  expect(() => mixture.loss(last(text, 1).X, text.Y)).toThrow(ShapeError);
});

it(
  "n-grams of sentences begin with one start, sum to 1 in every context, and come back from " +
    "tensors",
  () => {
    const sentences = fc.array(
      fc.array(fc.integer({ min: 2, max: 5 }), { minLength: 1, maxLength: 4 }),
      { minLength: 2, maxLength: 20 },
    );
    fc.assert(
      fc.property(sentences, fc.constantFrom(1, 2, 3, 4), fc.boolean(), (list, order, backoff) => {
        const rows = list.flatMap((words) =>
          [...words, 1].map((target, i) => ({
            seen: [1, 1, 1, ...words.slice(0, i)].slice(-3),
            target,
          })),
        );
        const batch = {
          X: tensor(
            rows.map(({ seen }) => seen),
            { dtype: "int32" },
          ),
          Y: tensor(
            rows.map(({ target }) => target),
            { dtype: "int32" },
          ),
        };
        const counts = NgramCounts.of(batch, order, V, 1);
        const again = NgramCounts.fromTensors(counts.toTensors(), V, 1);
        expect([again.nodes, again.entries]).toEqual([counts.nodes, counts.entries]);
        // N-grams of all lengths, each as its words: the context ends at the first start.
        const ngrams = rows.flatMap(({ seen, target }) => {
          const back = seen.toReversed();
          const most = Math.min(order - 1, back.indexOf(1) + 1 || back.length);
          return Array.from({ length: most + 1 }, (_, n) => [...back.slice(0, n), target].join());
        });
        expect(counts.entries).toBe(new Set(ngrams).size);
        const [a, b] = [counts, again].map(
          (c) =>
            new KneserNey(c, backoff)
              .forward(last(batch, Math.max(1, order - 1)).X)
              .toArray() as number[][],
        );
        expect(b).toEqual(a);
        for (const row of a)
          expect(Math.abs(row.reduce((sum, x) => sum + Math.exp(x), 0) - 1)).toBeLessThan(1e-6);
      }),
      { numRuns: 100 },
    );
  },
);
