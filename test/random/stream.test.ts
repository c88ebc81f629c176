import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { Generator } from "../../lib/random/index.js";
import {
  type CraftedCase,
  expectSameBits,
  expectSameIntegers,
  isOurs,
  type SequenceStep,
  vectors,
} from "./vectors.js";

function follow(g: Generator, step: SequenceStep): void {
  switch (step.op) {
    case "rand":
      expectSameBits(g.rand(new Float32Array(size(step.shape))), step.out);
      break;
    case "randn":
      expectSameBits(g.randn(new Float32Array(size(step.shape))), step.out);
      break;
    case "randint":
      expectSameIntegers(g.randint(new Int32Array(step.n), step.low, step.high), step.out);
      break;
    case "randperm":
      expectSameIntegers(g.randperm(step.n), step.out);
      break;
    case "manual_seed":
      g.manualSeed(step.seed);
  }
}

function size(shape: number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

const sequences = vectors.sequences.filter(({ steps }) => steps.every(isOurs));

test.each(sequences)("one generator, several calls: $name, seed $seed", ({ seed, steps }) => {
  const g = new Generator(seed);
  for (const step of steps) follow(g, step);
});

test("6 sequences of 35 steps were compared", () => {
  expect(sequences.length).toBe(6);
  expect(sequences.flatMap(({ steps }) => steps).length).toBe(35);
});

/** The word that tempering turns into `y`: the inverse of its four steps, last first. */
function untemper(y: number): number {
  let x = y ^ (y >>> 18);
  x ^= (x << 15) & 0xefc60000;
  let t = x;
  for (let i = 0; i < 5; i++) t = x ^ ((t << 7) & 0x9d2c5680);
  x = t;
  for (let i = 0; i < 3; i++) t = x ^ (t >>> 11);
  return t >>> 0;
}

/** A generator that is about to draw exactly `words`. */
function planted(words: number[]): Generator {
  const g = new Generator(0);
  g.randint(new Int32Array(1), 0, 2); // generates the block; the next word to be read is number 1
  const state = g.getState();
  const view = new DataView(state.buffer);
  for (const [k, word] of words.entries()) view.setUint32(24 + 8 * (1 + k), untemper(word), true);
  return g.setState(state);
}

function wordsDrawn(g: Generator): number {
  return Number(new DataView(g.getState().buffer).getBigUint64(16, true)) - 1;
}

function draw(g: Generator, crafted: CraftedCase): void {
  switch (crafted.op) {
    case "rand":
      expectSameBits(g.rand(new Float32Array(crafted.n)), crafted.out);
      break;
    case "randn":
      expectSameBits(g.randn(new Float32Array(crafted.n)), crafted.out);
      break;
    case "exponential_":
      expectSameBits(g.exponential(new Float32Array(crafted.n), crafted.lambd), crafted.out);
      break;
    case "randint":
      expectSameIntegers(
        g.randint(new BigInt64Array(crafted.n), crafted.low, crafted.high),
        crafted.out,
      );
      break;
    case "multinomial": {
      const p = Float32Array.from(crafted.probs);
      const drawn = g.multinomial(
        p,
        1,
        p.length,
        crafted.num_samples,
        crafted.replacement ?? false,
      );
      expectSameIntegers(drawn, crafted.out);
      break;
    }
  }
}

test("boundary cases: planted words give PyTorch's results and no word more is drawn, 10 records", () => {
  const ours = vectors.crafted.filter(isOurs);
  expect(ours.length).toBe(10);
  for (const crafted of ours) {
    const g = planted(crafted.words);
    draw(g, crafted);
    expect(wordsDrawn(g)).toBe(crafted.words.length);
  }
});

test("the state has PyTorch's bytes: after a seed, after a draw, with a cached normal", () => {
  const g = new Generator(5);
  const hash = (): string => createHash("sha256").update(g.getState()).digest("hex");
  const seeded = hash();
  g.rand(new Float32Array(1));
  const drawn = hash();
  g.randn(new Float32Array(1));
  expect([seeded, drawn, hash()]).toEqual(vectors.state.hashes.map(({ sha256 }) => sha256));
  expect(Buffer.from(g.getState()).toString("base64")).toBe(
    vectors.state.get_state_b64_after_randn1,
  );
});

test("PyTorch's bytes can be loaded, and the stream goes on as PyTorch's does", () => {
  const { get_state_b64_after_randn1: bytes, next } = vectors.state;
  const g = new Generator(99).setState(Buffer.from(bytes, "base64"));
  expect(g.initialSeed()).toBe(5n);
  expectSameBits(g.randn(new Float32Array(2)), next["randn(2)"]);
  expectSameBits(g.rand(new Float32Array(4)), next["rand(4)"]);
});
