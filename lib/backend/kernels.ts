/**
 * THE kernel contract: every loop over numbers in the package, with its exact arithmetic.
 * kernel-table.ts lists the same arguments for all who must know them.
 *
 * `native.ts` and `reference/` implement it and give the same bits for every case, on every
 * instruction set and number of threads. All numbers are float32 (indices int32); "round" is
 * round-to-nearest-even to float32; `fma(a, b, c)` rounds a*b + c once; exp, log and tanh are those
 * of float32.ts.
 *
 * Conventions
 * - Offsets and strides count 32-bit words. An operand is a storage and an offset into it; a stride
 *   of 0 repeats.
 * - Where no strides are given the operand is contiguous. Outputs are never the same memory as
 *   inputs, unless elementwise and identically laid out.
 * - A kernel that takes indices or targets returns -1, or the position of the first one that is out
 *   of range; then nothing has been written.
 * - "Sixteen-lane sum" of x[0..n): double lane l adds x[l], x[l+16], ... in order; then lane i +=
 *   lane i+8, i+4, i+2, i+1 in double; the result is rounded once. An empty sum is 0.
 * - "Softmax sums" m and S of a row x: in each block b of SOFTMAX_BLOCK columns, m_b is the largest
 *   x (at least -3.4028235e38) and S_b the sixteen-lane sum of exp(x - m_b); m = max m_b, S = the
 *   sixteen-lane sum of S_b * exp(m_b - m) over the blocks (one block: S_b).
 */
import type { Storage } from "./storage.js";
import { COMPARISONS, ON_WORDS } from "./word-operations.js";

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

/** The position of a name is its number at the native border. */
export const UNARY = ["neg", "exp", "log", "tanh", "sqrt", "toFloat"] as const;
/**
 * neg, exp, log, tanh, sqrt (correctly rounded); toFloat converts int32 to float32, rounding to
 * nearest.
 */
export type UnaryOp = (typeof UNARY)[number];

export const BINARY = [
  "add",
  "sub",
  "mul",
  "div",
  "minimum",
  "tanhBackward",
  ...COMPARISONS,
  ...ON_WORDS,
] as const;
/**
 * IEEE operations; minimum(a, b) = a where a < b, NaN where either is, else b; tanhBackward(g, y) =
 * g * fma(-y, y, 1): the gradient of tanh from its output y; and those of word-operations.ts.
 */
export type BinaryOp = (typeof BINARY)[number];

export const ACTIVATION = ["none", "tanh"] as const;
export type Activation = (typeof ACTIVATION)[number];

/**
 * Columns of a softmax's row that are summed about one maximum (native/kernels/arguments.h has it
 * too).
 */
export const SOFTMAX_BLOCK = 512;

/**
 * out[i, j] = act(chain + bias[j]), chain = fma(A[i, k-1], B[k-1, j], ... fma(A[i, 0], B[0, j],
 * 0)): one chain per output, in order of k. A is [m, k], B is [k, n], both with any strides; bias
 * [n] (contiguous) or null; out rows are `outRow` apart, columns adjacent. With `y` (laid out as
 * out, without activation) out[i, j] is multiplied by fma(-y[i, j], y[i, j], 1): tanhBackward of
 * the product.
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
 * table[index[p], :] += a[p, :] for p = 0, 1, ..., in that order (round after each addition); -rows
 * <= index < 0 counts from the end.
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

/** The last layer under a loss: x [rows, inner], weight [inner, cols], bias [cols]. */
export interface LinearLayer {
  readonly rows: number;
  readonly inner: number;
  readonly cols: number;
  readonly x: Operand;
  readonly weight: Operand;
  readonly bias: Operand;
  readonly targets: Operand;
}

/**
 * The losses of crossEntropy for the logits x * weight + bias (gemm with a bias), which are never
 * in memory: x [rows, inner], weight [inner, cols], bias [cols], targets [rows], all contiguous.
 * loss [rows]; stats [2, rows] takes m, then S of each row. `spare` (null: none) is the memory for
 * the gradient of weight: its row i < min(rows, inner) takes the logits of example i, which saves
 * the backward pass work, on whatever backend and however many threads it runs.
 */
export interface LinearCrossEntropy extends LinearLayer {
  readonly loss: Operand;
  readonly stats: Operand;
  readonly spare: Operand | null;
}

/**
 * Its gradients: with g[i, j] = ((exp(x - m) / S - [j == target]) * scale) * upstream[i *
 * upstreamStride], the logits being computed again, gradX = g * weight^T and gradWeight = x^T * g
 * (gemm: one chain in order of cols, of rows), gradBias[j] = sum over i of g[i, j] (one double
 * chain, as sum). `kept`: gradWeight was `spare` of linearCrossEntropy on the same operands and has
 * not been written since.
 */
export interface LinearCrossEntropyBackward extends LinearLayer {
  readonly stats: Operand;
  readonly kept: boolean;
  readonly scale: number;
  readonly upstream: Operand;
  readonly upstreamStride: 0 | 1;
  readonly gradX: Operand;
  readonly gradWeight: Operand;
  readonly gradBias: Operand;
}
