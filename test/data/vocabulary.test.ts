import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Vocabulary } from "../../lib/data/index.js";
import { DataError, IndexError } from "../../lib/errors.js";
import { anyWords, errorOf } from "./support.js";

describe("Vocabulary", () => {
  it("numbers the sorted characters from 1, the boundary is 0", () => {
    const vocabulary = new Vocabulary(["emma", "ava"]);
    expect(vocabulary.itos).toEqual([".", "a", "e", "m", "v"]);
    expect([...vocabulary.stoi]).toEqual([
      [".", 0],
      ["a", 1],
      ["e", 2],
      ["m", 3],
      ["v", 4],
    ]);
    expect(vocabulary.size).toBe(5);
  });

  it("keeps the boundary at 0 when characters sort before it", () => {
    expect(new Vocabulary(["o'neil-b c"]).itos).toEqual([
      ".",
      " ",
      "'",
      "-",
      "b",
      "c",
      "e",
      "i",
      "l",
      "n",
      "o",
    ]);
  });

  it(
    "counts code points, and sorts by them: U+FF5E before U+1F98A, whose first UTF-16 unit is " +
      "smaller",
    () => {
      const vocabulary = new Vocabulary(["🦊\uFF5Ea"]);
      expect(vocabulary.itos).toEqual([".", "a", "\uFF5E", "🦊"]);
      expect(vocabulary.encode("🦊a🦊")).toEqual([3, 1, 3]);
    },
  );

  it("encodes and decodes the boundary as a character, for prompts and printed contexts", () => {
    const vocabulary = new Vocabulary(["emma"]);
    expect(vocabulary.encode("..e")).toEqual([0, 0, 2]);
    expect(vocabulary.decode(Int32Array.of(0, 0, 2))).toBe("..e");
    expect(vocabulary.decode([])).toBe("");
  });

  it("names an unknown character with its code point", () => {
    const vocabulary = new Vocabulary(["emma"]);
    expect(errorOf(DataError, () => vocabulary.encode("emé")).message).toBe(
      'vocabulary: unknown character "é" (U+00E9), not among its 4 tokens',
    );
    expect(errorOf(DataError, () => vocabulary.encode("🦊")).message).toContain('"🦊" (U+1F98A)');
  });

  it.each([-1, 4, 1.5, Number.NaN])("refuses to decode %d", (id) => {
    const vocabulary = new Vocabulary(["emma"]);
    const error = errorOf(IndexError, () => vocabulary.decode([1, id]));
    expect(error).toMatchObject({ operation: "decode", value: id, size: 4 });
    expect(error.message).toBe(`decode: token ${id} is not an integer in [0, 4)`);
  });

  it("shows the boundary, an id, as a character that no word has", () => {
    const vocabulary = new Vocabulary(["St. Louis", "e.e."]);
    expect(vocabulary.boundary).toBe("·");
    expect(vocabulary.encode("··e.")).toEqual([0, 0, 5, 2]);
    expect(vocabulary.decode([0, 0, 5, 2])).toBe("··e.");
    expect([vocabulary.stranger("St."), vocabulary.stranger("e·")]).toEqual([undefined, "·"]);
    expect(new Vocabulary([".·"]).boundary).toBe("•");
    expect(new Vocabulary([".·•¦¶◦"]).boundary).toBe("■");
    expect(new Vocabulary([".·•¦¶◦■"]).boundary).toBe("□");
  });

  it("checks its words", () => {
    expect(errorOf(DataError, () => new Vocabulary([])).message).toBe(
      "words: no words: expected at least one",
    );
    expect(errorOf(DataError, () => new Vocabulary(["a", "b\rc"], "cities"))).toMatchObject({
      file: "cities",
      line: 2,
    });
  });
});

describe("Vocabulary as JSON", () => {
  it("holds the characters in token order", () => {
    expect(JSON.stringify(new Vocabulary(["emma"]))).toBe('{"itos":[".","a","e","m"]}');
  });

  it.each([
    ["no object", null],
    ["another object", { stoi: {} }],
    ["a list that is none", { itos: ".ab" }],
    ["the boundary alone", { itos: ["."] }],
    ["no boundary", { itos: ["a", "b"] }],
    ["a second boundary", { itos: [".", ".", "a"] }],
    ["a boundary that a character shows already", { itos: ["a", "a", "b"] }],
    ["another boundary than its characters ask for", { itos: ["·", "a", "b"] }],
    ["another order", { itos: [".", "b", "a"] }],
    ["a character twice", { itos: [".", "a", "a"] }],
    ["two characters in one", { itos: [".", "ab"] }],
    ["an empty character", { itos: [".", ""] }],
    ["a number", { itos: [".", 1] }],
  ])("refuses %s, naming its file", (_what, json) => {
    expect(
      errorOf(DataError, () => Vocabulary.fromJSON(json, "runs/a/vocabulary.json")).message,
    ).toBe(
      'runs/a/vocabulary.json: expected {"itos": [".", ...]}: the boundary, then the ' +
        "characters by code point",
    );
  });
});

describe("for any words", () => {
  it("decode inverts encode, one token per code point", () => {
    fc.assert(
      fc.property(anyWords, (words) => {
        const vocabulary = new Vocabulary(words);
        for (const word of words) {
          const ids = vocabulary.encode(word);
          expect(ids).toHaveLength([...word].length);
          expect(Math.min(...ids)).toBeGreaterThan(0);
          expect(vocabulary.decode(ids)).toBe(word);
        }
      }),
    );
  });

  it("the order is that of the UTF-8 bytes, whatever the order of the words", () => {
    fc.assert(
      fc.property(anyWords, fc.gen(), (words, gen) => {
        const reordered = gen(() => fc.shuffledSubarray(words, { minLength: words.length }));
        const characters = [...new Set([...words.join("")])];
        // UTF-8 was designed so that byte order is code point order.
        characters.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        const { boundary, itos } = new Vocabulary(words);
        expect(itos).toEqual([boundary, ...characters]);
        expect(characters).not.toContain(boundary);
        if (!characters.includes(".")) expect(boundary).toBe(".");
        expect(new Vocabulary(reordered).itos).toEqual(itos);
      }),
    );
  });

  it("JSON gives the same vocabulary back", () => {
    fc.assert(
      fc.property(anyWords, (words) => {
        const vocabulary = new Vocabulary(words);
        expect(Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)))).toEqual(vocabulary);
      }),
    );
  });
});
