import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  buildContexts,
  countBigram,
  Generator,
  loadCorpus,
  minibatch,
  NgramCounts,
  randint,
  toBatch,
  Vocabulary,
  zeros,
} from "../../lib/index.js";
import { type Dataset, datasetOf } from "../../lib/data/examples/dataset.js";
import { Rank } from "../../lib/data/examples/rank.js";
import { splitPositions, splitWords } from "../../lib/data/examples/splits.js";
import { WordIndex } from "../../lib/data/lists/word-index.js";
import { WordList } from "../../lib/data/lists/word-list.js";
import { ValueError } from "../../lib/errors.js";
import { anyWord, errorOf } from "./support.js";

const corpus = fc.array(anyWord, { minLength: 6, maxLength: 40 });

describe("the examples of a split", () => {
  it("are those that buildContexts makes of its words, whole, in blocks and drawn", () => {
    fc.assert(
      fc.property(
        corpus,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 50 }),
        (words, blockSize, size) => {
          const vocabulary = new Vocabulary(words);
          const { splits } = loadCorpus(words, blockSize, 7, undefined, { normalize: "none" });
          const parts = splitWords(words, 7);
          for (const part of ["train", "dev", "test"] as const) {
            const expected = toBatch(buildContexts(parts[part], vocabulary, blockSize));
            const plain = datasetOf("test", expected);
            const made = splits[part];
            expect([made.count, made.blockSize]).toEqual([expected.Y.numel, blockSize]);
            const blocksOf = (d: Dataset) =>
              [...d.blocks(size)].map(({ X, Y }) => [X.toArray(), Y.toArray()]);
            expect(blocksOf(made)).toEqual(blocksOf(plain));
            const [drawn, same] = [made, expected].map((of) =>
              minibatch(of, size, new Generator(3)),
            );
            expect([drawn.X.toArray(), drawn.Y.toArray()]).toEqual([
              same.X.toArray(),
              same.Y.toArray(),
            ]);
            expect(made.X.toArray()).toEqual(expected.X.toArray());
            expect(made.Y.toArray()).toEqual(expected.Y.toArray());
            expect(blocksOf(made)).toEqual(blocksOf(plain));
          }
        },
      ),
    );
  });

  it("are counted as they are, and an error names the example", () => {
    const { splits, vocabulary } = loadCorpus("names", 2, 42);
    const { X, Y } = splits.dev;
    const V = vocabulary.size;
    const table = (examples: { X: typeof X; Y: typeof Y }) =>
      countBigram(examples, V).W.toTypedArray();
    expect(table(loadCorpus("names", 2, 42).splits.dev)).toEqual(table({ X, Y }));
    const tokens = randint(0, 3, [100_000], { generator: new Generator(1) });
    tokens.slice(0, 70_000, 70_001).copy_(zeros([1], "int32").sub(1));
    const examples = { X: zeros([100_000, 1], "int32"), Y: tokens };
    expect(() => countBigram(examples, 3)).toThrow(
      "token -1 in example 70000 is out of range 0..2",
    );
    expect(() => NgramCounts.of(examples, 2, 3)).toThrow(
      "token -1 in example 70000 is out of range 0..2",
    );
  });

  it("are refused where a tensor cannot hold their tokens", () => {
    const list = WordList.of(["a", "b", "c", "d", "e", "f"]);
    expect(errorOf(ValueError, () => loadCorpus(list, 1e9, 42)).message).toBe(
      "words: 12 examples of block size 1000000000 are too many: choose a smaller block size",
    );
  });
});

it("a rank counts the marks up to a position", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 300 }), (marks) => {
      const rank = new Rank(marks.length);
      for (const [i, marked] of marks.entries()) if (marked) rank.mark(i);
      rank.finish();
      let count = 0;
      expect(marks.map((_, i) => rank.upTo(i))).toEqual(
        marks.map((marked) => (count += Number(marked))),
      );
    }),
  );
});

it("an index has the words that it was made of, and no others", () => {
  fc.assert(
    fc.property(corpus, corpus, (words, others) => {
      const { train } = splitPositions(words.length, 1);
      const index = new WordIndex(WordList.of(words), train);
      const set = new Set(splitWords(words, 1).train);
      for (const word of [...words, ...others, "", "\ud83e", "\ufffd"])
        expect(index.has(word)).toBe(set.has(word));
    }),
  );
});
