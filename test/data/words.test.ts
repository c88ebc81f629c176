import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkWords, readWords } from "../../lib/data/index.js";
import { DataError } from "../../lib/errors.js";
import { anyWord, errorOf, withFile, withFolder } from "./support.js";

const readText = (content: string | Uint8Array): string[] => withFile(content, readWords);

describe("readWords", () => {
  it("reads one word per line, in order, repetitions kept", () => {
    expect(readText("emma\nolivia\nemma\n")).toEqual(["emma", "olivia", "emma"]);
  });

  it.each(["emma\nolivia\n", "emma", "一\n丁\n", "Ēva\r\nЮлия 🦊\r\nさくら\r\n"])(
    "reads %j in UTF-16, with a mark and without, and packed",
    (text) => {
      const words = text.trim().split(/\r?\n/);
      const swapped = (t: string) => Buffer.from(t, "utf16le").swap16();
      for (const mark of ["\ufeff", ""]) {
        expect(readText(Buffer.from(mark + text, "utf16le"))).toEqual(words);
        expect(readText(swapped(mark + text))).toEqual(words);
        expect(readText(gzipSync(Buffer.from(mark + text, "utf16le")))).toEqual(words);
        expect(readText(gzipSync(mark + text))).toEqual(words);
      }
    },
  );

  it("does not need a newline at the end", () => {
    expect(readText("emma\nolivia")).toEqual(["emma", "olivia"]);
  });

  it("accepts \\r\\n, a byte order mark, blank lines and whitespace around words", () => {
    expect(readText("\uFEFFemma\r\n\r\n  olivia\t\r\n \t \r\nmary ann\r\n\r\n")).toEqual([
      "emma",
      "olivia",
      "mary ann",
    ]);
  });

  it("reads any alphabet and changes no character", () => {
    const words = ["Émile", "e\u0301mile", "Łucja", "Юлия", "さくら", "محمد", "🦊🐻", "𝒶𝒷"];
    expect(readText(words.join("\n"))).toEqual(words);
  });

  it("gives back every list of trimmed words, whichever way the lines end", () => {
    const trimmed = fc.array(
      anyWord.map((word) => word.trim()).filter((word) => word !== ""),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(
        trimmed,
        fc.constantFrom("\n", "\r\n", "\n\n"),
        fc.constantFrom("", "\uFEFF"),
        (words, newline, mark) => {
          expect(readText(mark + words.join(newline))).toEqual(words);
        },
      ),
    );
  });
});

describe("readWords refuses, naming file and line", () => {
  const cases: { what: string; content: string | Uint8Array; line?: number; message: string }[] = [
    {
      what: "an empty file",
      content: "",
      message: "the file is empty: expected one word per line",
    },
    {
      what: "only blank lines",
      content: "\uFEFF\n \r\n\t\n",
      message: "only blank lines: expected one word per line",
    },
    {
      what: "a NUL byte",
      content: "emma\n\nol\0ivia\n",
      line: 3,
      message: "a NUL byte: expected text with one word per line, not a binary file",
    },
    {
      what: "Latin-1",
      content: Buffer.from("emma\nchloé\n", "latin1"),
      line: 2,
      message: "not UTF-8 text: save the file as UTF-8, one word per line",
    },
    {
      what: "UTF-8 that breaks off at the end of the file",
      content: Buffer.from("emma\nava\nchloé").subarray(0, -1),
      line: 3,
      message: "not UTF-8 text: save the file as UTF-8, one word per line",
    },
    {
      what: "half of a surrogate pair after UTF-16's byte order mark",
      content: Buffer.from("\uFEFFem\ud83ema\n", "utf16le"),
      message: "not UTF-16 text, as its first bytes say: save the file as UTF-8",
    },
    {
      what: "a gzip file that breaks off",
      content: gzipSync("emma\n".repeat(100)).subarray(0, -9),
      message: "a gzip file that is damaged (Z_BUF_ERROR): copy it again",
    },
    {
      what: "several bad lines, all of them",
      content: "emma\nol\0ivia\nava\nmi\ra\n\ne\0ve\n",
      line: 2,
      message:
        "a NUL byte: expected text with one word per line, not a binary file; 2 more lines " +
        "are bad: 4, 6",
    },
    {
      what: "many bad lines, their number and the first",
      content: Buffer.from("é\n".repeat(20), "latin1"),
      line: 1,
      message:
        "not UTF-8 text: save the file as UTF-8, one word per line; 19 more lines are bad: " +
        "2, 3, 4, 5, 6, ...",
    },
    {
      what: "prose with \\r, quoting only its beginning",
      content: `${"it was the best of times, ".repeat(20)}.\ra`,
      line: 1,
      message:
        'the word "it was the best of times, it was the bes..." contains a line break: end ' +
        "every line with \\n or \\r\\n",
    },
    {
      what: "lines that end with \\r alone",
      content: "emma\rolivia",
      line: 1,
      message: 'the word "emma\\rolivia" contains a line break: end every line with \\n or \\r\\n',
    },
  ];

  it.each(cases)("$what", ({ content, line, message }) => {
    withFile(content, (file) => {
      const error = errorOf(DataError, () => readWords(file));
      expect(error).toMatchObject({ code: "ERR_MM_DATA", file, line });
      expect(error.message).toBe(`${file}:${line === undefined ? "" : `${line}:`} ${message}`);
    });
  });

  it("a missing file", () => {
    withFolder((folder) => {
      const file = join(folder, "absent.txt");
      const error = errorOf(DataError, () => readWords(file));
      expect(error).toMatchObject({ message: `${file}: no such file`, file, line: undefined });
    });
  });

  it("a path through a file", () => {
    withFile("emma\n", (file) => {
      const inside = join(file, "words.txt");
      expect(errorOf(DataError, () => readWords(inside)).message).toBe(`${inside}: no such file`);
    });
  });

  it("a path that no file can have, by the system's code", () => {
    expect(errorOf(DataError, () => readWords("a\0b")).message).toBe(
      "a\\u0000b: cannot be read (ERR_INVALID_ARG_VALUE)",
    );
  });

  it("a directory", () => {
    withFolder((folder) => {
      const inner = join(folder, "words");
      mkdirSync(inner);
      const message = `${inner}: a directory: expected a text file with one word per line`;
      expect(errorOf(DataError, () => readWords(inner)).message).toBe(message);
    });
  });

  it.skipIf(process.platform === "win32")("a file without permission", () => {
    withFile("emma\n", (file) => {
      chmodSync(file, 0o000);
      const message = asOrdinaryUser(() => errorOf(DataError, () => readWords(file)).message);
      expect(message).toBe(`${file}: no permission to read it`);
    });
  });
});

describe("checkWords", () => {
  it("accepts what a file may hold, and a space", () => {
    expect(() => checkWords(["emma", "mary ann", "🦊", " ", "St. Louis", ".", "·"])).not.toThrow();
  });

  it.each([
    { words: [], message: "words: no words: expected at least one" },
    { words: ["emma", ""], message: "words:2: the word is empty" },
    { words: ["", "emma", ""], message: "words:1: the word is empty; 1 more word is bad: 3" },
    {
      words: ["a\nb"],
      message: 'words:1: the word "a\\nb" contains a line break: end every line with \\n or \\r\\n',
    },
    {
      words: ["a\0b"],
      message: "words:1: a NUL byte: expected text with one word per line, not a binary file",
    },
    {
      words: ["\u{1F98A}".slice(0, 1)],
      message: 'words:1: the word "\\ud83e" contains half of a surrogate pair',
    },
  ])("refuses $words", ({ words, message }) => {
    expect(errorOf(DataError, () => checkWords(words)).message).toBe(message);
  });

  it("refuses values that are not strings, which TypeScript cannot see in parsed JSON", () => {
    const words: string[] = JSON.parse('["emma", null, 7]');
    expect(errorOf(DataError, () => checkWords(words)).message).toBe(
      "words:2: expected a word, got null; 1 more word is bad: 3",
    );
    expect(errorOf(DataError, () => checkWords(words.slice(2))).message).toBe(
      "words:1: expected a word, got 7",
    );
  });

  it("names the source it is given", () => {
    expect(errorOf(DataError, () => checkWords(["ok", ""], "cities"))).toMatchObject({
      file: "cities",
      line: 2,
    });
  });
});

/** Root may read every file, so a test as root steps down for the call. */
function asOrdinaryUser<T>(call: () => T): T {
  if (process.geteuid?.() !== 0 || process.seteuid === undefined) return call();
  const nobody = 65534;
  process.seteuid(nobody);
  try {
    return call();
  } finally {
    process.seteuid(0);
  }
}
