import { expect, test } from "vitest";
import { Generator } from "../../lib/random/index.js";
import { MT19937 } from "../../lib/random/mt19937.js";
import {
  decode,
  expectSameBits,
  expectSameIntegers,
  isOurs,
  type SeedRecords,
  vectors,
} from "./vectors.js";

type Section = Exclude<keyof SeedRecords, "seed" | "initial_seed" | "mt19937_u32">;

/**
 * Runs `compare` on every record of a section, each with a fresh generator, and fails when there
 * are fewer than expected.
 */
function everyRecord<S extends Section>(
  section: S,
  count: number,
  compare: (record: SeedRecords[S][number], generator: Generator) => void,
): void {
  test(`${section}: ${count} records`, () => {
    let compared = 0;
    for (const records of vectors.torch) {
      for (const record of (records[section] as SeedRecords[S][number][]).filter(isOurs)) {
        compare(record, new Generator(BigInt(records.seed)));
        compared++;
      }
    }
    expect(compared).toBe(count);
  });
}

test("mt19937: words at the start and around the borders of two blocks, 10 seeds", () => {
  expect(vectors.torch.length).toBe(10);
  for (const { seed, mt19937_u32: expected } of vectors.torch) {
    const engine = new MT19937();
    engine.seed(Number(BigInt.asUintN(32, BigInt(seed))));
    const words = Array.from({ length: 1254 }, () => engine.nextU32());
    expect(words.slice(0, 40)).toEqual(expected.first);
    expect(words.slice(620, 630)).toEqual(expected.from_620);
    expect(words.slice(1244)).toEqual(expected.from_1244);
  }
});

test("initialSeed: 10 seeds", () => {
  for (const { seed, initial_seed } of vectors.torch) {
    expect(String(new Generator(BigInt(seed)).initialSeed())).toBe(initial_seed);
  }
});

everyRecord("rand", 10, ({ n, out }, g) => expectSameBits(g.rand(new Float32Array(n)), out));

everyRecord("randn", 90, ({ n, out }, g) => expectSameBits(g.randn(new Float32Array(n)), out));

everyRecord("uniform_", 40, ({ a, b, out }, g) =>
  expectSameBits(g.uniform(new Float32Array(20), a, b), out),
);

everyRecord("normal_", 60, ({ mean, std, n, out }, g) =>
  expectSameBits(g.normal(new Float32Array(n), mean, std), out),
);

everyRecord("exponential_", 20, ({ lambd, out }, g) =>
  expectSameBits(g.exponential(new Float32Array(20), lambd), out),
);

everyRecord("randint", 120, ({ low, high, out }, g) => {
  const before = g.getState();
  expectSameIntegers(g.randint(new BigInt64Array(20), BigInt(low), BigInt(high)), out);
  const after = g.getState();
  const [a, b] = [Number(low), Number(high)];
  if (a < -(2 ** 31) || b > 2 ** 31) return;
  g.setState(before);
  expectSameIntegers(g.randint(new Int32Array(20), a, b), out);
  expect(g.getState()).toEqual(after);
});

everyRecord("randperm", 60, ({ n, out }, g) => expectSameIntegers(g.randperm(n), out));

everyRecord("multinomial", 230, ({ probs, num_samples, replacement, calls, out }, g) => {
  const p = decode(vectors.multinomial_probs[probs]);
  const { shape } = vectors.multinomial_probs[probs];
  const [rows, cols] = shape.length === 1 ? [1, shape[0]] : shape;
  const drawn = Array.from({ length: calls }, () =>
    Array.from(g.multinomial(p, rows, cols, num_samples, replacement)),
  );
  expectSameIntegers(drawn.flat(), out);
});

test("the default seed is that of torch.Generator()", () => {
  expect(new Generator().initialSeed()).toBe(67280421310721n);
});
