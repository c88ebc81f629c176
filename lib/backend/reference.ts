/**
 * The kernel contract in plain TypeScript: what each native kernel computes, written to be read. It
 * is the tests' oracle, the backend where no binary loads, and the "pure JavaScript" side of the
 * benchmark. The bits are the native ones (see kernels.ts), unless another addon has changed how
 * this thread rounds: the native kernels set that back, JavaScript cannot.
 */
import { exp, log, tanh } from "./float32.js";
import { fma32 } from "./fma.js";
import {
  type BinaryOp,
  type Dims,
  type Kernels,
  type Operand,
  SOFTMAX_BLOCK,
  type UnaryOp,
} from "./kernels.js";
import { at, f32, i32 } from "./operand.js";
import { updates } from "./reference-updates.js";
import { allocate } from "./storage.js";

const { fround, sqrt } = Math;

const unaryOps: Record<UnaryOp, (x: number) => number> = {
  neg: (x) => -x,
  exp,
  log,
  tanh,
  sqrt: (x) => fround(sqrt(x)),
  toFloat: fround,
};

const binaryOps: Record<BinaryOp, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  minimum: (a, b) => (a < b || Number.isNaN(a) ? a : b),
  tanhBackward: (g, y) => g * fma32(-y, y, 1),
};

/** Calls visit(a, b, out) with the word offsets of every element, last dimension fastest. */
function walk(
  shape: Dims,
  aStrides: Dims,
  bStrides: Dims,
  outStrides: Dims,
  a: number,
  b: number,
  out: number,
  visit: (a: number, b: number, out: number) => void,
  dim = 0,
): void {
  if (dim === shape.length) visit(a, b, out);
  else
    for (let i = 0; i < shape[dim]; i++) {
      walk(shape, aStrides, bStrides, outStrides, a, b, out, visit, dim + 1);
      a += aStrides[dim];
      b += bStrides[dim];
      out += outStrides[dim];
    }
}

/** The lowest float32. */
const LOWEST = -3.4028234663852886e38;

const lanes = new Float64Array(16);

/** The contract's sixteen-lane sum of value(0), ..., value(n-1). */
function laneSum(n: number, value: (i: number) => number): number {
  lanes.fill(0);
  for (let i = 0; i < n; i++) lanes[i & 15] += value(i);
  for (let half = 8; half > 0; half >>= 1)
    for (let i = 0; i < half; i++) lanes[i] += lanes[i + half];
  return fround(lanes[0]);
}

/** The contract's softmax sums of a row: m and S. */
function softmaxSums(x: Float32Array, from: number, cols: number): [max: number, sum: number] {
  const blocks: { max: number; sum: number }[] = [];
  for (let start = 0; start < cols; start += SOFTMAX_BLOCK) {
    const count = Math.min(SOFTMAX_BLOCK, cols - start);
    let max = LOWEST;
    for (let j = 0; j < count; j++) if (x[from + start + j] > max) max = x[from + start + j];
    blocks.push({ max, sum: laneSum(count, (j) => exp(fround(x[from + start + j] - max))) });
  }
  if (blocks.length === 1) return [blocks[0].max, blocks[0].sum];
  const max = blocks.reduce((m, block) => Math.max(m, block.max), LOWEST);
  return [
    max,
    laneSum(blocks.length, (b) => fround(blocks[b].sum * exp(fround(blocks[b].max - max)))),
  ];
}

/** Memory of its own. */
const words = (length: number): Operand => ({ storage: allocate(length), offset: 0 });

/** Position of the first index outside [low, rows), or -1. */
function firstOutside(
  n: number,
  low: number,
  rows: number,
  index: Int32Array,
  from: number,
): number {
  for (let p = 0; p < n; p++) if (index[from + p] < low || index[from + p] >= rows) return p;
  return -1;
}

export const reference: Kernels = {
  name: "reference",

  gemm(m, n, k, a, aRow, aCol, b, bRow, bCol, bias, out, outRow, activation, y) {
    const [A, B, C] = [f32(a), f32(b), f32(out)];
    for (let i = 0; i < m; i++) {
      const to = at(out) + i * outRow;
      // Four chains side by side: one alone would wait for each of its own additions.
      for (let j = 0; j < n; j += 4) {
        const columns = Math.min(4, n - j);
        const step1 = columns > 1 ? bCol : 0;
        const step2 = columns > 2 ? 2 * bCol : 0;
        const step3 = columns > 3 ? 3 * bCol : 0;
        let c0 = 0;
        let c1 = 0;
        let c2 = 0;
        let c3 = 0;
        let x = at(a) + i * aRow;
        let y = at(b) + j * bCol;
        for (let kk = 0; kk < k; kk++, x += aCol, y += bRow) {
          c0 = fma32(A[x], B[y], c0);
          c1 = fma32(A[x], B[y + step1], c1);
          c2 = fma32(A[x], B[y + step2], c2);
          c3 = fma32(A[x], B[y + step3], c3);
        }
        C[to + j] = c0;
        if (columns > 1) C[to + j + 1] = c1;
        if (columns > 2) C[to + j + 2] = c2;
        if (columns > 3) C[to + j + 3] = c3;
      }
      if (bias !== null) for (let j = 0; j < n; j++) C[to + j] += f32(bias)[at(bias) + j];
      if (y !== undefined)
        for (let j = 0, p = at(y) + i * outRow; j < n; j++, p++)
          C[to + j] = binaryOps.tanhBackward(C[to + j], f32(y)[p]);
      if (activation === "tanh") for (let j = 0; j < n; j++) C[to + j] = tanh(C[to + j]);
    }
  },

  unary(op, shape, a, aStrides, out, outStrides) {
    const f = unaryOps[op];
    const A = op === "toFloat" ? i32(a) : f32(a);
    const C = f32(out);
    walk(shape, aStrides, aStrides, outStrides, at(a), 0, at(out), (x, _, o) => {
      C[o] = f(A[x]);
    });
  },

  binary(op, shape, a, aStrides, b, bStrides, out, outStrides) {
    const f = binaryOps[op];
    const A = f32(a);
    const B = f32(b);
    const C = f32(out);
    walk(shape, aStrides, bStrides, outStrides, at(a), at(b), at(out), (x, y, o) => {
      C[o] = f(A[x], B[y]);
    });
  },

  copy(shape, a, aStrides, out, outStrides) {
    const A = i32(a);
    const C = i32(out);
    walk(shape, aStrides, aStrides, outStrides, at(a), 0, at(out), (x, _, o) => {
      C[o] = A[x];
    });
  },

  fill(n, value, out) {
    f32(out).fill(value, at(out), at(out) + n);
  },

  sum(outer, reduce, inner, a, out) {
    const A = f32(a);
    const C = f32(out);
    for (let o = 0; o < outer; o++) {
      const from = at(a) + o * reduce * inner;
      if (inner === 1) {
        C[at(out) + o] = laneSum(reduce, (r) => A[from + r]);
        continue;
      }
      for (let i = 0; i < inner; i++) {
        let total = 0;
        for (let r = 0; r < reduce; r++) total += A[from + r * inner + i];
        C[at(out) + o * inner + i] = total;
      }
    }
  },

  max(outer, reduce, inner, a, out, index) {
    const A = f32(a);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const from = at(a) + o * reduce * inner + i;
        let best = 0;
        for (let r = 1; r < reduce; r++) {
          const x = A[from + r * inner];
          const top = A[from + best * inner];
          if (x > top || (Number.isNaN(x) && !Number.isNaN(top))) best = r;
        }
        f32(out)[at(out) + o * inner + i] = A[from + best * inner];
        i32(index)[at(index) + o * inner + i] = best;
      }
    }
  },

  gatherRows(n, rows, width, tableRow, table, index, out) {
    const T = i32(table);
    const ix = i32(index);
    const bad = firstOutside(n, -rows, rows, ix, at(index));
    if (bad >= 0) return bad;
    for (let p = 0; p < n; p++) {
      const i = ix[at(index) + p];
      const from = at(table) + (i < 0 ? i + rows : i) * tableRow;
      for (let j = 0; j < width; j++) i32(out)[at(out) + p * width + j] = T[from + j];
    }
    return -1;
  },

  scatterAddRows(n, rows, width, a, index, table) {
    const T = f32(table);
    const ix = i32(index);
    const bad = firstOutside(n, -rows, rows, ix, at(index));
    if (bad >= 0) return bad;
    for (let p = 0; p < n; p++) {
      const i = ix[at(index) + p];
      const to = at(table) + (i < 0 ? i + rows : i) * width;
      for (let j = 0; j < width; j++) T[to + j] += f32(a)[at(a) + p * width + j];
    }
    return -1;
  },

  softmax(rows, cols, a, out, isLog) {
    const A = f32(a);
    const C = f32(out);
    for (let i = 0; i < rows; i++) {
      const from = at(a) + i * cols;
      const to = at(out) + i * cols;
      const [max, sum] = softmaxSums(A, from, cols);
      const logSum = log(sum);
      for (let j = 0; j < cols; j++) {
        const x = fround(A[from + j] - max);
        C[to + j] = isLog ? x - logSum : exp(x) / sum;
      }
    }
  },

  crossEntropy(rows, cols, logits, targets, scale, loss, grad) {
    const X = f32(logits);
    const bad = firstOutside(rows, 0, cols, i32(targets), at(targets));
    if (bad >= 0) return bad;
    for (let i = 0; i < rows; i++) {
      const from = at(logits) + i * cols;
      const to = at(grad) + i * cols;
      const target = i32(targets)[at(targets) + i];
      const [max, sum] = softmaxSums(X, from, cols);
      f32(loss)[at(loss) + i] = log(sum) - fround(X[from + target] - max);
      for (let j = 0; j < cols; j++) {
        const p = fround(exp(fround(X[from + j] - max)) / sum);
        f32(grad)[to + j] = fround(p - (j === target ? 1 : 0)) * fround(scale);
      }
    }
    return -1;
  },

  ...updates,

  linearCrossEntropy(rows, inner, cols, x, weight, bias, targets, loss, stats, spare) {
    const bad = firstOutside(rows, 0, cols, i32(targets), at(targets));
    if (bad >= 0) return bad;
    const logits = words(rows * cols);
    reference.gemm(rows, cols, inner, x, inner, 1, weight, cols, 1, bias, logits, cols, "none");
    for (let i = 0; i < rows; i++) {
      const from = at(logits) + i * cols;
      const [max, sum] = softmaxSums(f32(logits), from, cols);
      f32(loss)[at(loss) + i] =
        log(sum) - fround(f32(logits)[from + i32(targets)[at(targets) + i]] - max);
      f32(stats)[at(stats) + i] = max;
      f32(stats)[at(stats) + rows + i] = sum;
    }
    const kept = Math.min(rows, inner) * cols;
    if (spare !== null)
      f32(spare).set(f32(logits).subarray(at(logits), at(logits) + kept), at(spare));
    return -1;
  },

  linearCrossEntropyBackward(
    rows,
    inner,
    cols,
    x,
    weight,
    bias,
    targets,
    stats,
    _kept,
    scale,
    upstream,
    upstreamStride,
    gradX,
    gradWeight,
    gradBias,
  ) {
    const bad = firstOutside(rows, 0, cols, i32(targets), at(targets));
    if (bad >= 0) return bad;
    const g = words(rows * cols); // the logits, then their gradient
    reference.gemm(rows, cols, inner, x, inner, 1, weight, cols, 1, bias, g, cols, "none");
    for (let i = 0; i < rows; i++) {
      const [max, sum] = [f32(stats)[at(stats) + i], f32(stats)[at(stats) + rows + i]];
      const target = i32(targets)[at(targets) + i];
      const factor = f32(upstream)[at(upstream) + i * upstreamStride];
      for (let j = 0, p = at(g) + i * cols; j < cols; j++, p++) {
        const probability = fround(exp(fround(f32(g)[p] - max)) / sum);
        f32(g)[p] = fround(fround(probability - (j === target ? 1 : 0)) * fround(scale)) * factor;
      }
    }
    reference.gemm(rows, inner, cols, g, cols, 1, weight, 1, cols, null, gradX, inner, "none");
    reference.gemm(inner, cols, rows, x, 1, inner, g, cols, 1, null, gradWeight, cols, "none");
    reference.sum(1, rows, cols, g, gradBias);
    return -1;
  },
};
