/** Tokens read from bytes are those of the regular expression over the text. */
import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { TOKEN_RULES } from "../../lib/data/texts/tokenizer.js";
import { readTokens, tokenize, type TokenRule } from "../../lib/index.js";

const path = join(mkdtempSync(join(tmpdir(), "mm-runs-")), "t.txt");

/** What a file holds, token by token. */
function read(
  text: string,
  rule: TokenRule,
): { tokens: string[]; digest: string; types: readonly string[] } {
  writeFileSync(path, text);
  const { types, ids, digest } = readTokens(path, { tokens: rule });
  return { tokens: Array.from(ids, (id) => types[id]), digest, types };
}

function check(text: string, rule: TokenRule = "text"): void {
  // The mark at a text's start is no part of its first word.
  const expected = tokenize(text.replace(/^\ufeff/, ""), rule);
  if (expected.length === 0) return;
  const { tokens, digest, types } = read(text, rule);
  expect(tokens).toEqual(expected);
  expect(types).toEqual([...new Set(expected)]);
  expect(digest).toBe(sha256(expected));
}

const sha256 = (tokens: readonly string[]): string =>
  createHash("sha256")
    .update(tokens.map((token) => `${token}\n`).join(""))
    .digest("hex");

/** Few units, so that runs come again, of 1 to 4 bytes; blanks of ASCII and of Unicode. */
const unit = fc.constantFrom(
  ..."ab1.,'-’_\u0301éß東𝐀\u200c\u200d\u00ad·״ה\"<>",
  "<unk>",
  " ",
  "\n",
  "\t",
  "\v",
  "\f",
  "\r",
  "\u00a0",
  "\u3000",
  "\ufeff",
  "\u0001",
  "\u007f",
  "abcdefgh",
  "don't",
  "word,",
);

it.each(["text", "whitespace"] as const)("of any text, by the rule %s", (rule) => {
  const text = fc.array(unit, { maxLength: 60 }).map((units) => units.join(""));
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 4 }), (piece, times) => {
      check(Array.from({ length: times }, () => piece).join(" "), rule);
    }),
    { numRuns: 500 },
  );
});

it("of any characters", () => {
  const text = fc.string({ unit: "binary", maxLength: 80 }).map((s) => s.replaceAll("\0", ""));
  fc.assert(
    fc.property(text, (s) => {
      check(s);
    }),
    { numRuns: 500 },
  );
});

it("of runs around the lengths that are told apart by their bytes, by a hash, and not kept", () => {
  for (const length of [1, 3, 4, 5, 7, 8, 9, 16, 63, 64, 65, 200, 5000]) {
    for (const letter of ["a", "é", "𝐀", "a.", "!"]) {
      const run = letter.repeat(length);
      check(`${run} ${run}a ${run} a${run}\n${run}`);
    }
  }
});

it("of more different runs than a table begins with", () => {
  const words = Array.from(
    { length: 100_000 },
    (_, i) => `${i.toString(36)}${i % 3 ? "" : ","}${"x".repeat(i % 12)}`,
  );
  check([...words, ...words.toReversed()].join(" "));
});

it("of sentences: each line's tokens and its end, without the marks around it", () => {
  const units = fc.constantFrom(
    "<s>",
    "</s>",
    "a",
    "é.",
    "東",
    "don't",
    " ",
    " ",
    "\n",
    "\r\n",
    "\t",
  );
  const text = fc.array(units, { maxLength: 30 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, fc.constantFrom("text", "whitespace" as const), (content, rule) => {
      writeFileSync(path, content);
      const reading = () => readTokens(path, { tokens: rule, lines: "sentences" });
      const expected: string[] = [];
      let refused = false;
      for (const line of content.split("\n")) {
        const words = tokenize(line, rule);
        if (words[0] === "<s>") words.shift();
        if (words.at(-1) === "</s>") words.pop();
        refused ||= words.some((word) => word === "<s>" || word === "</s>");
        if (words.length > 0) expected.push(...words, "</s>");
      }
      if (refused) expect(reading).toThrow(/t\.txt:\d+: <\/?s> within a sentence/);
      else if (expected.length === 0) expect(reading).toThrow(/no words/);
      else {
        const { types, ids, digest } = reading();
        expect(Array.from(ids, (id) => types[id])).toEqual(expected);
        expect(digest).toBe(sha256(expected));
      }
    }),
    { numRuns: 500 },
  );
});

it("of a normal form: those of the text in that form, wherever a word came in another before", () => {
  const units = fc.constantFrom(
    "e\u0301",
    "é",
    "e",
    " ",
    "\n",
    "\u0301",
    "한",
    "\u1112\u1161\u11ab",
    ",",
  );
  const text = fc.array(units, { maxLength: 40 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, fc.constantFrom(...TOKEN_RULES), (content, rule) => {
      const expected = content.split("\n").flatMap((line) => tokenize(line.normalize("NFC"), rule));
      if (expected.length === 0) return;
      writeFileSync(path, content);
      const { types, ids, digest } = readTokens(path, { tokens: rule, normalize: "nfc" });
      expect(Array.from(ids, (id) => types[id])).toEqual(expected);
      expect(digest).toBe(sha256(expected));
      const as = readTokens(path, { tokens: rule }).types.join("");
      expect(content).toContain([...as][0]); // as it comes where nothing is asked
    }),
    { numRuns: 500 },
  );
});
