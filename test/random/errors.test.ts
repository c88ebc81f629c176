import { expect, test } from "vitest";
import { MmError } from "../../lib/errors.js";
import { Generator } from "../../lib/random/index.js";

const three = Float32Array.of(0.5, 0.2, 0.3);

const mistakes: [string, (g: Generator) => unknown, string][] = [
  [
    "a seed above 64 bits",
    (g) => g.manualSeed(2n ** 64n),
    "Generator: seed: expected one from -2^63 to 2^64 - 1",
  ],
  [
    "a seed below 64 bits",
    (g) => g.manualSeed(-(2n ** 63n) - 1n),
    "Generator: seed: expected one from -2^63 to 2^64 - 1",
  ],
  [
    "a fractional seed",
    (g) => g.manualSeed(0.5),
    "Generator: seed: expected a whole number below 2^53, or a bigint, got 0.5",
  ],
  [
    "a seed that a double cannot hold",
    (g) => g.manualSeed(2 ** 60),
    "expected a whole number below 2^53",
  ],
  [
    "an empty integer range",
    (g) => g.randint(new Int32Array(1), 5, 5),
    "randint: expected low to be less than high, got low 5 and high 5",
  ],
  [
    "a fractional bound",
    (g) => g.randint(new Int32Array(1), 0, 1.5),
    "randint: high: expected a whole number below 2^53, or a bigint, got 1.5",
  ],
  [
    "a range wider than int32",
    (g) => g.randint(new Int32Array(1), 0, 2 ** 31 + 1),
    "Int32Array cannot hold all of",
  ],
  [
    "a range wider than int64",
    (g) => g.randint(new BigInt64Array(1), 0n, 2n ** 64n),
    "randint: BigInt64Array cannot hold all",
  ],
  [
    "a negative permutation",
    (g) => g.randperm(-1),
    "randperm: n: expected a whole number from 0 to",
  ],
  [
    "an array of doubles",
    (g) => g.normal(new Float64Array(2) as never, 0, 1),
    "normal: out: expected a Float32Array, got Float64Array",
  ],
  [
    "reversed uniform bounds",
    (g) => g.uniform(new Float32Array(1), 1, 0),
    "uniform: expected a to be at most b, got a 1 and b 0",
  ],
  [
    "uniform bounds too far apart",
    (g) => g.uniform(new Float32Array(1), -3e38, 3e38),
    "uniform: expected b - a to be at most 3.4",
  ],
  [
    "a probability above 1",
    (g) => g.bernoulli(new Float32Array(1), 1.5),
    "bernoulli: expected p from 0 to 1, got 1.5",
  ],
  [
    "a negative deviation",
    (g) => g.normal(new Float32Array(1), 0, -1),
    "normal: expected std of 0 or more, got -1",
  ],
  [
    "a rate of 0",
    (g) => g.exponential(new Float32Array(1), 0),
    "exponential: expected lambda above 0, got 0",
  ],
  [
    "a negative weight",
    (g) => g.multinomial(Float32Array.of(1, -1), 1, 2, 1),
    "element < 0 (row 0, column 1 is -1)",
  ],
  [
    "a nan weight",
    (g) => g.multinomial(Float32Array.of(1, Number.NaN), 2, 1, 1),
    "element < 0 (row 1, column 0 is NaN)",
  ],
  [
    "an infinite weight",
    (g) => g.multinomial(Float32Array.of(Infinity, 1), 1, 2, 1),
    "contains either `inf`",
  ],
  [
    "weights of 0",
    (g) => g.multinomial(Float32Array.of(1, 1, 0, 0), 2, 2, 1),
    "(sum of probabilities <= 0) in row 1",
  ],
  ["too many samples", (g) => g.multinomial(three, 1, 3, 4), "samples without replacement (4 > 3)"],
  [
    "no samples",
    (g) => g.multinomial(three, 1, 3, 0),
    "multinomial: numSamples: expected a whole number from 1 to 2147483647, got 0",
  ],
  [
    "a table of another size",
    (g) => g.multinomial(three, 2, 3, 1),
    "expected rows x cols = 6 weights, but got 3",
  ],
  [
    "room for other samples",
    (g) => g.multinomial(three, 1, 3, 2, true, new Int32Array(1)),
    "room for rows x numSamples = 2",
  ],
  [
    "a state of another size",
    (g) => g.setState(new Uint8Array(2500)),
    "setState: expected the 5056 bytes",
  ],
  [
    "a state of zeros",
    (g) => g.setState(new Uint8Array(5056)),
    "these bytes are no generator state",
  ],
];

test.each(mistakes)(
  "%s is refused in one line and the stream stays where it was",
  (_, mistake, message) => {
    const g = new Generator(1);
    g.randn(new Float32Array(3));
    const before = g.getState();
    let caught: unknown;
    try {
      mistake(g);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(MmError);
    expect((caught as MmError).message).toContain(message);
    expect((caught as MmError).message).not.toContain("\n");
    expect(g.getState()).toEqual(before);
  },
);

test("more samples than categories are fine with replacement", () => {
  expect(new Generator(1).multinomial(three, 1, 3, 50, true).length).toBe(50);
});

test("samples land in the array that was given", () => {
  const out = new Int32Array(2);
  expect(new Generator(1).multinomial(three, 1, 3, 2, false, out)).toBe(out);
});
