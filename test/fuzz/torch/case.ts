/**
 * A case of the comparison with PyTorch is data: leaves, and steps over them, which test/fuzz/torch
 * runs here and test/reference/differential.py runs there.
 */
import type { DType } from "../../../lib/index.js";

/** A number; "nan", "inf", "-inf" and "-0" are none in JSON. */
export type Numeral = number | string;

export interface Leaf {
  dtype: DType;
  shape: number[];
  values: Numeral[];
  /** whether it requires a gradient: then nothing is changed in place */
  grad: boolean;
}

/** A leaf, or an earlier step's result. */
export type Ref = { l: number } | { v: number };

/** A tensor, `n`: a number that JSON lacks, `s`: a slice, or options. */
export type Argument =
  | number
  | string
  | boolean
  | null
  | Ref
  | { n: string }
  | { s: [number | null, number | null] }
  | { [option: string]: Argument }
  | Argument[];

export type Step = [operation: string, ...Argument[]];

export interface Case {
  leaves: Leaf[];
  steps: Step[];
}

/** Numbers in base64, and how far apart from others that are right: exponents of 2. */
export interface Numbers {
  numbers: string;
  /** null: exact; of an element -999: exact, 999: anything */
  bounds: number[] | null;
}

/** What PyTorch says: test/reference/differential.py. */
export interface Answer {
  steps: ((Numbers & { dtype: string; shape: number[] }) | { error: string })[];
  leaves?: string[];
  gradients?: (Numbers | null)[] | { error: string };
}

export const parsed = (x: Numeral): number =>
  typeof x === "number" ? x : x.endsWith("inf") ? Number(x.replace("inf", "Infinity")) : Number(x);

export function written(x: number): Numeral {
  if (Object.is(x, -0)) return "-0";
  return Number.isFinite(x) ? x : String(x).replace("Infinity", "inf").toLowerCase();
}

export function decoded(numbers: string, dtype: string): Float32Array | Int32Array {
  const { buffer } = Uint8Array.from(Buffer.from(numbers, "base64"));
  return dtype === "float32" ? new Float32Array(buffer) : new Int32Array(buffer);
}
