/**
 * What stands between a file and a list of words: columns, weights, normal forms, repeats, notes.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DataError,
  Generator,
  loadCorpus,
  minibatch,
  score,
  splitWords,
  UsageError,
  Vocabulary,
  MLP,
} from "../../lib/index.js";
import { distinct } from "../../lib/data/lists/distinct.js";
import { nameOf, showCharacter } from "../../lib/data/unicode/invisible.js";
import { mayChange, normalized } from "../../lib/data/lists/normal-form.js";
import { factsOf } from "../../lib/data/lists/summary.js";
import { WeightedDraw } from "../../lib/data/examples/weighted-draw.js";
import { codePoints, readingOf, WordList } from "../../lib/data/lists/word-list.js";
import { anyWord, anyWords, errorOf, withFile } from "./support.js";

const column = (content: string, column: string, weightColumn = "") =>
  withFile(content, (file) => loadCorpus(file, 2, 42, undefined, { column, weightColumn }));
const wordsOf = (content: string, name: string) => [...column(content, name).words];

describe("a column of a table", () => {
  const words = ["anna", "bob", "carl", "dora", "emil", "frida"];
  const table = (separator: string, end: string, quoted = false) =>
    ["id", ...words]
      .map(
        (w, i) =>
          [i, i === 0 ? "the name" : quoted ? `"${w}"` : ` ${w}`, "x"].join(separator) + end,
      )
      .join("");

  it("is found by name or number, whatever stands between columns and ends lines", () => {
    for (const separator of [",", "\t", ";", "|"]) {
      for (const end of ["\n", "\r\n", "\r"]) {
        for (const quoted of [false, true]) {
          const text = table(separator, end, quoted);
          expect(wordsOf(text, "the name")).toEqual(words);
          expect(wordsOf(text, "2")).toEqual(["the name", ...words]);
        }
      }
    }
  });

  it("may hold separators, quotes and blanks, and rows that are short or blank", () => {
    const text = 'a,b\n1,"Smith, J."\n2\n\n3,"the ""x"""\n4,it"s\n5,  \n6,c d\n7,.\n8,9\n9,10\n';
    expect(wordsOf(text, "b")).toEqual(["Smith, J.", 'the "x"', 'it"s', "c d", ".", "9", "10"]);
    expect(column(text, "b").summary).toMatchObject({ lines: 9, blank: 2, words: 7 });
  });

  it.each([
    [
      "another name",
      "nam",
      "",
      /words\.txt: no column "nam": expected one of "name", "n", or a number from 1 to 2$/,
    ],
    ["number 0", "0", "", /no column "0"/],
    ["a number too high", "3", "", /no column "3"/],
    ["no words", "name", "", /^[^ ]*words\.txt: no words in column "name"$/, "name,n\n,1\n"],
    [
      "weights that are none",
      "name",
      "n",
      /words\.txt:2: expected a weight, a number of 0 or more, got "many"; 1 more line is bad: 3$/,
    ],
    [
      "a quote that is not closed",
      "name",
      "",
      /words\.txt: a quote that is not closed/,
      'name\n"anna\nbob\n',
    ],
    [
      "a line break in a cell",
      "name",
      "",
      /words\.txt:3: the word "b\\nc" contains a line break/,
      'name\n"b\nc"\nd\n',
    ],
  ])("is refused: %s", (_, name, weights, message, text = "name,n\nanna,many\nbob,-1\n") => {
    expect(errorOf(DataError, () => column(text, name, weights)).message).toMatch(message);
  });

  it("is one of a file", () => {
    expect(() => loadCorpus(words, 2, 42, undefined, { column: "1" })).toThrow(UsageError);
  });
});

describe("weights", () => {
  const text = "anna,1\nbob,6\ncarl,1\ndora,2\nbob,4\nemil,3\nfrida,0\ngustav,1\nhanna,2\nida,1\n";
  const weights: Record<string, number> = {
    anna: 1,
    bob: 10,
    carl: 1,
    dora: 2,
    emil: 3,
    gustav: 1,
    hanna: 2,
    ida: 1,
  };

  it("of repeats add up, and splits are of distinct words", () => {
    const corpus = column(text, "1", "2");
    expect([...corpus.words]).toEqual(Object.keys(weights));
    expect(corpus.summary).toMatchObject({
      lines: 10,
      blank: 1,
      repeats: 1,
      distinct: 8,
      devInTrain: 0,
    });
    expect(corpus.digest).not.toBe(column(text.replace("6", "7"), "1", "2").digest);
  });

  it("say how often an example is drawn", () => {
    const { splits, words } = column(text, "1", "2");
    const train = splitWords(words, 42).train;
    const total = train.reduce((sum, word) => sum + weights[word] * (word.length + 1), 0);
    const n = 200_000;
    const { Y, X } = minibatch(splits.train, n, new Generator(1));
    // The end of a word is drawn as often as its weight says.
    const ends = [...Y.toTypedArray()].filter((y) => y === 0).length;
    const share = train.reduce((sum, word) => sum + weights[word], 0) / total;
    expect(Math.abs(ends / n - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / n));
    expect(X.shape).toEqual([n, 2]);
    // Losses are of all examples, each once.
    expect(splits.train.count).toBe(train.reduce((sum, word) => sum + word.length + 1, 0));
  });

  it("of whole numbers draw as a list with the repeats in it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })), {
          minLength: 1,
          maxLength: 20,
        }),
        (words) => {
          const firsts = Int32Array.from([
            0,
            ...words.map((_, i) => words.slice(0, i + 1).reduce((n, [e]) => n + e, 0)),
          ]);
          const draw = new WeightedDraw(
            firsts,
            Float64Array.from(words, ([, weight]) => weight),
          );
          expect(draw.slots).toBe(
            words.reduce((n, [examples, weight]) => n + examples * weight, 0),
          );
          const drawn = Int32Array.from({ length: draw.slots }, (_, i) => i);
          draw.slotsToExamples(drawn);
          const times = new Array<number>(firsts[words.length]).fill(0);
          for (const example of drawn) times[example]++;
          expect(times).toEqual(
            words.flatMap(([examples, weight]) => new Array<number>(examples).fill(weight)),
          );
        },
      ),
    );
  });

  it("of any size are told apart", () => {
    const draw = new WeightedDraw(Int32Array.of(0, 2, 3, 4), Float64Array.of(0.25, 1e-30, 1e-3));
    const slots = Int32Array.of(0, draw.slots - 1, draw.slots / 2);
    draw.slotsToExamples(slots);
    expect([...slots]).toEqual([0, 3, 1]);
    expect(draw.slots).toBe(2 ** 30);
  });
});

describe("the normal form", () => {
  it("is String.normalize's, word for word", () => {
    const marks = fc.constantFrom(
      "e\u0301",
      "\u0301",
      "é",
      "한",
      "\u1112\u1161\u11ab",
      "क\u093c",
      "\u212b",
      "\u{1109a}\u{110ba}",
    );
    const word = fc
      .array(fc.oneof(marks, anyWord), { minLength: 1, maxLength: 4 })
      .map((w) => w.join(""));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        const list = WordList.of(words);
        const formed = normalized(list, "nfc", "words");
        const expected = words.map((w) => w.normalize("NFC"));
        expect([...formed]).toEqual(expected);
        expect(readingOf(formed).normalized).toBe(words.filter((w, i) => w !== expected[i]).length);
        if (!mayChange(codePoints(list))) expect(formed).toBe(list);
        expect(normalized(list, "none", "words")).toBe(list);
      }),
    );
  });

  it("of a vocabulary finds a text in either, and is kept with it", () => {
    const vocabulary = new Vocabulary(["Ren\u00e9", "Zoe\u0301"], "words", "nfc");
    expect(vocabulary.itos).toEqual([".", "R", "Z", "e", "n", "o", "é"]);
    expect(vocabulary.encode("e\u0301")).toEqual(vocabulary.encode("é"));
    expect(vocabulary.stranger("e\u0301")).toBeUndefined();
    const json = JSON.parse(JSON.stringify(vocabulary)) as unknown;
    expect(json).toMatchObject({ normalize: "nfc" });
    expect(Vocabulary.fromJSON(json).encode("e\u0301")).toEqual([6]);
    const apart = new Vocabulary(["e\u0301"]);
    expect(apart.stranger("é")).toBe("é");
    expect(() => Vocabulary.fromJSON({ itos: [".", "a"], normalize: "nfd" })).toThrow(DataError);
  });
});

it("repeats are dropped where they occur again", () => {
  fc.assert(
    fc.property(anyWords, (words) => {
      const list = distinct({ words: WordList.of(words) }, "words").words;
      expect([...list]).toEqual([...new Set(words)]);
      expect(readingOf(list).repeats).toBe(words.length - list.length);
    }),
  );
});

it("the summary counts what Sets of strings count", () => {
  fc.assert(
    fc.property(fc.array(anyWord, { minLength: 6, maxLength: 60 }), fc.integer(), (words, seed) => {
      const { summary } = loadCorpus(words, 1, seed, undefined, { normalize: "none" });
      const { train, dev } = splitWords(words, seed);
      expect(summary).toMatchObject({
        lines: words.length,
        words: words.length,
        distinct: new Set(words).size,
        characters: words.reduce((n, word) => n + [...word].length, 0),
        devInTrain: dev.filter((word) => train.includes(word)).length / dev.length,
      });
    }),
  );
});

it("the summary's numbers are shown by name, those that are 0 left out", () => {
  const some = {
    lines: 1234,
    blank: 2,
    trimmed: 0,
    normalized: 0,
    repeats: 0,
    words: 1232,
    distinct: 99,
    characters: 5000,
  };
  expect(factsOf({ ...some, devInTrain: 0.126 })).toEqual([
    ["lines", "1,234"],
    ["words", "1,232"],
    ["distinct", "99"],
    ["characters", "5,000"],
    ["blank", "2"],
    ["of dev words in train too", "13 %"],
  ]);
});

it.each([
  [
    ["anna", "bob", "carl", "a\u0301b", "\u00e1b", "dora"],
    "none",
    "1 of 6 words are not in the normal form NFC, the others are: --normalize nfc makes " +
      "equal what looks equal",
  ],
  [
    ["a\u200bb", "bob", "carl", "dora", "emil", "fritz"],
    "nfc",
    '1 of 6 words (first "a\\u200bb") have characters that are not seen, U+200B ZERO WIDTH ' +
      "SPACE: remove them",
  ],
  [
    ["a b", "a\u3000b", "carl", "dora", "emil", "fritz"],
    "nfc",
    '1 of 6 words (first "a\u3000b") have several blanks in a row, or odd ones: write one ' +
      "plain blank",
  ],
  [
    ["ab,", "b,a", "carl,x", "dora,y", "emil,z", "fritz,z"],
    "nfc",
    "looks like CSV of 2 columns: choose one with --column 1",
  ],
] as const)("%j are noted", (words, normalize, message) => {
  const { summary } = loadCorpus(words, 1, 1, undefined, { normalize });
  expect(summary?.warnings.map((w) => w.message)).toEqual([message]);
});

describe("a character that is unknown", () => {
  it("is named by number and name where it is not seen", () => {
    expect([" ", "a", "\u200b", "\u0301", "\u00a0", "\u0007", "🦊"].map(showCharacter)).toEqual([
      '" "',
      '"a"',
      "U+200B ZERO WIDTH SPACE",
      "U+0301 MARK ON THE CHARACTER BEFORE IT",
      "U+00A0 NO-BREAK SPACE",
      "U+0007 CONTROL CHARACTER",
      '"🦊"',
    ]);
    expect(nameOf(0x2009)).toBe("U+2009 BLANK");
  });

  it("is said in scores, with its other case if that is known", () => {
    const vocabulary = new Vocabulary(["anna"]);
    const model = MLP.create(
      { vocabularySize: 3, blockSize: 1, embedding: 1, hidden: 1 },
      new Generator(1),
    );
    const refused = (word: string) =>
      errorOf(DataError, () => score(model, vocabulary, [word])).message;
    expect(refused("Anna")).toBe('words:1: the model does not know the character "A", only "a"');
    expect(refused("an\u200bna")).toBe(
      "words:1: the model does not know the character U+200B ZERO WIDTH SPACE",
    );
  });
});
