/** How well a model expects given words. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  buildContexts,
  countBigram,
  DataError,
  evaluate,
  Generator,
  loadCorpus,
  MLP,
  score,
  tensor,
  toBatch,
  Vocabulary,
} from "../../lib/index.js";
import { errorOf, parameterHash, WORDS } from "../train/support.js";

const { vocabulary } = loadCorpus(WORDS, 3, 42);
const create = (blockSize: number) =>
  MLP.create(
    { vocabularySize: vocabulary.size, blockSize, embedding: 4, hidden: 10 },
    new Generator(5),
  );
const knownWords = fc.array(
  fc.string({ unit: fc.constantFrom(...vocabulary.itos.slice(1)), minLength: 1, maxLength: 12 }),
  {
    minLength: 1,
    maxLength: 8,
  },
);

describe("score", () => {
  it("gives what evaluate gives of each word's examples, for any words and width of context", () => {
    fc.assert(
      fc.property(knownWords, fc.integer({ min: 1, max: 9 }), (words, blockSize) => {
        const model = create(blockSize);
        const scores = score(model, vocabulary, words);
        expect(scores.map(({ word }) => word)).toEqual(words);
        for (const { word, characters, loss, probability } of scores) {
          expect(characters).toBe(word.length + 1);
          expect(loss).toBe(evaluate(model, toBatch(buildContexts([word], vocabulary, blockSize))));
          expect(probability).toBe(Math.exp(-loss * characters));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("adds up to the loss of all the words together", () => {
    const model = create(3);
    const scores = score(model, vocabulary, WORDS);
    const total = scores.reduce((sum, { characters, loss }) => sum + characters * loss, 0);
    const count = scores.reduce((sum, { characters }) => sum + characters, 0);
    const together = evaluate(model, toBatch(buildContexts(WORDS, vocabulary, 3)));
    // float32 sums of fewer than 100 losses.
    expect(Math.abs(total / count / together - 1)).toBeLessThan(1e-6);
  });

  it("gives probabilities that sum to 1 over all words", () => {
    // One letter: the words are "", "x", "xx", ...; the end has probability 1/4 each time.
    const b2 = tensor([0, Math.log(3)]);
    const zeros = (...shape: number[]) =>
      tensor(new Float32Array(shape.reduce((n, d) => n * d, 1)), { shape });
    const model = new MLP({ C: zeros(2, 1), W1: zeros(3, 1), b1: zeros(1), W2: zeros(1, 2), b2 });
    const words = Array.from({ length: 60 }, (_, i) => "x".repeat(i + 1));
    const sum = score(model, new Vocabulary(["x"]), words).reduce(
      (s, { probability }) => s + probability,
      0,
    );
    expect(sum).toBeCloseTo(3 / 4, 6); // all but the empty word
  });

  it("gives a word that the model cannot make an infinite loss and probability 0", () => {
    const { splits } = loadCorpus(WORDS, 1, 42);
    const model = countBigram(splits.train, vocabulary.size, 0);
    expect(score(model, vocabulary, ["zz"])).toEqual([
      { word: "zz", characters: 3, loss: Infinity, probability: 0 },
    ]);
  });

  it("counts characters, not JavaScript's units", () => {
    const letters = new Vocabulary(["🦊é"]);
    const model = countBigram(toBatch(buildContexts(["🦊é"], letters, 1)), letters.size);
    expect(score(model, letters, ["🦊🦊"])[0].characters).toBe(3);
  });

  it("leaves the model alone", () => {
    const model = create(3);
    const before = parameterHash(model);
    score(model, vocabulary, WORDS);
    expect(parameterHash(model)).toBe(before);
    for (const p of model.parameters()) expect(p.grad).toBeNull();
  });

  it.each<[string, string[], string]>([
    ["no words", [], "words: no words: expected at least one"],
    ["an empty word", ["anna", ""], "words:2: the word is empty"],
    ["a word with the boundary", ["a.b"], 'words:1: the model does not know the character "."'],
    ["an unknown character", ["anna", "zoë"], 'words:2: the model does not know the character "ë"'],
  ])("refuses %s", async (_, words, message) => {
    expect((await errorOf(DataError, () => score(create(3), vocabulary, words))).message).toBe(
      message,
    );
  });
});
