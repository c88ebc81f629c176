/** What `loadCorpus` makes of its arguments. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import {
  countBigram,
  Generator,
  type ListOptions,
  loadCorpus,
  readTokens,
  sample,
  type SampleOptions,
  type TextOptions,
  ValueError,
  WordVocabulary,
} from "../../lib/index.js";
import { errorOf, scratch, WORDS } from "../train/support.js";

const folder = scratch();
function written(name: string, text: string): string {
  const file = join(folder(), name);
  writeFileSync(file, text);
  return file;
}

it("an option that there is not is refused, of lists, texts and samples", async () => {
  const file = written("text.txt", "the cat ran\n");
  const { vocabulary, splits } = loadCorpus(WORDS, 1, 42);
  const model = countBigram(splits.train, vocabulary.size);
  const calls: [() => unknown, string][] = [
    [
      () => loadCorpus(WORDS, 3, 42, undefined, { uniqe: true } as ListOptions),
      'loadCorpus: options: unknown option "uniqe"; there are normalize, unique, column, ' +
        "weightColumn",
    ],
    [
      () => loadCorpus(WORDS, 3, 42, { mincount: 1 } as TextOptions),
      'loadCorpus: options: unknown option "mincount"; there are minCount, maxWords, ' +
        "countOn, tokens, lines, normalize, devData, testData",
    ],
    [
      () => readTokens(file, { token: "text" } as object),
      'readTokens: options: unknown option "token"; there are tokens, lines, normalize',
    ],
    [
      () => WordVocabulary.of(readTokens(file), { mincount: 1 } as object),
      'WordVocabulary.of: options: unknown option "mincount"; there are minCount, maxWords, ' +
        "countIn, tokens, lines, normalize",
    ],
    [
      () => sample(model, vocabulary, 1, new Generator(1), { temprature: 2 } as SampleOptions),
      'sample: options: unknown option "temprature"; there are temperature, topK, prefix, ' +
        "maxLength, minLength, unique, exclude",
    ],
  ];
  for (const [call, message] of calls)
    expect((await errorOf(ValueError, call)).message).toBe(message);
});

it("the digest of a text with files of its own parts is made of theirs", () => {
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const texts = ["the cat ran ".repeat(20), "a dog sat ".repeat(5), "the dog ran ".repeat(5)];
  const [train, devData, testData] = texts.map((text, i) => written(`${i}.txt`, text));
  const [all, dev, test] = texts.map((text) => sha256(text.replaceAll(" ", "\n")));
  const digest = (options: TextOptions) =>
    loadCorpus(train, 2, 42, { minCount: 1, ...options }).digest;
  expect(digest({})).toBe(all);
  expect(digest({ devData, testData })).toBe(sha256(JSON.stringify([all, dev, test])));
  expect(digest({ devData })).toBe(sha256(JSON.stringify([all, dev, null])));
  expect(digest({ testData })).toBe(sha256(JSON.stringify([all, null, test])));
});

it("each word is brought to its normal form once", () => {
  const words = Array.from({ length: 50 }, (_, i) => `cafe\u0301 ${"x".repeat(i)}`);
  const normalize = vi.spyOn(String.prototype, "normalize");
  try {
    loadCorpus(words, 3, 42);
    const asked = normalize.mock.contexts.filter((text) => String(text).length > 1);
    expect(asked).toHaveLength(words.length);
  } finally {
    normalize.mockRestore();
  }
});
