/**
 * The Brown corpus as a stream, against the counts of reference/paper.md: A to the token, P to 0.1
 * %.
 */
import { describe, expect, it } from "vitest";
import { BROWN_CUTS, loadCorpus, readBrown, UsageError, WordVocabulary } from "../../lib/index.js";

describe("variant A", () => {
  const text = readBrown("A");

  it("has the corpus's words as they stand", () => {
    expect(text.ids.length).toBe(1_161_192);
    expect(text.types.length).toBe(56_057);
    expect(WordVocabulary.of(text).size).toBe(17_905);
    expect([...text.ids.subarray(0, 6)].map((id) => text.types[id])).toEqual([
      "The",
      "Fulton",
      "County",
      "Grand",
      "Jury",
      "said",
    ]);
    expect(text.types).toContain("1/2"); // its tag follows the last slash
  });

  it("counted in the train part only, knows fewer words", () => {
    expect(WordVocabulary.of(text, { countIn: BROWN_CUTS[0] }).size).toBe(14_114);
    expect(WordVocabulary.of(text, { maxWords: 1000 }).size).toBe(1001);
  });
});

describe("variant P", () => {
  const text = readBrown("P");

  it.each([
    ["tokens", text.ids.length, 1_181_715],
    ["types", text.types.length, 47_842],
    ["words that occur four times and <unk>", WordVocabulary.of(text).size, 16_490],
  ])("has %s within 0.1 %%: %i for %i", (_, got, reference) => {
    expect(Math.abs(got / reference - 1)).toBeLessThan(0.001);
  });

  it("marks 500 texts and 15,667 paragraphs, splits clitics, and is in lower case", () => {
    const count = (type: string) => text.ids.filter((id) => id === text.types.indexOf(type)).length;
    expect(count("<text>")).toBe(500);
    expect(count("<p>")).toBe(15_667);
    expect(count("n't")).toBeGreaterThan(1000);
    expect(text.types.filter((type) => type !== type.toLowerCase() || /.n't$/.test(type))).toEqual(
      [],
    );
  });

  it("keeps one of two question marks, and other doubles", () => {
    const stream = Array.from(text.ids, (id) => text.types[id]);
    const doubled = stream.filter((token, i) => token === stream[i + 1] && /^[;?!]$/.test(token));
    expect(doubled.length).toBeLessThan(20); // at the end of one line and the start of the next
  });
});

it("brown is P, split as the paper splits it, and no token is seen before the first", () => {
  const { vocabulary, splits, digest } = loadCorpus("brown", 3, 42);
  expect(loadCorpus("brown:P", 3, 42).digest).toBe(digest);
  expect([splits.train.Y.numel, splits.dev.Y.numel]).toEqual([800_000, 200_000]);
  expect(splits.train.X.slice(0, 0, 2).toArray()).toEqual([
    [0, 0, 0],
    [0, 0, splits.train.Y.select(0, 0).item()],
  ]);
  // The dev split goes on where train ends.
  expect(vocabulary.decode(splits.dev.X.select(0, 0).toTypedArray())).toBe(
    vocabulary.decode(splits.train.Y.slice(0, -3).toTypedArray()),
  );
});

it("another variant is refused", () => {
  expect(() => loadCorpus("brown:p", 3, 42)).toThrow(UsageError);
});
