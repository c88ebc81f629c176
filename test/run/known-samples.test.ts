import fc from "fast-check";
import { expect, it } from "vitest";
import { loadCorpus, splitWords } from "../../lib/index.js";
import { markSamples, whichListed } from "../../lib/run/known-samples.js";
import { anyWord } from "../data/support.js";

it("a sample is marked by the first of train and dev that has it, never by test", () => {
  fc.assert(
    fc.property(
      fc.array(anyWord, { minLength: 6, maxLength: 60 }),
      fc.array(anyWord),
      fc.integer(),
      (words, others, seed) => {
        const { train, dev, test } = splitWords(words, seed);
        const samples = [...words, ...others, "", "\ud83e", "\ufffd", ...words];
        const mark = (word: string) =>
          train.includes(word) ? "train" : dev.includes(word) ? "dev" : "new";
        expect(test.length).toBeGreaterThan(0);
        expect(markSamples(samples, words, seed)).toEqual(samples.map(mark));
        const list = loadCorpus(words, 1, seed, undefined, { normalize: "none" }).words;
        // Every split, the test words too.
        const listed = samples.map((word) => words.includes(word));
        expect(whichListed(samples, list)).toEqual(listed);
        expect(markSamples(samples, list, seed)).toEqual(samples.map(mark));
        expect(markSamples(others, words, seed)).toEqual(others.map(mark));
      },
    ),
  );
  expect(markSamples([], [], 1)).toEqual([]);
});
