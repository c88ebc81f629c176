import { expect, it } from "vitest";
import { type LineRule, Vocabulary, WordVocabulary } from "../../lib/index.js";
import { grownVocabulary, movedTokens } from "../../lib/data/vocabulary/grow-vocabulary.js";
import { TokenCollector } from "../../lib/data/texts/tokens.js";
import { ValueError } from "../../lib/errors.js";
import { errorOf } from "../train/support.js";

function collect(tokens: readonly string[]) {
  const collector = new TokenCollector();
  for (const token of tokens) collector.add(token);
  return collector.text();
}

it("characters stay in order of code points, and those that are gone stay known", () => {
  const known = new Vocabulary(["bd"]);
  const grown = grownVocabulary(known, new Vocabulary(["cab🦊"]));
  expect(grown.itos.slice(1)).toEqual(["a", "b", "c", "d", "🦊"]);
  expect([...movedTokens(known, grown)]).toEqual([0, 2, 4]);
  const again = grownVocabulary(grown, new Vocabulary(["cab🦊"]));
  expect(again.itos).toEqual(grown.itos);
});

it("words that are new stand behind those that were known", () => {
  const text = (words: string) => WordVocabulary.of(collect(words.split(" ")), { minCount: 1 });
  const known = text("the the cat");
  const grown = grownVocabulary(known, text("a a the dog <unk>"));
  expect(grown.itos).toEqual(["<unk>", "the", "cat", "a", "dog"]);
  expect([...movedTokens(known, grown)]).toEqual([0, 1, 2]);
  expect(grownVocabulary(grown, text("dog the")).itos).toEqual(grown.itos);
});

it("a limit counts all words: those that are new come while there is room, the frequent first", () => {
  const text = (words: string, lines: LineRule = "text") =>
    WordVocabulary.of(collect(words.split(" ")), { minCount: 1, lines });
  const known = text("the the cat");
  const own = text("b a a the dog");
  const grown = (most: number) => grownVocabulary(known, own, most).itos.slice(1);
  expect(grown(0)).toEqual(["the", "cat", "a", "b", "dog"]);
  expect(grown(3)).toEqual(["the", "cat", "a"]);
  expect(grown(2)).toEqual(["the", "cat"]);
  const sentences = grownVocabulary(text("the cat", "sentences"), text("a a b", "sentences"), 3);
  expect(sentences.itos).toEqual(["<unk>", "</s>", "the", "cat", "a"]);
});

it("is its own where nothing was known, and never of two levels", async () => {
  const own = new Vocabulary(["ab"]);
  expect(grownVocabulary(undefined, own)).toBe(own);
  const words = WordVocabulary.fromJSON({ words: ["a"] });
  const error = await errorOf(ValueError, () => grownVocabulary(words, own));
  expect(error.message).toBe("expected a vocabulary of characters, got one of words");
});
