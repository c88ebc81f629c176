/** What a token is, by each rule, in many scripts. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DataError,
  readTokens,
  tokenize,
  type TokenRule,
  ValueError,
  WordVocabulary,
} from "../../lib/index.js";

const file = (content: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), "mm-tokenizer-")), "t.txt");
  writeFileSync(path, content);
  return path;
};
const stream = (...options: Parameters<typeof readTokens>) => {
  const { types, ids } = readTokens(...options);
  return Array.from(ids, (id) => types[id]);
};

describe("text", () => {
  it.each([
    [
      "English",
      "Don't pay $3.14, twenty-one!",
      ["Don't", "pay", "$", "3.14", ",", "twenty-one", "!"],
    ],
    ["French", "l’été aujourd'hui", ["l’été", "aujourd'hui"]],
    ["Persian, with ZWNJ", "می\u200cخواهم بروم؟", ["می\u200cخواهم", "بروم", "؟"]],
    ["Sinhala, with ZWJ", "ක්\u200dෂ ය", ["ක්\u200dෂ", "ය"]],
    ["Malayalam, with ZWJ at the end", "അവന്\u200d വന്നു", ["അവന്\u200d", "വന്നു"]],
    [
      "German, with soft hyphens",
      "Donau\u00addampf\u00adschiff fährt",
      ["Donau\u00addampf\u00adschiff", "fährt"],
    ],
    ["Hebrew, with gershayim and geresh", "צה״ל ג׳ירפה וכו׳", ["צה״ל", "ג׳ירפה", "וכו׳"]],
    ["Hebrew, as it is typed", 'צה"ל אמר "שלום"', ['צה"ל', "אמר", '"', "שלום", '"']],
    ["Catalan", "col·legi", ["col·legi"]],
    ["Ukrainian", "мʼята п'ять", ["мʼята", "п'ять"]],
    ["Armenian", "ի՞նչ է", ["ի՞նչ", "է"]],
    ["Hindi", "वह गया।", ["वह", "गया", "।"]],
    ["Japanese", "東京。大阪！", ["東京", "。", "大阪", "！"]],
    ["blanks of all kinds", "a\u00a0b\u3000c\r\n\td\ufeff", ["a", "b", "c", "d"]],
    ["the rare token", "a <unk> <b>", ["a", "<unk>", "<", "b", ">"]],
  ])("%s", (_, text, tokens) => {
    expect(tokenize(text)).toEqual(tokens);
    expect(stream(file(text))).toEqual(tokens);
  });
});

describe("whitespace", () => {
  it.each([
    [
      "as they stand",
      "the <unk> 's  N.Y. don't\t$ \r\n",
      ["the", "<unk>", "'s", "N.Y.", "don't", "$"],
    ],
    ["with no-break spaces within", "10\u00a0000 a\u3000b", ["10\u00a0000", "a\u3000b"]],
    ["marks of a running text", "a </s> <s> b", ["a", "</s>", "<s>", "b"]],
  ])("%s", (_, text, tokens) => {
    expect(tokenize(text, "whitespace")).toEqual(tokens);
    expect(stream(file(`\ufeff${text}`), { tokens: "whitespace" })).toEqual(tokens);
  });
});

describe("segments", () => {
  it.each([
    ["Chinese", "我喜欢猫。", ["我", "喜欢", "猫", "。"]],
    ["Thai", "ฉันรักภาษาไทย", ["ฉัน", "รัก", "ภาษา", "ไทย"]],
    ["Japanese", "東京に行きます", ["東京", "に", "行き", "ます"]],
    ["English, line by line", "I can't.\n<unk> it", ["I", "can't", ".", "<unk>", "it"]],
  ])("%s", (_, text, tokens) => {
    expect(tokenize(text, "segments")).toEqual(tokens);
    expect(stream(file(text), { tokens: "segments" })).toEqual(tokens);
  });
});

it("another rule is refused", () => {
  expect(() => tokenize("a", "bpe" as TokenRule)).toThrow(ValueError);
  expect(() => tokenize("a", "toString" as TokenRule)).toThrow(
    /^tokenize: rule: expected text, whitespace or segments, got "toString"$/,
  );
});

it("tokens with blanks between them are the same tokens again: a sample can be scored", () => {
  const letters = fc.string({
    unit: fc.constantFrom(..."aé1.'-,·\u200d\u00ad\u0301״ק\"。 <unk>\n"),
    maxLength: 40,
  });
  for (const rule of ["text", "whitespace"] as const) {
    fc.assert(
      fc.property(letters, (text) => {
        const tokens = tokenize(text, rule);
        expect(tokenize(tokens.join(" "), rule)).toEqual(tokens);
      }),
    );
  }
});

describe("lines that are sentences", () => {
  it("end in a token; blank ones are none, and marks around them are those of other tools", () => {
    const text = "the cat\n\n  \n<s> a dog </s>\r\n<s> </s>\nlast";
    const want = ["the", "cat", "</s>", "a", "dog", "</s>", "last", "</s>"];
    expect(stream(file(text), { tokens: "whitespace", lines: "sentences" })).toEqual(want);
  });

  it("a mark within one is refused by its line", () => {
    const path = file(`${"a b\n".repeat(300_000)}a </s> b\n`);
    expect(() => readTokens(path, { tokens: "whitespace", lines: "sentences" })).toThrow(DataError);
    expect(() => readTokens(path, { tokens: "whitespace", lines: "sentences" })).toThrow(
      /t\.txt:300001: <\/s> within a sentence: expected it at a line's start or end only, remove it$/,
    );
  });

  const vocabulary = WordVocabulary.of(
    readTokens(file("the cat ran\nthe dog . ran\n"), { lines: "sentences" }),
    { minCount: 1, tokens: "whitespace", lines: "sentences" },
  );

  it("give a vocabulary with their end, which is also what stands before them", () => {
    expect(vocabulary.itos).toEqual(["<unk>", "</s>", "the", "ran", "cat", "dog", "."]);
    expect([vocabulary.start, vocabulary.end]).toEqual([1, 1]);
    expect([0, 1, 6].map((token) => vocabulary.ends(token))).toEqual([
      undefined,
      "before",
      undefined,
    ]);
    expect(WordVocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)))).toEqual(vocabulary);
    expect(() => WordVocabulary.fromJSON({ words: ["the"], lines: "sentences" })).toThrow(
      DataError,
    );
    expect(() => WordVocabulary.fromJSON({ words: ["the"], tokens: "bpe" })).toThrow(DataError);
  });

  it("are encoded without their marks, and a mark within is unknown", () => {
    expect(vocabulary.encode("<s> the cat </s>")).toEqual([2, 4]);
    expect(vocabulary.encode("the </s> cat")).toEqual([2, 0, 4]);
    expect(vocabulary.encode("the <unk> cat.")).toEqual([2, 0, 0]);
    expect([vocabulary.stranger("the <unk> cat"), vocabulary.stranger("the </s> cat")]).toEqual([
      undefined,
      "</s>",
    ]);
  });
});

describe("a running text", () => {
  it.each([
    ["Japanese", "猫 。 犬 ！ 猫 。", "。"],
    ["Hindi", "एक । दो । तीन ।", "।"],
    ["with a point", "a ! b ! c . d !", "."],
    ["without an end", "a b c", "<unk>"],
  ])("begins after the end of a sentence: %s", (_, text, start) => {
    const vocabulary = WordVocabulary.of(readTokens(file(text)), { minCount: 1 });
    expect(vocabulary.itos[vocabulary.start]).toBe(start);
    for (const [token, word] of vocabulary.itos.entries())
      expect(vocabulary.ends(token)).toBe(/^[.!।。！]$/.test(word) ? "with" : undefined);
  });
});
