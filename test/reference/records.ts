/**
 * Reads the records of the vectors (numbers that PyTorch computed) into tensors and plain arrays.
 */
import { readFileSync } from "node:fs";
import { type Tensor, tensor } from "../../lib/index.js";

export interface TensorRecord {
  dtype: string;
  shape: number[];
  values?: (number | string | boolean)[];
  b64?: string;
  stride?: number[];
}

export function load<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8")) as T;
}

/** The numbers of a record, row-major ("NaN" and "Infinity" are strings there). */
export function numbers(r: TensorRecord): number[] {
  if (r.b64 !== undefined) {
    const bytes = Buffer.from(r.b64, "base64");
    return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
  }
  return (r.values as (number | string | boolean)[]).map(Number);
}

export function toTensor(r: TensorRecord): Tensor {
  return tensor(numbers(r), {
    shape: r.shape,
    dtype: r.dtype.startsWith("float") ? "float32" : r.dtype === "bool" ? "bool" : "int32",
  });
}
