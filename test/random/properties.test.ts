import fc from "fast-check";
import { expect, test } from "vitest";
import { Generator, manualSeed, randint, randn, zeros } from "../../lib/index.js";
import { bitsOf } from "./vectors.js";

/** A call on a generator, giving what it drew as text. */
type Draw = (g: Generator) => string;

const length = fc.integer({ min: 0, max: 50 });
const draw: fc.Arbitrary<Draw> = fc.oneof(
  length.map(
    (n): Draw =>
      (g) =>
        bitsOf(g.rand(new Float32Array(n))),
  ),
  length.map(
    (n): Draw =>
      (g) =>
        bitsOf(g.randn(new Float32Array(n))),
  ),
  length.map(
    (n): Draw =>
      (g) =>
        bitsOf(g.exponential(new Float32Array(n))),
  ),
  length.map(
    (n): Draw =>
      (g) =>
        bitsOf(g.bernoulli(new Float32Array(n), 0.7)),
  ),
  fc.tuple(length, fc.integer({ min: 1, max: 2 ** 31 })).map(
    ([n, high]): Draw =>
      (g) =>
        `${g.randint(new Int32Array(n), 0, high)}`,
  ),
  length.map(
    (n): Draw =>
      (g) =>
        `${g.randperm(n)}`,
  ),
  fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 4 })).map(
    ([again, k]): Draw =>
      (g) =>
        `${g.multinomial(Float32Array.of(1, 2, 3, 4, 0, 1, 1, 5), 2, 4, k, again)}`,
  ),
);
const draws = fc.array(draw, { maxLength: 30 });
const anySeed = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n });

test("a state taken anywhere continues the same stream, in another generator too", () => {
  fc.assert(
    fc.property(anySeed, draws, draws, (seed, before, after) => {
      const g = new Generator(seed);
      for (const step of before) step(g);
      const state = g.getState();
      const copy = new Generator(0).setState(state);
      expect(copy.getState()).toEqual(state);
      expect(after.map((step) => step(copy))).toEqual(after.map((step) => step(g)));
      expect(copy.getState()).toEqual(g.getState());
      expect(copy.initialSeed()).toBe(BigInt.asUintN(64, seed));
    }),
  );
});

test("seeding starts the stream over, whatever was drawn before", () => {
  fc.assert(
    fc.property(anySeed, draws, draws, (seed, before, after) => {
      const g = new Generator(1);
      for (const step of before) step(g);
      const fresh = new Generator(seed);
      g.manualSeed(seed);
      expect(after.map((step) => step(g))).toEqual(after.map((step) => step(fresh)));
    }),
  );
});

test("only the low 32 bits of a seed reach the stream, all 64 are remembered", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
      fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
      (low, high) => {
        const seed = (high << 32n) | low;
        const g = new Generator(seed);
        expect(g.rand(new Float32Array(700))).toEqual(
          new Generator(Number(low)).rand(new Float32Array(700)),
        );
        expect(g.initialSeed()).toBe(seed);
      },
    ),
  );
});

test("two generators do not disturb each other", () => {
  fc.assert(
    fc.property(anySeed, anySeed, draws, (a, b, steps) => {
      const alone = (seed: bigint): string[] => {
        const g = new Generator(seed);
        return steps.map((step) => step(g));
      };
      const [first, second] = [new Generator(a), new Generator(b)];
      const together = steps.map((step) => [step(first), step(second)]);
      expect(together.map(([x]) => x)).toEqual(alone(a));
      expect(together.map(([, y]) => y)).toEqual(alone(b));
    }),
  );
});

test("calls that fill whole blocks of 16 do not depend on how they are cut", () => {
  fc.assert(
    fc.property(
      anySeed,
      fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 6 }),
      (seed, blocks) => {
        const g = new Generator(seed);
        const parts = blocks.map((n) => bitsOf(g.randn(new Float32Array(16 * n))));
        const total = blocks.reduce((sum, n) => sum + n, 0);
        expect(parts.join("")).toBe(
          bitsOf(new Generator(seed).randn(new Float32Array(16 * total))),
        );
      },
    ),
  );
});

test("values stay inside their ranges", () => {
  const bound = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  fc.assert(
    fc.property(anySeed, bound, bound, (seed, a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a + 1];
      for (const x of new Generator(seed).randint(new Int32Array(40), low, high)) {
        expect(x >= low && x < high).toBe(true);
      }
      expect(Array.from(new Generator(seed).randperm(40)).sort((x, y) => x - y)).toEqual(
        Array.from({ length: 40 }, (_, i) => i),
      );
      const picks = new Generator(seed).multinomial(Float32Array.of(0, 3, 1, 0, 2), 1, 5, 3);
      expect(Array.from(picks).sort()).toEqual([1, 2, 4]);
    }),
  );
});

test("the quick way to draw integers is the remainder of each word, for every range", () => {
  const high = fc.oneof(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 2 ** 28 - 1 }),
    fc.constantFrom(2 ** 16, 2 ** 27, 2 ** 28 - 1),
  );
  fc.assert(
    fc.property(
      fc.nat(),
      high,
      fc.integer({ min: -(2 ** 28), max: 2 ** 28 }),
      (seed, range, low) => {
        const exact = new Generator(seed).randint(new BigInt64Array(700), low, low + range);
        expect([...new Generator(seed).randint(new Int32Array(700), low, low + range)]).toEqual(
          [...exact].map(Number),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test("manualSeed seeds the one generator that is used when none is given, and returns it", () => {
  const g = manualSeed(1);
  const first = randn([3]).toArray();
  expect(manualSeed(1)).toBe(g);
  const whole = zeros([3], "int32").random_(0, 99).toArray();
  expect(whole).toEqual(randint(0, 99, [3], { generator: new Generator(1) }).toArray());
  manualSeed(1);
  expect(randn([3], { generator: g }).toArray()).toEqual(first);
});
