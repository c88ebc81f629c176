import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildContexts, Vocabulary } from "../../lib/data/index.js";
import { DataError, ValueError } from "../../lib/errors.js";
import { anyWords, errorOf } from "./support.js";

describe("buildContexts", () => {
  it("slides a zero-padded window over each word, its end included", () => {
    const vocabulary = new Vocabulary(["emma", "ava"]); // . a e m v
    expect(buildContexts(["emma", "ava"], vocabulary, 2)).toEqual({
      contexts: Int32Array.of(0, 0, 0, 2, 2, 3, 3, 3, 3, 1, 0, 0, 0, 1, 1, 4, 4, 1),
      targets: Int32Array.of(2, 3, 3, 1, 0, 1, 4, 1, 0),
      count: 9,
      blockSize: 2,
    });
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses block size %d",
    (blockSize) => {
      expect(
        errorOf(ValueError, () => buildContexts(["a"], new Vocabulary(["a"]), blockSize)).message,
      ).toBe(
        `buildContexts: blockSize: expected a whole number from 1 to 2147483647, got ${blockSize}`,
      );
    },
  );

  it("refuses a block size that no memory holds", () => {
    expect(
      errorOf(ValueError, () => buildContexts(["ab"], new Vocabulary(["ab"]), 1e9)).message,
    ).toBe(
      "buildContexts: 3 examples of block size 1000000000 are too many: choose a smaller " +
        "block size",
    );
  });

  it("refuses words that are none and characters that the vocabulary lacks", () => {
    const vocabulary = new Vocabulary(["ab"]);
    expect(errorOf(DataError, () => buildContexts([], vocabulary, 3)).message).toBe(
      "words: no words: expected at least one",
    );
    expect(errorOf(DataError, () => buildContexts(["a", "a.b"], vocabulary, 3)).line).toBe(2);
    expect(errorOf(DataError, () => buildContexts(["abc"], vocabulary, 3)).message).toContain(
      '"c" (U+0063)',
    );
  });
});

describe("for any words and block size", () => {
  it("there is one example per character and one per word", () => {
    fc.assert(
      fc.property(anyWords, fc.integer({ min: 1, max: 20 }), (words, blockSize) => {
        const { contexts, targets, count } = buildContexts(words, new Vocabulary(words), blockSize);
        const expected = words.reduce((sum, word) => sum + [...word].length + 1, 0);
        expect([count, targets.length, contexts.length]).toEqual([
          expected,
          expected,
          expected * blockSize,
        ]);
      }),
    );
  });

  it("the windows are those of the lecture's loop: context = context[1:] + [ix]", () => {
    fc.assert(
      fc.property(anyWords, fc.integer({ min: 1, max: 20 }), (words, blockSize) => {
        const vocabulary = new Vocabulary(words);
        const X: number[] = [];
        const Y: number[] = [];
        for (const word of words) {
          let context: number[] = new Array(blockSize).fill(0);
          for (const ix of [...vocabulary.encode(word), 0]) {
            X.push(...context);
            Y.push(ix);
            context = [...context.slice(1), ix];
          }
        }
        const { contexts, targets } = buildContexts(words, vocabulary, blockSize);
        expect(Array.from(contexts)).toEqual(X);
        expect(Array.from(targets)).toEqual(Y);
      }),
    );
  });
});
