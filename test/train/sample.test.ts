/** Words made up by a model. */
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  countBigram,
  DataError,
  Generator,
  loadCorpus,
  MLP,
  type MLPParameters,
  readSafetensors,
  sample,
  type SampleOptions,
  sampleWithProbabilities,
  score,
  tensor,
  train,
  UsageError,
  Vocabulary,
} from "../../lib/index.js";
import { load } from "../reference/records.js";
import { errorOf, WORDS } from "./support.js";

const { vocabulary } = loadCorpus(WORDS, 3, 42);
const trained = train({ words: WORDS, steps: 200, hidden: 30, samples: 0 });
const draw = async (count: number, seed: number, options?: SampleOptions) =>
  sample((await trained).model, vocabulary, count, new Generator(seed), options);

describe("sample", () => {
  it("gives the same words for the same seed, and others for another", async () => {
    expect(await draw(20, 7)).toEqual(await draw(20, 7));
    expect(await draw(20, 7)).not.toEqual(await draw(20, 8));
  });

  it.each([0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])("takes the seed %d", async (seed) => {
    expect(await draw(3, seed)).toEqual(await draw(3, seed));
  });

  it("draws word after word: fewer words are the first of more", async () => {
    expect(await draw(5, 7)).toEqual((await draw(20, 7)).slice(0, 5));
    expect(await draw(0, 7)).toEqual([]);
  });

  it("continues where the generator stands", async () => {
    const generator = new Generator(7);
    const { model } = await trained;
    const parts = [...sample(model, vocabulary, 4, generator), ...sample(model, vocabulary, 6, generator)];
    expect(parts).toEqual(await draw(10, 7));
  });

  it("uses the vocabulary's characters and leaves the boundary out", async () => {
    const characters = new Set(vocabulary.itos.slice(1));
    for (const word of await draw(50, 3)) for (const character of word) expect(characters).toContain(character);
  });

  it("learned the words: after enough steps most samples start like one of them", async () => {
    const { model } = await train({ words: WORDS, steps: 3000, hidden: 30, samples: 0 });
    const made = sample(model, vocabulary, 50, new Generator(1));
    const firsts = new Set(WORDS.map((word) => word[0]));
    expect(made.filter((word) => firsts.has(word[0])).length).toBeGreaterThan(40);
  });

  /** A model of two tokens that knows its next one: everything zero but the bias of the outputs. */
  function certain(boundary: number, letter: number): MLP {
    const zeros = (...shape: number[]) => tensor(new Float32Array(shape.reduce((n, d) => n * d, 1)), { shape });
    return new MLP({ C: zeros(2, 1), W1: zeros(3, 1), b1: zeros(1), W2: zeros(1, 2), b2: tensor([boundary, letter]) });
  }

  it("ends a word that would go on for ever", () => {
    const [word] = sample(certain(-200, 200), new Vocabulary(["x"]), 1, new Generator(1));
    expect(word).toBe("x".repeat(1000));
  });

  it("may make up an empty word", () => {
    expect(sample(certain(200, -200), new Vocabulary(["x"]), 2, new Generator(1))).toEqual(["", ""]);
  });

  it("writes characters outside the basic plane whole", () => {
    const made = sample(certain(0, 1), new Vocabulary(["🦊"]), 20, new Generator(1)).join("");
    expect(new Set(made)).toEqual(new Set(["🦊"]));
  });
});

/** A model of the tokens ".", "a", "b", ... that draws each of them with the given weight, whatever came before. */
function weighted(...weights: number[]): { model: MLP; vocabulary: Vocabulary } {
  const V = weights.length;
  const zeros = (...shape: number[]) => tensor(new Float32Array(shape.reduce((n, d) => n * d, 1)), { shape });
  const b2 = tensor(weights.map(Math.log));
  const letters = Array.from({ length: V - 1 }, (_, i) => String.fromCharCode(97 + i));
  return {
    model: new MLP({ C: zeros(V, 1), W1: zeros(3, 1), b1: zeros(1), W2: zeros(1, V), b2 }),
    vocabulary: new Vocabulary(letters),
  };
}

/** How often each character stands in the words. */
function counts(words: readonly string[]): Map<string, number> {
  const result = new Map<string, number>();
  for (const word of words) for (const c of word) result.set(c, (result.get(c) ?? 0) + 1);
  return result;
}

describe("sample with options that change nothing", () => {
  it("draws the same words and leaves the generator where it would have been", async () => {
    const { model } = await trained;
    await fc.assert(
      fc.asyncProperty(
        fc.record(
          {
            temperature: fc.constantFrom(1, undefined),
            topK: fc.constantFrom(vocabulary.size, 10_000, Number.MAX_VALUE, undefined),
            prefix: fc.constantFrom("", undefined),
            exclude: fc.constantFrom(new Set<string>(), new Set(["never.made"]), undefined),
          },
          { requiredKeys: [] },
        ),
        fc.integer(),
        async (options, seed) => {
          const [plain, other] = [new Generator(seed), new Generator(seed)];
          expect(sample(model, vocabulary, 5, other, options)).toEqual(sample(model, vocabulary, 5, plain));
          expect(other.getState()).toEqual(plain.getState());
        },
      ),
      { numRuns: 30 },
    );
  });

  it("makes up PyTorch's 20 names from the stored network", () => {
    const { big_run, data } = load<{
      big_run: { samples: { generator_seed: number; names: string[] } };
      data: { vocabulary: { itos: string[] } };
    }>("lecture.json");
    const file = fileURLToPath(new URL("../reference/mlp_e10_h200.safetensors", import.meta.url));
    const model = new MLP(readSafetensors(file) as MLPParameters);
    const letters = new Vocabulary([data.vocabulary.itos.slice(1).join("")]);
    const options = { temperature: 1, topK: 27, prefix: "", exclude: new Set<string>() };
    const { generator_seed, names } = big_run.samples;
    const made = sampleWithProbabilities(model, letters, 20, new Generator(generator_seed), options);
    expect(made.map(({ word }) => `${word}.`)).toEqual(names);
  });
});

describe("temperature", () => {
  it("raises every weight to its inverse", () => {
    // Weights 1 : 4 at temperature 1/2 are 1 : 16, at temperature 2 they are 1 : 2.
    const { model, vocabulary } = weighted(0.5, 1, 4);
    for (const [temperature, odds] of [
      [0.5, 16],
      [1, 4],
      [2, 2],
    ]) {
      const seen = counts(sample(model, vocabulary, 2000, new Generator(1), { temperature }));
      const [a, b] = [seen.get("a") ?? 0, seen.get("b") ?? 0];
      // Four standard deviations of a share of n independent draws.
      const share = odds / (1 + odds);
      expect(Math.abs(b / (a + b) - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / (a + b)));
    }
  });

  it.each([Number.MIN_VALUE, 1e-38, 0.001])("of %d always takes the likeliest character", async (temperature) => {
    const greedy = await draw(3, 1, { topK: 1 });
    expect(await draw(3, 99, { temperature })).toEqual(greedy);
    expect(new Set(greedy).size).toBe(1);
  });

  it("of the largest number makes all characters alike", () => {
    const { model, vocabulary } = weighted(1e-3, 1e-6, 1e3);
    const seen = counts(sample(model, vocabulary, 2000, new Generator(1), { temperature: Number.MAX_VALUE }));
    // 2,000 words of 2 characters on average: 2,000 of each, with a standard deviation below 65.
    for (const c of ["a", "b"]) expect(Math.abs((seen.get(c) ?? 0) - 2000)).toBeLessThan(4 * 65);
  });

  it("leaves the impossible impossible", () => {
    const letters = new Vocabulary(["ab"]);
    const X = tensor([[0], [1], [2]], { dtype: "int32" });
    const model = countBigram({ X, Y: tensor([1, 2, 0], { dtype: "int32" }) }, 3, 0); // only "ab"
    for (const temperature of [0.1, 1, 100]) {
      expect(sample(model, letters, 5, new Generator(1), { temperature, topK: 2 })).toEqual(["ab", "ab", "ab", "ab", "ab"]);
    }
  });
});

describe("topK", () => {
  it("draws among the likeliest only", () => {
    const { model, vocabulary } = weighted(3, 1, 4, 2, 5); // in order: d, b, the end, c, a
    expect([...counts(sample(model, vocabulary, 300, new Generator(1), { topK: 3 })).keys()].sort()).toEqual(["b", "d"]);
    expect([...counts(sample(model, vocabulary, 300, new Generator(1), { topK: 4 })).keys()].sort()).toEqual(["b", "c", "d"]);
  });

  it("takes as many as it says, of equal ones those of lower token", () => {
    const { model, vocabulary } = weighted(1, 1, 1, 1, 1);
    expect([...counts(sample(model, vocabulary, 300, new Generator(1), { topK: 3 })).keys()].sort()).toEqual(["a", "b"]);
    expect(sample(model, vocabulary, 3, new Generator(1), { topK: 1 })).toEqual(["", "", ""]);
  });
});

describe("prefix", () => {
  it("starts every word, and the model sees it: what follows is what follows those characters", () => {
    const letters = new Vocabulary(["abc"]);
    // Only "ab" and "cb": after c comes b.
    const model = countBigram(
      {
        X: tensor([[0], [1], [2], [0], [3], [2]], { dtype: "int32" }),
        Y: tensor([1, 2, 0, 3, 2, 0], { dtype: "int32" }),
      },
      4,
      0,
    );
    expect(sample(model, letters, 3, new Generator(1), { prefix: "bac" })).toEqual(["bacb", "bacb", "bacb"]);
    expect(sample(model, letters, 2, new Generator(1), { prefix: "ab" })).toEqual(["ab", "ab"]);
  });

  it("may be shorter or longer than the context", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: fc.constantFrom(...vocabulary.itos.slice(1)), maxLength: 8 }), async (prefix) => {
        const words = await draw(5, 1, { prefix });
        expect(words).toHaveLength(5);
        for (const word of words) expect(word.startsWith(prefix)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

describe("exclude", () => {
  it("skips words and goes on in the same stream", async () => {
    const all = await draw(60, 7);
    const exclude = new Set(all.filter((_, i) => i % 3 === 0));
    const kept = all.filter((word) => !exclude.has(word));
    expect(kept.length).toBeGreaterThan(5);
    expect(await draw(kept.length, 7, { exclude })).toEqual(kept);
  });

  it("gives up when nothing else comes, and says what to do", async () => {
    const { model, vocabulary } = weighted(1, 1e-30);
    const { message } = await errorOf(DataError, () => {
      sample(model, vocabulary, 1, new Generator(1), { exclude: new Set([""]) });
    });
    expect(message).toBe(
      "sample: the last 10000 words drawn were all excluded ones; raise temperature or top-k, or change the prefix",
    );
  });

  it("does not give up while other words come now and then", () => {
    const { model, vocabulary } = weighted(1, 0.001);
    const made = sample(model, vocabulary, 15, new Generator(1), { exclude: new Set([""]) });
    expect(made).toHaveLength(15); // some 15,000 excluded words lay between them
    expect(made).not.toContain("");
  });
});

describe("sampleWithProbabilities", () => {
  it("gives the words of sample and how likely the plain model makes them, whatever the options", async () => {
    const { model } = await trained;
    for (const options of [{}, { temperature: 0.5 }, { topK: 3 }, { prefix: "ka" }]) {
      const made = sampleWithProbabilities(model, vocabulary, 10, new Generator(5), options);
      expect(made.map(({ word }) => word)).toEqual(await draw(10, 5, options));
      for (const { word, logProbability, probability } of made) {
        expect(probability).toBe(Math.exp(logProbability));
        if (word !== "") expect(probability).toBe(score(model, vocabulary, [word])[0].probability);
      }
    }
  });

  it("counts the end of a word: an empty one is as likely as the boundary", () => {
    const { model, vocabulary } = weighted(1, 3);
    for (const { word, probability } of sampleWithProbabilities(model, vocabulary, 50, new Generator(1))) {
      expect(probability / (0.75 ** word.length * 0.25)).toBeCloseTo(1, 5);
    }
  });

  it("keeps the logarithm of a probability too small for a number", () => {
    const { model, vocabulary } = weighted(1e-12, 1, 1);
    const [{ word, logProbability, probability }] = sampleWithProbabilities(model, vocabulary, 1, new Generator(1), {
      prefix: "a".repeat(500),
    });
    expect(word).toHaveLength(1500);
    expect(probability).toBe(0);
    // 1,500 characters of 1/2, then an end of 1e-12 / 2.
    expect(logProbability / -(1501 * Math.LN2 + 12 * Math.LN10)).toBeCloseTo(1, 5);
  });
});

describe("options that are wrong", () => {
  it.each<[object, string]>([
    [{ temperature: 0 }, "temperature: expected a number above 0, got 0"],
    [{ temperature: -1 }, "temperature: expected a number above 0, got -1"],
    [{ temperature: Number.NaN }, "temperature: expected a number above 0, got NaN"],
    [{ temperature: Infinity }, "temperature: expected a number above 0, got Infinity"],
    [{ temperature: "1" }, 'temperature: expected a number above 0, got "1"'],
    [{ topK: 0 }, "topK: expected a whole number of 1 or more, got 0"],
    [{ topK: 2.5 }, "topK: expected a whole number of 1 or more, got 2.5"],
    [{ topK: null }, "topK: expected a whole number of 1 or more, got null"],
    [{ prefix: 7 }, "prefix: expected text, got 7"],
    [{ prefix: "mä" }, 'prefix: expected characters of the model\'s words, got "ä"'],
    [{ prefix: "a.b" }, 'prefix: expected characters of the model\'s words, got "."'],
    [{ prefix: "a\n" }, 'prefix: expected characters of the model\'s words, got U+000A LINE FEED'],
  ])("%j", async (options, message) => {
    const generator = new Generator(1);
    const before = generator.getState();
    const { model } = await trained;
    const error = await errorOf(UsageError, () => sample(model, vocabulary, 1, generator, options));
    expect(error.message).toBe(message);
    expect(generator.getState()).toEqual(before);
  });
});
