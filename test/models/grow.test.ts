/** A model over a larger vocabulary: known tokens as they were, new ones near their mean. */
import { describe, expect, it } from "vitest";
import {
  Generator,
  type LanguageModel,
  MLP,
  Bigram,
  NPLM,
  type Tensor,
  tensor,
} from "../../lib/index.js";
import { carryOver } from "../../lib/models/grow.js";
import { parameterHash } from "../train/support.js";

const sizes = { blockSize: 2, embedding: 3, hidden: 4 };
const nplm =
  (more: object) =>
  (vocabularySize: number, seed: number): LanguageModel => {
    const shape = { ...sizes, vocabularySize, direct: false, ...more };
    const model = NPLM.create(
      shape,
      new Generator(seed),
      new Float32Array(vocabularySize).map((_, i) => Math.sin(i)),
    );
    // All parts: those that begin as zeros too.
    for (const p of model.parameters()) {
      const numbers = p.toTypedArray().map((x, i) => x + Math.cos(i + seed) / 3);
      p.data.copy_(tensor(numbers as Float32Array, { shape: p.shape }));
    }
    return model;
  };
const MODELS: Record<string, (vocabularySize: number, seed: number) => LanguageModel> = {
  MLP: (vocabularySize, seed) => MLP.create({ ...sizes, vocabularySize }, new Generator(seed)),
  "a bigram table": (vocabularySize, seed) => Bigram.create(vocabularySize, new Generator(seed)),
  NPLM: nplm({}),
  "NPLM, direct": nplm({ direct: true }),
  "NPLM, direct alone": nplm({ direct: true, hidden: 0 }),
  "NPLM, tied": nplm({ tied: true }),
};

/** Tokens 0 to 4 of the small model among the 7 of the large one; 2 and 5 are new. */
const MOVED = Int32Array.of(0, 1, 3, 4, 6);
const NEW = [2, 5];

describe.each(Object.entries(MODELS))("%s", (_, make) => {
  const grown = (seed: number): LanguageModel => {
    const large = make(7, 2);
    carryOver(make(5, 1), large, MOVED, new Generator(seed));
    return large;
  };
  const logits = (model: LanguageModel, contexts: Tensor): number[][] => {
    const rows = model.forward(contexts);
    const V = model.vocabularySize;
    const all = [...rows.toTypedArray()];
    return Array.from({ length: all.length / V }, (_, i) => all.slice(i * V, (i + 1) * V));
  };

  it("predicts of known tokens what it did, to the bit, and new ones about as their mean", () => {
    const small = make(5, 1);
    const contexts = [
      [0, 1],
      [4, 2],
      [3, 3],
    ].map((row) => row.slice(-small.blockSize));
    const before = logits(small, tensor(contexts, { dtype: "int32" }));
    const moved = contexts.map((row) => row.map((token) => MOVED[token]));
    const after = logits(grown(3), tensor(moved, { dtype: "int32" }));
    for (const [i, row] of before.entries()) {
      expect([...MOVED].map((token) => after[i][token])).toEqual(row);
      const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
      for (const token of NEW) expect(Math.abs(after[i][token] - mean)).toBeLessThan(0.2);
    }
  });

  it("draws what is new from the generator", () => {
    expect(parameterHash(grown(3))).toBe(parameterHash(grown(3)));
    expect(parameterHash(grown(3))).not.toBe(parameterHash(grown(4)));
  });

  it("is the same model where nothing is new", () => {
    const [from, to] = [make(5, 1), make(5, 2)];
    carryOver(from, to, Int32Array.of(0, 1, 2, 3, 4), new Generator(1));
    expect(parameterHash(to)).toBe(parameterHash(from));
  });
});
