/**
 * The kernel contract in plain TypeScript: what each native kernel computes, written to be read. It is the tests' oracle, the backend
 * where no binary loads, and the "pure JavaScript" side of the benchmark. The bits are the native ones (see kernels.ts).
 */
import { exp, log, tanh } from "./float32.js";
import { fma32 } from "./fma.js";
import type { BinaryOp, Dims, Kernels, Operand, UnaryOp } from "./kernels.js";

const { fround, sqrt } = Math;

const f32 = (x: Operand) => x.storage.slab.f32;
const i32 = (x: Operand) => x.storage.slab.i32;
/** Index of the operand's first word in its slab. */
const at = (x: Operand) => x.storage.start + x.offset;

const unaryOps: Record<UnaryOp, (x: number) => number> = { neg: (x) => -x, exp, log, tanh, sqrt: (x) => fround(sqrt(x)), toFloat: fround };

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
  shape: Dims, aStrides: Dims, bStrides: Dims, outStrides: Dims, a: number, b: number, out: number,
  visit: (a: number, b: number, out: number) => void, dim = 0,
): void {
  if (dim === shape.length) visit(a, b, out);
  else for (let i = 0; i < shape[dim]; i++) {
    walk(shape, aStrides, bStrides, outStrides, a, b, out, visit, dim + 1);
    a += aStrides[dim];
    b += bStrides[dim];
    out += outStrides[dim];
  }
}

const lanes = new Float64Array(16);

/** The contract's sixteen-lane sum of value(0), ..., value(n-1). */
function laneSum(n: number, value: (i: number) => number): number {
  lanes.fill(0);
  for (let i = 0; i < n; i++) lanes[i & 15] += value(i);
  for (let half = 8; half > 0; half >>= 1) for (let i = 0; i < half; i++) lanes[i] += lanes[i + half];
  return fround(lanes[0]);
}

/** max(x) and round(sum of exp(x - max)) of a row. */
function softmaxSums(x: Float32Array, from: number, cols: number): [max: number, sum: number] {
  let max = -Infinity;
  for (let j = 0; j < cols; j++) if (x[from + j] > max) max = x[from + j];
  return [max, laneSum(cols, (j) => exp(fround(x[from + j] - max)))];
}

/** Position of the first index outside [low, rows), or -1. */
function firstOutside(n: number, low: number, rows: number, index: Int32Array, from: number): number {
  for (let p = 0; p < n; p++) if (index[from + p] < low || index[from + p] >= rows) return p;
  return -1;
}

export const reference: Kernels = {
  name: "reference",

  gemm(m, n, k, a, aRow, aCol, b, bRow, bCol, bias, out, outRow, activation) {
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

  gatherRows(n, rows, width, table, index, out) {
    const T = i32(table);
    const ix = i32(index);
    const bad = firstOutside(n, -rows, rows, ix, at(index));
    if (bad >= 0) return bad;
    for (let p = 0; p < n; p++) {
      const i = ix[at(index) + p];
      const from = at(table) + (i < 0 ? i + rows : i) * width;
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

  sgd(n, param, grad, rate) {
    const P = f32(param);
    const G = f32(grad);
    const minusRate = -f32(rate)[at(rate)];
    for (let i = 0; i < n; i++) P[at(param) + i] += fround(minusRate * G[at(grad) + i]);
  },

  sgdMomentum(n, param, grad, buf, scalars, nesterov) {
    const [P, G, B] = [f32(param), f32(grad), f32(buf)];
    const [minusRate, momentum, share, weightDecay] = f32(scalars).subarray(at(scalars), at(scalars) + 4);
    for (let i = 0; i < n; i++) {
      const p = P[at(param) + i];
      const g = fma32(weightDecay, p, G[at(grad) + i]);
      const b = fma32(share, g, fround(momentum * B[at(buf) + i]));
      B[at(buf) + i] = b;
      P[at(param) + i] = fma32(minusRate, nesterov ? fma32(momentum, b, g) : b, p);
    }
  },

  adamw(n, param, grad, avg, sq, scalars) {
    const [P, G, M, S] = [f32(param), f32(grad), f32(avg), f32(sq)];
    const [decay, share1, beta2, share2, root, eps, minusStep] = f32(scalars).subarray(at(scalars), at(scalars) + 7);
    for (let i = 0; i < n; i++) {
      const g = G[at(grad) + i];
      const m = M[at(avg) + i];
      const mean = fma32(share1, fround(g - m), m);
      const square = fround(fround(S[at(sq) + i] * beta2) + fround(fround(share2 * g) * g));
      const scale = fround(fround(fround(sqrt(square)) / root) + eps);
      M[at(avg) + i] = mean;
      S[at(sq) + i] = square;
      P[at(param) + i] = fround(P[at(param) + i] * decay) + fround(fround(minusStep * mean) / scale);
    }
  },
};
