import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import v8 from "node:v8";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  loadCorpus,
  readTokens,
  readWords,
  splitWords,
  tokenize,
  Vocabulary,
} from "../../lib/index.js";
import { bytesOf, digestOf, WordList } from "../../lib/data/lists/word-list.js";
import { problemOf } from "../../lib/data/lists/words.js";
import { DataError } from "../../lib/errors.js";
import { anyWord, errorOf, withFile } from "./support.js";

/** What a file of words means, written with strings; the line where it is refused. */
function meant(text: string): string[] | number {
  const words: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const word = line.trim();
    if (word !== "" && problemOf(word) !== undefined) return index + 1;
    if (word !== "") words.push(word);
  }
  return words;
}

function read(text: string): string[] | number | undefined {
  return withFile(text, (file) => {
    try {
      return [...WordList.read(file)];
    } catch (error) {
      return (error as DataError).line;
    }
  });
}

const BLANKS = [..."\t\v\f\r \u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"];

describe("a file of words", () => {
  it("is read as lines that are trimmed, whatever stands in it", () => {
    const piece = fc.oneof(
      fc.constantFrom(...BLANKS, "\n", "\n", "\r\n", ".", "\0\0\0", "\u200b"),
      anyWord,
      fc.constantFrom("a", "é", "語", "🦊"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join("");
        const expected = meant(text);
        expect(read(text)).toEqual(
          Array.isArray(expected) && expected.length === 0 ? undefined : expected,
        );
      }),
      { numRuns: 300 },
    );
  });

  it("has the whitespace of String.trim around its words, and no other", () => {
    const characters = Array.from({ length: 0x10000 }, (_, code) =>
      String.fromCharCode(code),
    ).filter((c) => c !== "\n" && problemOf(`a${c}b`) === undefined);
    const lines = characters.flatMap((c) => [`${c}a`, `a${c}`]);
    expect(read(lines.join("\n"))).toEqual(lines.map((line) => line.trim()));
  });

  it("is not copied where nothing is taken away", () => {
    withFile("emma\nava", (file) =>
      expect(Buffer.from(bytesOf(WordList.read(file)).bytes).toString()).toBe("emma\nava"),
    );
  });
});

describe("WordList", () => {
  it("gives back the words of a program by position and in order, and their digest", () => {
    fc.assert(
      fc.property(
        fc.array(anyWord, { minLength: 1 }),
        fc.integer({ min: -20, max: 20 }),
        (words, i) => {
          const list = WordList.of(words);
          expect([...list]).toEqual(words);
          expect(list).toHaveLength(words.length);
          expect(list.at(i)).toBe(words.at(i));
          expect(digestOf(list)).toBe(
            createHash("sha256")
              .update(words.map((w) => `${w}\n`).join(""))
              .digest("hex"),
          );
        },
      ),
    );
    expect(WordList.of(["a"]).at(0.5)).toBeUndefined();
    expect([WordList.none.length, [...WordList.none], WordList.none.at(0)]).toEqual([
      0,
      [],
      undefined,
    ]);
  });

  it("goes in wherever an array of words does", () => {
    const words = ["anna", "bob", "carla", "dora", "emil", "fritz", "gustav"];
    const { words: list, vocabulary, digest } = loadCorpus(words, 2, 42);
    expect([...list]).toEqual(words);
    expect(splitWords(list, 7)).toEqual(splitWords(words, 7));
    expect(new Vocabulary(list).itos).toEqual(vocabulary.itos);
    expect(loadCorpus(list, 2, 42).digest).toBe(digest);
    expect(loadCorpus(list, 2, 42, { minCount: 1 }).digest).toBe(digest);
  });
});

describe("a corpus larger than memory", () => {
  const folder = mkdtempSync(join(tmpdir(), "mm-words-"));
  const file = join(folder, "words.txt");
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(file, { force: true });
  });
  /** Makes this machine a container with so much memory. */
  const has = (bytes: number) => vi.spyOn(process, "constrainedMemory").mockReturnValue(bytes);

  it.each([
    ["words", readWords],
    ["a text", readTokens],
  ])("is refused before it is read, by its size: %s", (_, reader) => {
    writeFileSync(file, "");
    truncateSync(file, 1e9); // a hole, which as text would be refused for its NUL bytes
    has(512e6);
    expect(errorOf(DataError, () => reader(file)).message).toBe(
      `${file}: needs at least 2,000 MB of memory, there are 512 MB: ` +
        "use a part of it, or a machine (a container) with more",
    );
  });

  it("is refused before its examples are made, by what they take", () => {
    writeFileSync(file, "emma\n".repeat(20_000));
    has(0.8e6);
    // Of a word: 3 boundaries and 4 characters as tokens 28 bytes, its bytes, start and place in
    // the split 13, 5 examples' ranks 1.25.
    expect(errorOf(DataError, () => loadCorpus(file, 3, 42)).message).toMatch(
      /: needs at least 1 MB of memory, there are 1 MB: use a part/,
    );
    expect(errorOf(DataError, () => loadCorpus(file, 100, 42)).message).toMatch(
      /: needs at least 9 MB of memory, there are 1 MB: use a part/,
    );
    has(0.85e6);
    expect(loadCorpus(file, 3, 42).splits.train.count).toBe(80_000);
  });

  it("or than 2 GiB", () => {
    writeFileSync(file, "");
    truncateSync(file, 2 ** 31);
    expect(errorOf(DataError, () => readWords(file)).message).toBe(
      `${file}: larger than 2 GiB: split it into smaller files`,
    );
  });
});

it("a text of more different words than the heap holds is refused, where V8 would abort", () => {
  const text = Array.from({ length: 1_000 }, (_, i) => `w${i}`).join(" ");
  const heap = vi
    .spyOn(v8, "getHeapStatistics")
    .mockReturnValue({ ...v8.getHeapStatistics(), heap_size_limit: 64e6 + 100_000 });
  syncBuiltinESMExports();
  try {
    withFile(text, (file) => {
      expect(errorOf(DataError, () => readTokens(file)).message).toBe(
        `${file}: more than 500 different words do not fit the heap of 65 MB: ` +
          "use a part of the text, or a larger heap (NODE_OPTIONS=--max-old-space-size=MEGABYTES)",
      );
    });
  } finally {
    heap.mockRestore();
    syncBuiltinESMExports();
  }
});

it("a text is the same tokens in pieces", () => {
  const text = "“Ja”, sagte Łucja, 语言 don't 3.14\n".repeat(30_000);
  const words = `${text}${"a-b ".repeat(100_000)}`;
  withFile(words, (file) => {
    const { types, ids } = readTokens(file);
    expect(Array.from(ids, (id) => types[id])).toEqual(tokenize(words));
  });
});
