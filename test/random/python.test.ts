import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { PythonRandom } from "../../lib/random/index.js";
import { type PythonRecord, vectors } from "./vectors.js";

function times<T>(n: number, draw: () => T): T[] {
  return Array.from({ length: n }, draw);
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

test("11 seeds were recorded", () => {
  expect(vectors.python.length).toBe(11);
});

test.each(vectors.python)("Python's random, seed $seed", (record: PythonRecord) => {
  const seeded = (): PythonRandom => new PythonRandom(BigInt(record.seed));
  const shuffled = (n: number): number[] => {
    const x = range(n);
    seeded().shuffle(x);
    return x;
  };

  let r = seeded();
  expect(times(40, () => Number(r.getrandbits(32)))).toEqual(record.getrandbits32);
  r = seeded();
  const doubles = record.random.bits.map((hex) => Buffer.from(hex, "hex").readDoubleBE());
  expect(times(40, () => r.random())).toEqual(doubles);
  r = seeded();
  expect(record.getrandbits.map(({ k }) => ({ k, out: String(r.getrandbits(k)) }))).toEqual(
    record.getrandbits,
  );
  r = seeded();
  expect(times(40, () => r.randint(1, 6))).toEqual(record["randint(1,6)"]);
  r = seeded();
  expect(times(20, () => r.randint(-1000, 1000))).toEqual(record["randint(-1000,1000)"]);
  r = seeded();
  expect(times(10, () => r.randrange(2 ** 40))).toEqual(record["randrange(0,2**40)"]);

  expect(shuffled(1)).toEqual(record["shuffle(range(1))"]);
  expect(shuffled(2)).toEqual(record["shuffle(range(2))"]);
  expect(shuffled(10)).toEqual(record["shuffle(range(10))"]);
  expect(shuffled(40)).toEqual(record["shuffle(range(40))"]);
  const names = shuffled(32033); // the lecture's word list
  const { first20, last20, sha256_of_comma_joined } = record["shuffle(range(32033))"];
  expect(names.slice(0, 20)).toEqual(first20);
  expect(names.slice(-20)).toEqual(last20);
  expect(createHash("sha256").update(names.join(",")).digest("hex")).toBe(sha256_of_comma_joined);

  r = seeded();
  expect(times(20, () => r.choice("abcdefg")).join("")).toBe(record['choice("abcdefg") x20']);
  expect(seeded().choices(range(10), 20)).toEqual(record["choices(range(10),k=20)"]);
  expect(record.sample.length).toBe(7);
  expect(record.sample.map(({ n, k }) => ({ n, k, out: seeded().sample(range(n), k) }))).toEqual(
    record.sample,
  );
  r = seeded();
  expect(times(10, () => r.uniform(-2, 5))).toEqual(record["uniform(-2,5)"]);
  r = seeded();
  for (const value of record["gauss(0,1)"]) {
    expect(Math.abs(r.gauss(0, 1) - value)).toBeLessThanOrEqual(
      4 * Number.EPSILON * Math.abs(value),
    );
  }
});

test("many bits at once are those of many words", () => {
  const [once, often] = [new PythonRandom(1n << 100_000n), new PythonRandom(1n << 100_000n)];
  const bits = once.getrandbits(2 ** 20 + 3).toString(16);
  for (let end = bits.length; end > 8; end -= 8)
    expect(Number.parseInt(bits.slice(end - 8, end), 16)).toBe(Number(often.getrandbits(32)));
});

test("a string seed goes through SHA-512", () => {
  // python3 -c 'import random; r = random.Random("names"); print(r.getrandbits(32),
  // r.randrange(1000))'
  const r = new PythonRandom("names");
  expect([Number(r.getrandbits(32)), r.randrange(1000)]).toEqual([3470794643, 641]);
});

test("randrange steps and counts down", () => {
  const r = new PythonRandom(1);
  for (const value of times(50, () => r.randrange(10, 0, -3)))
    expect([10, 7, 4, 1]).toContain(value);
});

test("shuffles typed arrays in place", () => {
  const x = Int32Array.from(range(10));
  new PythonRandom(42).shuffle(x);
  const y = range(10);
  new PythonRandom(42).shuffle(y);
  expect(Array.from(x)).toEqual(y);
});

test("a new seed drops the cached normal", () => {
  const r = new PythonRandom(3);
  const first = r.gauss();
  r.seed(3);
  expect(r.gauss()).toBe(first);
});

test("mistakes are refused in one line", () => {
  const r = new PythonRandom(0);
  expect(() => new PythonRandom(1.5)).toThrow(
    "PythonRandom: seed: expected a whole number below 2^53, a bigint or a string, got 1.5",
  );
  expect(() => r.getrandbits(-1)).toThrow(
    "getrandbits: k: expected a whole number from 0 to 1073741823, got -1",
  );
  expect(() => r.randbelow(0)).toThrow("randbelow: n: expected a whole number of 1 or more, got 0");
  expect(() => r.randint(3, 2)).toThrow("empty range for randrange(3, 3, 1)");
  expect(() => r.randrange(0, 5, 0)).toThrow("a step other than 0, got (0, 5, 0)");
  expect(() => r.choice([])).toThrow("cannot choose from an empty sequence");
  expect(() => r.choices([], 2)).toThrow("cannot choose from an empty population");
  expect(() => r.choices([1], -1)).toThrow(
    "choices: k: expected a whole number from 0 to 4294967295, got -1",
  );
  expect(() => r.sample([1, 2], 3)).toThrow("0 <= k <= 2, the size of the population, got 3");
});
