/** Texts of words: tokens, vocabulary, windows. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DataError,
  IndexError,
  loadCorpus,
  readTokens,
  tokenize,
  windows,
  WordVocabulary,
} from "../../lib/index.js";
import { EpochOrder } from "../../lib/data/examples/batches.js";

const file = (content: string | Uint8Array): string => {
  const path = join(mkdtempSync(join(tmpdir(), "mm-text-")), "t.txt");
  writeFileSync(path, content);
  return path;
};

describe("tokens", () => {
  it.each([
    ["Don't pay $3.14, twenty-one!", ["Don't", "pay", "$", "3.14", ",", "twenty-one", "!"]],
    ["  ", []],
    ["l’été... 東京", ["l’été", ".", ".", ".", "東京"]],
  ])("%j", (text, tokens) => {
    expect(tokenize(text)).toEqual(tokens);
  });

  it("of a file are those of its text; types in order of occurrence", () => {
    const { types, ids } = readTokens(file("a b, a.\nb a"));
    expect(types).toEqual(["a", "b", ",", "."]);
    expect([...ids]).toEqual([0, 1, 2, 0, 3, 1, 0]);
  });

  it.each([
    ["", /t\.txt: no words: expected a text$/],
    [new Uint8Array([0xff, 0xfd]), /t\.txt:1: not UTF-8 text: save the file as UTF-8$/],
    ["a\nb\0c", /t\.txt:2: a NUL byte: expected a text, not a binary file$/],
  ])("%j is refused", (content, message) => {
    expect(() => readTokens(file(content))).toThrow(DataError);
    expect(() => readTokens(file(content))).toThrow(message);
  });

  // What has no end overflowed the regular expression's stack.
  it.each([
    ["Han", "東"],
    ["outside the basic plane", "𝐀"],
    ["joined", "x."],
    ["with marks", "e\u0301"],
  ])("may be very long: %s", (_, unit) => {
    const { types, ids } = readTokens(file(unit.repeat(10_000_000)));
    expect(Array.from(ids, (id) => types[id].length).reduce((a, b) => a + b)).toBe(
      10_000_000 * unit.length,
    );
  });

  it.each([
    [["a", ""], 'got ""'],
    [["a", "b\n"], 'got "b\\n"'],
    [["a", "\ud800"], 'got "\\ud800"'],
    [["a", 5], "got 5"],
  ])("a list with %j is refused", (words, message) => {
    expect(() => loadCorpus(words as string[], 2, 42, {})).toThrow(DataError);
    expect(() => loadCorpus(words as string[], 2, 42, {})).toThrow(
      new RegExp(`^words:2: expected words .*${message.replaceAll("\\", "\\\\")}$`),
    );
  });
});

describe("a vocabulary of words", () => {
  const text = readTokens(file("the cat . the dog . the cat ran . a cow"));

  it("knows what occurs often enough, the most frequent first", () => {
    expect(WordVocabulary.of(text, { minCount: 2 }).itos).toEqual(["<unk>", "the", ".", "cat"]);
    expect(WordVocabulary.of(text, { minCount: 1, maxWords: 2 }).itos).toEqual([
      "<unk>",
      "the",
      ".",
    ]);
    expect(WordVocabulary.of(text, { minCount: 1, countIn: 3 }).itos).toEqual([
      "<unk>",
      "the",
      "cat",
      ".",
    ]);
  });

  it("encodes, decodes and survives JSON", () => {
    const vocabulary = WordVocabulary.of(text, { minCount: 2 });
    expect(vocabulary.encode("the cat, unseen.")).toEqual([1, 3, 0, 0, 2]);
    expect(vocabulary.decode([1, 3, 2])).toBe("the cat .");
    expect(() => vocabulary.decode([4])).toThrow(IndexError);
    expect(WordVocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary))).itos).toEqual(
      vocabulary.itos,
    );
    for (const wrong of [null, [], { words: [1] }, { words: ["a", "a"] }, { words: ["<unk>"] }]) {
      expect(() => WordVocabulary.fromJSON(wrong)).toThrow(DataError);
    }
  });
});

it("windows share one stream's memory, and gather as copies of them do", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(9), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 6 }),
      (tokens, blockSize) => {
        const { X, Y } = windows(Int32Array.from(tokens), blockSize);
        expect(X.strides).toEqual([1, 1]);
        expect(X.storage).toBe(Y.storage);
        const padded = [...new Array<number>(blockSize).fill(0), ...tokens];
        const rows = tokens.map((_, t) => padded.slice(t, t + blockSize));
        expect(X.toArray()).toEqual(rows);
        expect(Y.toArray()).toEqual(tokens);
        const some = windows(Int32Array.from(tokens.keys()), 1).Y;
        expect(X.index(some).toArray()).toEqual(rows);
      },
    ),
  );
});

it("a text file is split in order, 80/10/10", () => {
  const words = Array.from({ length: 100 }, (_, i) => `w${i % 7}`);
  const { splits, vocabulary } = loadCorpus(file(words.join(" ")), 2, 42, {});
  expect(vocabulary.size).toBe(8);
  expect(
    [splits.train, splits.dev, splits.test].map(({ Y }) => vocabulary.decode(Y.toTypedArray())),
  ).toEqual(
    [words.slice(0, 80), words.slice(80, 90), words.slice(90)].map((part) => part.join(" ")),
  );
});

it("a text of too few words, or too rare ones, is refused by name", () => {
  expect(() => loadCorpus(file("a b c d e"), 2, 42, {})).toThrow(
    /t\.txt: at least 6 words are needed for train, dev and test, got 5: add words$/,
  );
  expect(() => loadCorpus(file("a b c d e f"), 2, 42, {})).toThrow(
    /t\.txt: no word occurs 4 times or more: lower min-count$/,
  );
  expect(() => loadCorpus([], 2, 42, {})).toThrow(/^words: at least 6 words are needed/);
  expect(loadCorpus(file("a b c d e f"), 2, 42, { minCount: 1 }).splits.test.Y.numel).toBe(1);
});

it("the second epoch of a seed is not the first of the next seed", () => {
  for (const seed of [0, 1, 42]) {
    const [order, next] = [new EpochOrder(50, 50, seed), new EpochOrder(50, 50, seed + 1)];
    expect([...order.batch(1)]).not.toEqual([...next.batch(0)]);
  }
});

it("an epoch shows every example once, in an order of its own", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.nat(1000),
      (n, size, seed) => {
        fc.pre(size <= n);
        const order = new EpochOrder(n, size, seed);
        const epoch = (number: number) =>
          Array.from({ length: order.steps }, (_, i) => [
            ...order.batch(number * order.steps + i),
          ]).flat();
        const [first, second] = [epoch(0), epoch(1)];
        expect(new Set(first).size).toBe(order.steps * size);
        expect(Math.max(...first)).toBeLessThan(n);
        expect(epoch(0)).toEqual(first); // also after another epoch
        if (order.steps * size > 20) expect(second).not.toEqual(first);
      },
    ),
  );
});
