/**
 * Sums of up to a million terms err by at most as much as PyTorch's: on the data of
 * test/reference/errors.py, which has recorded PyTorch's errors in errors.json.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadNative } from "../../lib/backend/native/native.js";
import { rowMajorGemm } from "../../lib/backend/kernels.js";
import { blank, memory, type Memory } from "./support.js";

const kernels = loadNative();
const { lengths, errors } = JSON.parse(
  readFileSync(new URL("../reference/errors.json", import.meta.url), "utf8"),
) as { lengths: number[]; errors: Record<string, Record<string, number[]>> };

const WIDTH = 16;

/** n numbers from 0 to below 1: a hash of their positions. */
function uniform(n: number, seed: number): Float64Array {
  const out = new Float64Array(n);
  const start = Number((BigInt(seed) * 0x85ebca6bn) & 0xffffffffn);
  for (let i = 0; i < n; i++) {
    let x = (Math.imul(i, 0x9e3779b1) + start) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    out[i] = ((x ^ (x >>> 16)) >>> 8) * 2 ** -24;
  }
  return out;
}

/** Nearly normal: four uniform numbers' sum, of mean 0 and variance 1. */
function bell(n: number, seed: number): Float64Array {
  const [a, b, c, d] = [0, 1, 2, 3].map((i) => uniform(n, seed + i));
  for (let i = 0; i < n; i++) a[i] = (a[i] + b[i] + c[i] + d[i] - 2) * Math.sqrt(3);
  return a;
}

/** [length, WIDTH] */
function data(kind: string, length: number, seed: number): Float32Array {
  const n = length * WIDTH;
  if (kind === "normal") return new Float32Array(bell(n, seed));
  if (kind === "uniform") return new Float32Array(uniform(n, seed));
  if (kind === "constant") {
    const row = uniform(WIDTH, seed);
    return new Float32Array(n).map((_, i) => 0.05 + row[i % WIDTH]);
  }
  const x = bell(n, seed);
  if (kind === "heavy-tailed") {
    const u = uniform(n, seed + 4);
    return new Float32Array(x.map((v, i) => v / Math.sqrt(u[i] + 2 ** -24)));
  }
  const half = Math.floor(length / 2) * WIDTH;
  const u = uniform(half, seed + 4);
  for (let i = 0; i < half; i++) x[half + i] = -x[i] * (1 + 1e-3 * u[i]);
  return new Float32Array(x);
}

interface Result {
  out: Float32Array;
  exact: Float64Array;
  /** what an error is divided by */
  magnitude: Float64Array;
}

const words = ({ storage, offset }: Memory, n: number) =>
  storage.slab.f32.subarray(storage.start + offset, storage.start + offset + n);

/**
 * The columns' sums, and of magnitudes; with `y` those of the products of each column of x with
 * each of y.
 */
function exactly(
  length: number,
  x: Float32Array,
  y?: Float32Array,
): Pick<Result, "exact" | "magnitude"> {
  const outputs = y === undefined ? WIDTH : WIDTH * WIDTH;
  const [exact, magnitude] = [new Float64Array(outputs), new Float64Array(outputs)];
  for (let p = 0; p < length * WIDTH; p += WIDTH) {
    for (let i = 0; i < outputs; i++) {
      const term = y === undefined ? x[p + i] : x[p + (i >> 4)] * y[p + (i & 15)];
      exact[i] += term;
      magnitude[i] += Math.abs(term);
    }
  }
  return { exact, magnitude };
}

function product(kind: string, length: number, seed: number): Result {
  const x = data(kind, length, seed);
  const y = data(kind === "cancelling" ? "uniform" : kind, length, seed + 10);
  const out = blank(WIDTH * WIDTH);
  const [m, n, k] = [WIDTH, WIDTH, length];
  kernels.gemm(rowMajorGemm({ m, n, k, a: memory(x), aRow: 1, aCol: m, b: memory(y), out }));
  return { out: words(out, m * n), ...exactly(length, x, y) };
}

function total(kind: string, length: number, seed: number): Result {
  const x = data(kind, length, seed);
  const out = blank(WIDTH);
  kernels.sum({ outer: 1, reduce: length, inner: WIDTH, a: memory(x), out });
  return { out: words(out, WIDTH), ...exactly(length, x) };
}

function rowsIntoOne(kind: string, length: number, seed: number): Result {
  const x = data(kind, length, seed);
  const table = memory(new Float32Array(WIDTH));
  const index = memory(new Int32Array(length));
  kernels.scatterAddRows({ n: length, rows: 1, width: WIDTH, a: memory(x), index, table });
  return { out: words(table, WIDTH), ...exactly(length, x) };
}

function probabilities(kind: string, length: number, seed: number): Result {
  const columns = data(kind, length, seed);
  const n = columns.length;
  const [x, out] = [new Float32Array(n), blank(n)];
  for (let i = 0; i < n; i++) x[(i % WIDTH) * length + Math.floor(i / WIDTH)] = columns[i];
  kernels.softmax({ rows: WIDTH, cols: length, a: memory(x), out, log: false });
  const exact = new Float64Array(n);
  for (let from = 0; from < n; from += length) {
    let [top, sum] = [-Infinity, 0];
    for (let i = from; i < from + length; i++) top = Math.max(top, x[i]);
    for (let i = from; i < from + length; i++) sum += exact[i] = Math.exp(x[i] - top);
    for (let i = from; i < from + length; i++) exact[i] /= sum;
  }
  return { out: words(out, n), exact, magnitude: exact };
}

const measured: Record<string, (kind: string, length: number, seed: number) => Result> = {
  product,
  total,
  "rows into one": rowsIntoOne,
  probabilities,
};

function error(kernel: string, kind: string, length: number): number {
  const repeats = Math.max(1, Math.min(16, Math.floor(4000 / length)));
  let squares = 0;
  for (let i = 0; i < repeats; i++) {
    const { out, exact, magnitude } = measured[kernel](kind, length, 100 * i + 1);
    let mean = 0;
    for (let j = 0; j < out.length; j++)
      mean += ((out[j] - exact[j]) / Math.max(magnitude[j], 1e-300)) ** 2 / out.length;
    squares += mean / repeats;
  }
  return Math.sqrt(squares);
}

describe.each(Object.entries(errors))("%s", (kernel, kinds) => {
  it.each(Object.entries(kinds))("of %s data errs by at most what PyTorch does", (kind, torch) => {
    const ours = lengths.map((length) => error(kernel, kind, length));
    // Recorded to four digits.
    for (const [i, e] of ours.entries())
      expect(e, `${lengths[i]} terms`).toBeLessThanOrEqual(torch[i] * 1.001);
  });
});
