/** Words made up by a model. */
import { describe, expect, it } from "vitest";
import { Generator, loadCorpus, MLP, sample, tensor, train, Vocabulary } from "../../lib/index.js";
import { WORDS } from "./support.js";

const { vocabulary } = loadCorpus(WORDS, 3, 42);
const trained = train({ words: WORDS, steps: 200, hidden: 30, samples: 0 });
const draw = async (count: number, seed: number) => sample((await trained).model, vocabulary, count, new Generator(seed));

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
