/**
 * The numbers PyTorch 2.13 and Python 3.11 gave (made by gen_rng.py), typed, and how to compare
 * with them.
 */
import { readFileSync } from "node:fs";
import { expect } from "vitest";

/** A Generator fills float32; the file has records of float64 tensors too. */
export type Dtype = "float32";
export const isOurs = (x: object): boolean => !("dtype" in x && x.dtype === "float64");

export interface FloatRecord {
  dtype: Dtype;
  shape: number[];
  /**
   * Big-endian hex patterns of the elements; a large array has `b64` instead, its little-endian
   * bytes.
   */
  bits?: string[];
  b64?: string;
}
export interface IntegerRecord {
  dtype: "int64";
  shape: number[];
  /** Decimal strings beyond 2^53. */
  values: (number | string)[];
}

export interface SeedRecords {
  seed: string;
  initial_seed: string;
  mt19937_u32: { first: number[]; from_620: number[]; from_1244: number[] };
  rand: { dtype: Dtype; n: number; out: FloatRecord }[];
  randn: { dtype: Dtype; n: number; out: FloatRecord }[];
  randint: { low: string; high: string; out: IntegerRecord }[];
  randperm: { n: number; out: IntegerRecord }[];
  uniform_: { dtype: Dtype; a: number; b: number; out: FloatRecord }[];
  normal_: { dtype: Dtype; mean: number; std: number; n: number; out: FloatRecord }[];
  exponential_: { dtype: Dtype; lambd: number; out: FloatRecord }[];
  multinomial: {
    probs: string;
    dtype: Dtype;
    num_samples: number;
    replacement: boolean;
    calls: number;
    out: IntegerRecord;
  }[];
}

export type SequenceStep =
  | { op: "rand" | "randn"; shape: number[]; dtype: Dtype; out: FloatRecord }
  | { op: "randint"; low: number; high: number; n: number; out: IntegerRecord }
  | { op: "randperm"; n: number; out: IntegerRecord }
  | { op: "manual_seed"; seed: number };

export type CraftedCase = { words: number[] } & (
  | { op: "rand" | "randn"; n: number; dtype: Dtype; out: FloatRecord }
  | { op: "exponential_"; n: number; dtype: Dtype; lambd: number; out: FloatRecord }
  | { op: "randint"; n: number; low: number; high: number; out: IntegerRecord }
  | {
      op: "multinomial";
      probs: number[];
      num_samples: number;
      replacement?: boolean;
      out: IntegerRecord;
    }
);

export interface InitRecord {
  seed: number;
  fn: string;
  shape: number[];
  kwargs: {
    a?: number;
    mode?: "fan_in" | "fan_out";
    nonlinearity?: "relu" | "tanh";
    gain?: number;
  };
  in_features: number;
  out_features: number;
  num_embeddings: number;
  embedding_dim: number;
  padding_idx: number | null;
  out: FloatRecord;
  weight: FloatRecord;
  bias: FloatRecord;
  parameters: Record<string, FloatRecord>;
}

export interface PythonRecord {
  seed: string;
  getrandbits32: number[];
  random: { values: number[]; bits: string[] };
  getrandbits: { k: number; out: string }[];
  "randint(1,6)": number[];
  "randint(-1000,1000)": number[];
  "randrange(0,2**40)": number[];
  "shuffle(range(1))": number[];
  "shuffle(range(2))": number[];
  "shuffle(range(10))": number[];
  "shuffle(range(40))": number[];
  "shuffle(range(32033))": { first20: number[]; last20: number[]; sha256_of_comma_joined: string };
  'choice("abcdefg") x20': string;
  "choices(range(10),k=20)": number[];
  sample: { n: number; k: number; out: number[] }[];
  "uniform(-2,5)": number[];
  "gauss(0,1)": number[];
}

interface Vectors {
  multinomial_probs: Record<string, FloatRecord>;
  torch: SeedRecords[];
  sequences: { name: string; seed: number; steps: SequenceStep[] }[];
  init: InitRecord[];
  crafted: CraftedCase[];
  state: {
    hashes: { after: string; sha256: string }[];
    get_state_b64_after_randn1: string;
    next: { "randn(2)": FloatRecord; "rand(4)": FloatRecord };
  };
  python: PythonRecord[];
}

export const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../reference/rng.json", import.meta.url), "utf8"),
);

/** The array a record describes. */
export function decode(record: FloatRecord): Float32Array {
  const bytes =
    record.bits === undefined
      ? Buffer.from(record.b64 ?? "", "base64")
      : Buffer.from(
          record.bits.map((hex) => Buffer.from(hex, "hex").reverse().toString("hex")).join(""),
          "hex",
        );
  const aligned = new Uint8Array(bytes).buffer;
  expect(aligned.byteLength).toBe(4 * record.shape.reduce((product, n) => product * n, 1));
  return new Float32Array(aligned);
}

/** Bit patterns, so that -0 differs from 0. */
export function bitsOf(x: Float32Array): string {
  return Buffer.from(x.buffer, x.byteOffset, x.byteLength).toString("hex");
}

/** Every bit of every element. */
export function expectSameBits(actual: Float32Array, record: FloatRecord): void {
  const expected = decode(record);
  if (bitsOf(actual) !== bitsOf(expected)) expect(Array.from(actual)).toEqual(Array.from(expected));
  expect(bitsOf(actual)).toBe(bitsOf(expected));
}

export function expectSameIntegers(
  actual: ArrayLike<number | bigint>,
  record: IntegerRecord,
): void {
  expect(Array.from(actual, String)).toEqual(record.values.map(String));
}
