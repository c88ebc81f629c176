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
import { errorOf, WORDS } from "../train/support.js";

const { vocabulary } = loadCorpus(WORDS, 3, 42);
const trained = train({ words: WORDS, steps: 200, hidden: 30, samples: 0 });
/** What `sample` says when it finds no more. */
const shortage = (found: number, count: number, drawn: string) =>
  `sample: found ${found} of ${count}: the last 10000 words drawn were ${drawn}; ask for ` +
  "fewer, lower min-length, raise temperature or top-k, or change the prefix";
const draw = async (count: number, seed: number, options?: SampleOptions) =>
  sample((await trained).model, vocabulary, count, new Generator(seed), options);

describe("sample", () => {
  it("gives the same words for the same seed, and others for another", async () => {
    expect(await draw(20, 7)).toEqual(await draw(20, 7));
    expect(await draw(20, 7)).not.toEqual(await draw(20, 8));
  });

  it.each([0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])(
    "takes the seed %d",
    async (seed) => {
      expect(await draw(3, seed)).toEqual(await draw(3, seed));
    },
  );

  it("draws word after word: fewer words are the first of more", async () => {
    expect(await draw(5, 7)).toEqual((await draw(20, 7)).slice(0, 5));
    expect(await draw(0, 7)).toEqual([]);
  });

  it("continues where the generator stands", async () => {
    const generator = new Generator(7);
    const { model } = await trained;
    const parts = [
      ...sample(model, vocabulary, 4, generator),
      ...sample(model, vocabulary, 6, generator),
    ];
    expect(parts).toEqual(await draw(10, 7));
  });

  it("uses the vocabulary's characters and leaves the boundary out", async () => {
    const characters = new Set(vocabulary.itos.slice(1));
    for (const word of await draw(50, 3))
      for (const character of word) expect(characters).toContain(character);
  });

  it("learned the words: after enough steps most samples start like one of them", async () => {
    const { model } = await train({ words: WORDS, steps: 3000, hidden: 30, samples: 0 });
    const made = sample(model, vocabulary, 50, new Generator(1));
    const firsts = new Set(WORDS.map((word) => word[0]));
    expect(made.filter((word) => firsts.has(word[0])).length).toBeGreaterThan(40);
  });

  /** A model of two tokens that knows its next one: everything zero but the bias of the outputs. */
  function certain(boundary: number, letter: number): MLP {
    const zeros = (...shape: number[]) =>
      tensor(new Float32Array(shape.reduce((n, d) => n * d, 1)), { shape });
    return new MLP({
      C: zeros(2, 1),
      W1: zeros(3, 1),
      b1: zeros(1),
      W2: zeros(1, 2),
      b2: tensor([boundary, letter]),
    });
  }

  it("ends a word that would go on for ever", () => {
    const [word] = sample(certain(-200, 200), new Vocabulary(["x"]), 1, new Generator(1));
    expect(word).toBe("x".repeat(1000));
  });

  it("makes up an empty word only where a length of 0 is allowed", async () => {
    const letters = new Vocabulary(["x"]);
    const empty = certain(200, -200);
    expect(sample(empty, letters, 2, new Generator(1), { minLength: 0 })).toEqual(["", ""]);
    const { message } = await errorOf(DataError, () => sample(empty, letters, 2, new Generator(1)));
    expect(message).toBe(shortage(0, 2, "all empty"));
  });

  it("writes characters outside the basic plane whole", () => {
    const made = sample(certain(0, 1), new Vocabulary(["🦊"]), 20, new Generator(1)).join("");
    expect(new Set(made)).toEqual(new Set(["🦊"]));
  });
});

/**
 * A model of the tokens ".", "a", "b", ... that draws each of them with the given weight, whatever
 * came before.
 */
function weighted(...weights: number[]): { model: MLP; vocabulary: Vocabulary } {
  const V = weights.length;
  const zeros = (...shape: number[]) =>
    tensor(new Float32Array(shape.reduce((n, d) => n * d, 1)), { shape });
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
          expect(sample(model, vocabulary, 5, other, options)).toEqual(
            sample(model, vocabulary, 5, plain),
          );
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
    const made = sampleWithProbabilities(
      model,
      letters,
      20,
      new Generator(generator_seed),
      options,
    );
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
      expect(Math.abs(b / (a + b) - share)).toBeLessThan(
        4 * Math.sqrt((share * (1 - share)) / (a + b)),
      );
    }
  });

  it.each([Number.MIN_VALUE, 1e-38, 0.001])(
    "of %d always takes the likeliest character",
    async (temperature) => {
      const greedy = await draw(3, 1, { topK: 1 });
      expect(await draw(3, 99, { temperature })).toEqual(greedy);
      expect(new Set(greedy).size).toBe(1);
    },
  );

  it("of the largest number makes all characters alike", () => {
    const { model, vocabulary } = weighted(1e-3, 1e-6, 1e3);
    const options = { temperature: Number.MAX_VALUE, minLength: 0 };
    const seen = counts(sample(model, vocabulary, 2000, new Generator(1), options));
    // 2,000 words of 2 characters on average: 2,000 of each, with a standard deviation below 65.
    for (const c of ["a", "b"]) expect(Math.abs((seen.get(c) ?? 0) - 2000)).toBeLessThan(4 * 65);
  });

  it("leaves the impossible impossible", () => {
    const letters = new Vocabulary(["ab"]);
    const X = tensor([[0], [1], [2]], { dtype: "int32" });
    const model = countBigram({ X, Y: tensor([1, 2, 0], { dtype: "int32" }) }, 3, 0); // only "ab"
    for (const temperature of [0.1, 1, 100]) {
      expect(sample(model, letters, 5, new Generator(1), { temperature, topK: 2 })).toEqual([
        "ab",
        "ab",
        "ab",
        "ab",
        "ab",
      ]);
    }
  });
});

describe("topK", () => {
  it("draws among the likeliest only", () => {
    const { model, vocabulary } = weighted(3, 1, 4, 2, 5); // in order: d, b, the end, c, a
    expect(
      [...counts(sample(model, vocabulary, 300, new Generator(1), { topK: 3 })).keys()].sort(),
    ).toEqual(["b", "d"]);
    expect(
      [...counts(sample(model, vocabulary, 300, new Generator(1), { topK: 4 })).keys()].sort(),
    ).toEqual(["b", "c", "d"]);
  });

  it("takes as many as it says, of equal ones those of lower token", () => {
    const { model, vocabulary } = weighted(1, 1, 1, 1, 1);
    expect(
      [...counts(sample(model, vocabulary, 300, new Generator(1), { topK: 3 })).keys()].sort(),
    ).toEqual(["a", "b"]);
    const greedy = { topK: 1, minLength: 0 };
    expect(sample(model, vocabulary, 3, new Generator(1), greedy)).toEqual(["", "", ""]);
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
    expect(sample(model, letters, 3, new Generator(1), { prefix: "bac" })).toEqual([
      "bacb",
      "bacb",
      "bacb",
    ]);
    expect(sample(model, letters, 2, new Generator(1), { prefix: "ab" })).toEqual(["ab", "ab"]);
  });

  it("may be shorter or longer than the context", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom(...vocabulary.itos.slice(1)), maxLength: 8 }),
        async (prefix) => {
          const words = await draw(5, 1, { prefix });
          expect(words).toHaveLength(5);
          for (const word of words) expect(word.startsWith(prefix)).toBe(true);
        },
      ),
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
      sample(model, vocabulary, 1, new Generator(1), { exclude: new Set([""]), minLength: 0 });
    });
    expect(message).toBe(shortage(0, 1, "all excluded"));
  });

  it("does not give up while other words come now and then", () => {
    const { model, vocabulary } = weighted(1, 0.001);
    const made = sample(model, vocabulary, 15, new Generator(1), { exclude: new Set([""]) });
    expect(made).toHaveLength(15); // some 15,000 excluded words lay between them
    expect(made).not.toContain("");
  });
});

describe("minLength", () => {
  it("draws again what is shorter, empty words unless told otherwise, in the same stream", () => {
    const { model, vocabulary } = weighted(2, 1, 1);
    const all = sample(model, vocabulary, 400, new Generator(3), { minLength: 0 });
    expect(all).toContain("");
    for (const minLength of [undefined, 1, 2, 4]) {
      const kept = all.filter((word) => word.length >= (minLength ?? 1));
      expect(kept.length).toBeGreaterThan(3);
      const made = sample(model, vocabulary, kept.length, new Generator(3), { minLength });
      expect(made).toEqual(kept);
    }
  });

  it("counts the prefix, and gives up on what does not come", async () => {
    const letters = new Vocabulary(["ab"]);
    const X = tensor([[0], [1], [2]], { dtype: "int32" });
    const model = countBigram({ X, Y: tensor([1, 2, 0], { dtype: "int32" }) }, 3, 0); // only "ab"
    const make = (options: SampleOptions) => sample(model, letters, 2, new Generator(1), options);
    expect(make({ minLength: 2 })).toEqual(["ab", "ab"]);
    expect(make({ prefix: "bab", minLength: 3 })).toEqual(["bab", "bab"]);
    const { message } = await errorOf(DataError, () => make({ minLength: 3 }));
    expect(message).toBe(shortage(0, 2, "all shorter than 3"));
  });
});

describe("maxLength", () => {
  const made = (options: SampleOptions, count = 200) => {
    const { model, vocabulary } = weighted(1, 1, 1);
    return sampleWithProbabilities(model, vocabulary, count, new Generator(5), options);
  };

  it("cuts what would go on, says which, and leaves what just fits as it is", () => {
    const cut = made({ maxLength: 2, minLength: 2 });
    expect(new Set(cut.map(({ word }) => word.length))).toEqual(new Set([2]));
    const share = cut.filter((sample) => sample.cut).length / cut.length;
    // Behind two characters an end has a chance of 1/3: four standard deviations.
    expect(Math.abs(share - 2 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / cut.length));
    expect(made({}).filter((sample) => sample.cut)).toEqual([]);
    expect(made({ maxLength: 1000 })).toEqual(made({}));
  });

  it("counts the prefix", () => {
    for (const { word, cut } of made({ maxLength: 3, prefix: "ab" })) {
      expect(word.length).toBeLessThanOrEqual(3);
      if (cut) expect(word).toHaveLength(3);
    }
    expect(made({ maxLength: 2, prefix: "ab" }, 3).map(({ word }) => word)).toEqual([
      "ab",
      "ab",
      "ab",
    ]);
  });

  it("may be longer than what is the most without it", () => {
    const { model, vocabulary } = weighted(1e-30, 1);
    const [long] = sampleWithProbabilities(model, vocabulary, 1, new Generator(1), {
      maxLength: 1500,
    });
    expect(long).toMatchObject({ word: "a".repeat(1500), cut: true });
  });
});

describe("unique", () => {
  it("returns the first of equal words, in the same stream", async () => {
    const all = await draw(60, 7, { temperature: 0.4 });
    const first = [...new Set(all)];
    expect(first.length).toBeLessThan(all.length);
    expect(await draw(first.length, 7, { temperature: 0.4, unique: true })).toEqual(first);
  });

  it("says when there are no more", async () => {
    const { model, vocabulary } = weighted(1, 1, 1);
    const options = { unique: true, maxLength: 2 }; // a, b, aa, ab, ba, bb
    const six = sample(model, vocabulary, 6, new Generator(1), options);
    expect(six.toSorted()).toEqual(["a", "aa", "ab", "b", "ba", "bb"]);
    const seven = () => sample(model, vocabulary, 7, new Generator(1), options);
    const { message } = await errorOf(DataError, seven);
    const [, empty, again] =
      /were (?:empty \((\d+)\), drawn before \((\d+)\)|drawn before \((\d+)\), empty \((\d+)\));/
        .exec(message)
        ?.filter((n) => n !== undefined) ?? [];
    expect(Number(empty) + Number(again)).toBe(10_000);
    expect(message.startsWith("sample: found 6 of 7: ")).toBe(true);
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
    for (const { word, probability } of sampleWithProbabilities(
      model,
      vocabulary,
      50,
      new Generator(1),
      { minLength: 0 },
    )) {
      expect(probability / (0.75 ** word.length * 0.25)).toBeCloseTo(1, 5);
    }
  });

  it("keeps the logarithm of a probability too small for a number", () => {
    const { model, vocabulary } = weighted(1e-12, 1, 1);
    const [{ word, logProbability, probability }] = sampleWithProbabilities(
      model,
      vocabulary,
      1,
      new Generator(1),
      {
        prefix: "a".repeat(500),
      },
    );
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
    [{ maxLength: 0 }, "maxLength: expected a whole number from 1 to 1000000, got 0"],
    [{ maxLength: 1e9 }, "maxLength: expected a whole number from 1 to 1000000, got 1000000000"],
    [{ minLength: -1 }, "minLength: expected a whole number from 0 to 1000000, got -1"],
    [{ minLength: 1.5 }, "minLength: expected a whole number from 0 to 1000000, got 1.5"],
    [{ minLength: 5, maxLength: 4 }, "minLength: expected at most 4, which is maxLength, got 5"],
    [
      { maxLength: 1, minLength: 2, unique: true },
      "minLength: expected at most 1, which is maxLength, got 2",
    ],
    [{ minLength: 1001 }, "minLength: expected at most 1000 without maxLength, got 1001"],
    [{ unique: "yes" }, 'unique: expected true or false, got "yes"'],
    [
      { prefix: "anna", maxLength: 3 },
      'prefix: expected at most 3 characters, which is maxLength, got "anna"',
    ],
    [{ prefix: 7 }, "prefix: expected text, got 7"],
    [{ prefix: "mä" }, 'prefix: expected characters of the model\'s words, got "ä"'],
    [{ prefix: "a.b" }, 'prefix: expected characters of the model\'s words, got "."'],
    [{ prefix: "a\n" }, "prefix: expected characters of the model's words, got U+000A LINE FEED"],
  ])("%j", async (options, message) => {
    const generator = new Generator(1);
    const before = generator.getState();
    const { model } = await trained;
    const error = await errorOf(UsageError, () => sample(model, vocabulary, 1, generator, options));
    expect(error.message).toBe(message);
    expect(generator.getState()).toEqual(before);
  });
});
