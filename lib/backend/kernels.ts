/**
 * THE kernel contract: every loop over numbers in the package, with its exact arithmetic.
 * kernel-table.ts lists the same arguments for all who must know them.
 *
 * `native.ts` and `reference/` implement it and give the same bits for every case, on every
 * instruction set and number of threads. All numbers are float32 (indices int32); "round" is
 * round-to-nearest-even to float32; `fma(a, b, c)` rounds a*b + c once; exp, log and tanh are those
 * of reference/math/float32.ts.
 *
 * Conventions
 * - Offsets and strides count 32-bit words. An operand is a storage and an offset into it; a stride
 *   of 0 repeats.
 * - Where no strides are given the operand is contiguous. Outputs are never the same memory as
 *   inputs, unless elementwise and identically laid out.
 * - A kernel that takes indices or targets returns -1, or the position of the first one that is out
 *   of range; then nothing has been written.
 * - "Sixteen-lane sum", "blocked sum" and "softmax sums" are those of sums.ts.
 */
import type { BinaryOp, UnaryOp } from "./operations.js";
import type { Storage } from "./storage.js";

export interface Operand {
  readonly storage: Storage;
  /** in words, from the start of the storage */
  readonly offset: number;
}
export type Dims = readonly number[];

/**
 * Elementwise kernels accept at most this many dimensions (callers merge dimensions that are
 * contiguous with each other).
 */
export const MAX_RANK = 8;

export type * from "./layers/fused-layers.js";
export type * from "./layers/shards.js";
export { BINARY, type BinaryOp, UNARY, type UnaryOp } from "./operations.js";

export const ACTIVATION = ["none", "tanh"] as const;
export type Activation = (typeof ACTIVATION)[number];

/**
 * out[i, j] = act(sum + bias[j]), sum being the blocked sum of the products A[i, p] * B[p, j] in
 * order of p: the bias is added once, to the complete sum, then the activation applied. A is [m,
 * k], B is [k, n], both with any strides; bias [n] (contiguous) or null; out rows are `outRow`
 * apart, columns adjacent. With `y` (laid out as out, without activation) out[i, j] is multiplied
 * by fma(-y[i, j], y[i, j], 1): tanhBackward of the product.
 */
export interface Gemm {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: Operand;
  readonly aRow: number;
  readonly aCol: number;
  readonly b: Operand;
  readonly bRow: number;
  readonly bCol: number;
  readonly bias: Operand | null;
  readonly out: Operand;
  readonly outRow: number;
  readonly activation: Activation;
  readonly y: Operand | null;
}

/** The product of row-major matrices, unless `given` says otherwise. */
export const rowMajorGemm = (
  given: Pick<Gemm, "m" | "n" | "k" | "a" | "b" | "out"> & Partial<Gemm>,
): Gemm => ({
  aRow: given.k,
  aCol: 1,
  bRow: given.n,
  bCol: 1,
  bias: null,
  outRow: given.n,
  activation: "none",
  y: null,
  ...given,
});

/** out[i...] = a[i...], any 32-bit words. */
export interface Copy {
  readonly shape: Dims;
  readonly a: Operand;
  readonly aStrides: Dims;
  readonly out: Operand;
  readonly outStrides: Dims;
}

/** out[i...] = op(a[i...]) */
export interface Unary extends Copy {
  readonly op: UnaryOp;
}

/** out[i...] = op(a[i...], b[i...]); broadcasting is a stride of 0. */
export interface Binary extends Copy {
  readonly op: BinaryOp;
  readonly b: Operand;
  readonly bStrides: Dims;
}

/** out[0..n) = value */
export interface Fill {
  readonly n: number;
  readonly value: number;
  readonly out: Operand;
}

/**
 * out[o, i] = sum over r of a[o, r, i]. inner == 1: the sixteen-lane sum of the row. inner > 1: one
 * double chain per output, in order of r from 0, rounded once.
 */
export interface Sum {
  readonly outer: number;
  readonly reduce: number;
  readonly inner: number;
  readonly a: Operand;
  readonly out: Operand;
}

/**
 * out[o, i] = the largest a[o, r, i], index[o, i] (int32) the first r that has it; the first NaN
 * wins. reduce >= 1.
 */
export interface Max extends Sum {
  readonly index: Operand;
}

/**
 * out[p, :] = table[index[p], :] for p < n; `table` is [rows, width] of any 32-bit words, its rows
 * `tableRow` apart (1: windows over one stream; 0 repeats). `fromEnd`: -rows <= index < 0 counts
 * from the end; otherwise it is out of range.
 */
export interface GatherRows {
  readonly n: number;
  readonly rows: number;
  readonly width: number;
  readonly tableRow: number;
  readonly table: Operand;
  readonly index: Operand;
  readonly fromEnd: boolean;
  readonly out: Operand;
}

/**
 * table[r, j] becomes the blocked sum of a[p, j] over the p for which index[p] is r, in order of p,
 * whose first block's chain begins with table[r, j] instead of 0; rows without such p are not
 * written. -rows <= index < 0 counts from the end.
 */
export interface ScatterAddRows {
  readonly n: number;
  readonly rows: number;
  readonly width: number;
  readonly a: Operand;
  readonly index: Operand;
  readonly table: Operand;
}

/**
 * Per row of [rows, cols], m and S being its softmax sums: exp(x - m) / S, or with `log` (x - m) -
 * log(S).
 */
export interface Softmax {
  readonly rows: number;
  readonly cols: number;
  readonly a: Operand;
  readonly out: Operand;
  readonly log: boolean;
}

/**
 * Fused forward and backward of cross-entropy over logits [rows, cols] and targets [rows] from 0 to
 * cols - 1, m and S as in softmax: loss[i] = log(S) - (x[target] - m); grad[i, j] = (exp(x - m) / S
 * - [j == target]) * scale. Finite wherever x - m is.
 */
export interface CrossEntropy {
  readonly rows: number;
  readonly cols: number;
  readonly logits: Operand;
  readonly targets: Operand;
  readonly scale: number;
  readonly loss: Operand;
  readonly grad: Operand;
}

/**
 * param[i] = param[i] + round(-rate * grad[i]) for i < n; `rate` is one number in memory. No fma:
 * PyTorch's `p += -lr * g`.
 */
export interface Sgd {
  readonly n: number;
  readonly param: Operand;
  readonly grad: Operand;
  readonly rate: Operand;
}

/**
 * SGD with momentum and weight decay; `scalars` are four numbers in memory: minusRate, momentum,
 * share (1 - dampening), weightDecay. For i < n, as `torch.optim.SGD` computes it on a CPU: g =
 * fma(weightDecay, param, grad); buf = fma(share, g, momentum * buf); d = nesterov ? fma(momentum,
 * buf, g) : buf; param = fma(minusRate, d, param). Without `buf` (null) nothing is kept: d = g.
 */
export interface SgdMomentum {
  readonly n: number;
  readonly param: Operand;
  readonly grad: Operand;
  readonly buf: Operand | null;
  readonly scalars: Operand;
  readonly nesterov: boolean;
}

/**
 * AdamW; `scalars` are seven numbers in memory: decay (1 - lr * weightDecay), share1 (1 - beta1),
 * beta2, share2 (1 - beta2), root (square root of the second bias correction), eps, minusStep (-lr
 * / first bias correction). For i < n, as `torch.optim.AdamW` computes it on a CPU: p = param *
 * decay; avg = fma(share1, grad - avg, avg); sq = sq * beta2 + (share2 * grad) * grad; param = p +
 * (minusStep * avg) / (sqrt(sq) / root + eps).
 */
export interface AdamW {
  readonly n: number;
  readonly param: Operand;
  readonly grad: Operand;
  readonly avg: Operand;
  readonly sq: Operand;
  readonly scalars: Operand;
}

/**
 * out[o, r, i] = the sum of a[o, r', i] over r' <= r (`reverse`: r' >= r): one double chain per o
 * and i from 0, in order of r (from the last one down), rounded at each r. `out` is as large as
 * `a`.
 */
export interface CumSum extends Sum {
  readonly reverse: boolean;
}
