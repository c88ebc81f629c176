/**
 * THE kernel contract: every loop over numbers in the package, with its exact arithmetic.
 *
 * `native.ts` and `reference.ts` implement it and give the same bits for every case, on every
 * instruction set and number of threads. All numbers are float32 (indices int32); "round" is
 * round-to-nearest-even to float32; `fma(a, b, c)` rounds a*b + c once.
 *
 * Conventions
 * - Offsets and strides count 32-bit words. An operand is a storage and an offset into it; a stride
 *   of 0 repeats.
 * - Where no strides are given the operand is contiguous. Outputs are never the same memory as
 *   inputs, unless elementwise and identically laid out.
 * - "Sixteen-lane sum" of x[0..n): double lane l adds x[l], x[l+16], ... in order; then lane i +=
 *   lane i+8, i+4, i+2, i+1 in double; the result is rounded once. An empty sum is 0.
 * - "Softmax sums" m and S of a row x: in each block b of SOFTMAX_BLOCK columns, m_b is the largest
 *   x (at least -3.4028235e38) and S_b the sixteen-lane sum of exp(x - m_b); m = max m_b, S = the
 *   sixteen-lane sum of S_b * exp(m_b - m) over the blocks (one block: S_b).
 *
 * The functions
 * - exp(x):   c = x clamped to [-104, 89] (NaN stays); t = fma(c, LOG2E, 12582912); n = t -
 *   12582912; r = fma(n, -LN2_HI, c); r = fma(n, LN2_LO, r); q = Horner(EXP, r) by fma; y = fma(q,
 *   r*r, r) + 1; (y * 2^(n>>1)) * 2^(n - (n>>1)).
 * - tanh(x):  a = min(10, |x|) (NaN stays); t = a + a; n, r, q as in exp; p = fma(q, r*r, r); s =
 *   2^n; e = fma(p, s, s - 1); e / (e + 2) with the sign of x.
 * - log(x):   subnormals are first multiplied by 2^23 (and 23 taken from the exponent); x = m * 2^e
 *   with m in [0.5, 1); if m < 0.70710677: e -= 1, f = (m + m) - 1, else f = m - 1; z = f*f; p =
 *   (Horner(LOG, f) * f) * z; p = fma(e, -LN2_LO, p); p = fma(z, -0.5, p); p = p + f; fma(e,
 *   LN2_HI, p). log(0) = -inf, log(x < 0) = NaN, log(inf) = inf.
 */
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

/** The position of a name is its number at the native border. */
export const UNARY = ["neg", "exp", "log", "tanh", "sqrt", "toFloat"] as const;
/**
 * neg, exp, log, tanh, sqrt (correctly rounded); toFloat converts int32 to float32, rounding to
 * nearest.
 */
export type UnaryOp = (typeof UNARY)[number];

export const BINARY = ["add", "sub", "mul", "div", "minimum", "tanhBackward"] as const;
/**
 * IEEE operations; minimum(a, b) = a where a < b, NaN where either is, else b; and tanhBackward(g,
 * y) = g * fma(-y, y, 1): the gradient of tanh from its output y.
 */
export type BinaryOp = (typeof BINARY)[number];

export const ACTIVATION = ["none", "tanh"] as const;
export type Activation = (typeof ACTIVATION)[number];

export const LN2_HI = 0.693359375;
export const LN2_LO = 2.1219444170128554e-4; // LN2_HI - LN2_LO = ln 2
export const LOG2E = 1.4426950216293335;
/**
 * exp(r) ~ 1 + r + r^2 * q(r) on |r| <= ln(2)/2, relative error 3.1e-9; lowest power first, all
 * exact in float32.
 */
export const EXP = [
  0.4999999403953552, 0.1666651964187622, 0.04166839271783829, 0.00836878176778555,
  0.0013814459089189768,
] as const;
/**
 * log(1+f) ~ f - f^2/2 + f^3 * p(f) on [sqrt(1/2)-1, sqrt(2)-1], relative error 7.5e-10; lowest
 * power first.
 */
export const LOG = [
  0.3333331346511841, -0.25000008940696716, 0.2000211924314499, -0.16667994856834412,
  0.1421954482793808, -0.12405593693256378, 0.11888221651315689, -0.11675648391246796,
  0.06746508926153183,
] as const;

/**
 * Columns of a softmax's row that are summed about one maximum (native/kernels/arguments.h has it
 * too).
 */
export const SOFTMAX_BLOCK = 512;

export interface Kernels {
  readonly name: "native" | "reference";

  /**
   * out[i, j] = act(chain + bias[j]), chain = fma(A[i, k-1], B[k-1, j], ... fma(A[i, 0], B[0, j],
   * 0)): one chain per output, in order of k. A is [m, k], B is [k, n], both with any strides; bias
   * [n] (contiguous) or null; out rows are `outRow` apart, columns adjacent. With `y` (laid out as
   * out, without activation) out[i, j] is multiplied by fma(-y[i, j], y[i, j], 1): tanhBackward of
   * the product.
   */
  gemm(
    m: number,
    n: number,
    k: number,
    a: Operand,
    aRow: number,
    aCol: number,
    b: Operand,
    bRow: number,
    bCol: number,
    bias: Operand | null,
    out: Operand,
    outRow: number,
    activation: Activation,
    y?: Operand,
  ): void;

  /** out[i...] = op(a[i...]) */
  unary(op: UnaryOp, shape: Dims, a: Operand, aStrides: Dims, out: Operand, outStrides: Dims): void;

  /** out[i...] = op(a[i...], b[i...]); broadcasting is a stride of 0. */
  binary(
    op: BinaryOp,
    shape: Dims,
    a: Operand,
    aStrides: Dims,
    b: Operand,
    bStrides: Dims,
    out: Operand,
    outStrides: Dims,
  ): void;

  /** out[i...] = a[i...], any 32-bit words. */
  copy(shape: Dims, a: Operand, aStrides: Dims, out: Operand, outStrides: Dims): void;

  /** out[0..n) = value */
  fill(n: number, value: number, out: Operand): void;

  /**
   * out[o, i] = sum over r of a[o, r, i]. inner == 1: the sixteen-lane sum of the row. inner > 1:
   * one double chain per output, in order of r from 0, rounded once.
   */
  sum(outer: number, reduce: number, inner: number, a: Operand, out: Operand): void;

  /**
   * out[o, i] = the largest a[o, r, i], index[o, i] (int32) the first r that has it; the first NaN
   * wins. reduce >= 1.
   */
  max(outer: number, reduce: number, inner: number, a: Operand, out: Operand, index: Operand): void;

  /**
   * out[p, :] = table[index[p], :] for p < n; `table` is [rows, width] of any 32-bit words, its
   * rows `tableRow` apart (1: windows over one stream; 0 repeats), index int32; -rows <= index < 0
   * counts from the end. Returns -1, or the first p whose index is out of range; then nothing has
   * been written.
   */
  gatherRows(
    n: number,
    rows: number,
    width: number,
    tableRow: number,
    table: Operand,
    index: Operand,
    out: Operand,
  ): number;

  /**
   * table[index[p], :] += a[p, :] for p = 0, 1, ..., in that order (round after each addition).
   * Returns as gatherRows.
   */
  scatterAddRows(
    n: number,
    rows: number,
    width: number,
    a: Operand,
    index: Operand,
    table: Operand,
  ): number;

  /**
   * Per row of [rows, cols], m and S being its softmax sums: exp(x - m) / S, or with `log` (x - m)
   * - log(S).
   */
  softmax(rows: number, cols: number, a: Operand, out: Operand, log: boolean): void;

  /**
   * Fused forward and backward of cross-entropy over logits [rows, cols] and int32 targets [rows],
   * m and S as in softmax: loss[i] = log(S) - (x[target] - m); grad[i, j] = (exp(x - m) / S - [j ==
   * target]) * scale. Finite wherever x - m is. Returns -1, or the first row whose target is
   * outside 0..cols-1; then nothing has been written.
   */
  crossEntropy(
    rows: number,
    cols: number,
    logits: Operand,
    targets: Operand,
    scale: number,
    loss: Operand,
    grad: Operand,
  ): number;

  /**
   * param[i] = param[i] + round(-rate * grad[i]) for i < n; `rate` is one number in memory. No fma:
   * PyTorch's `p += -lr * g`.
   */
  sgd(n: number, param: Operand, grad: Operand, rate: Operand): void;

  /**
   * SGD with momentum and weight decay; `scalars` are four numbers in memory: minusRate, momentum,
   * share (1 - dampening), weightDecay. For i < n, as `torch.optim.SGD` computes it on a CPU: g =
   * fma(weightDecay, param, grad); buf = fma(share, g, momentum * buf); d = nesterov ?
   * fma(momentum, buf, g) : buf; param = fma(minusRate, d, param). Without `buf` (null) nothing is
   * kept: d = g.
   */
  sgdMomentum(
    n: number,
    param: Operand,
    grad: Operand,
    buf: Operand | null,
    scalars: Operand,
    nesterov: boolean,
  ): void;

  /**
   * AdamW; `scalars` are seven numbers in memory: decay (1 - lr * weightDecay), share1 (1 - beta1),
   * beta2, share2 (1 - beta2), root (square root of the second bias correction), eps, minusStep
   * (-lr / first bias correction). For i < n, as `torch.optim.AdamW` computes it on a CPU: p =
   * param * decay; avg = fma(share1, grad - avg, avg); sq = sq * beta2 + (share2 * grad) * grad;
   * param = p + (minusStep * avg) / (sqrt(sq) / root + eps).
   */
  adamw(
    n: number,
    param: Operand,
    grad: Operand,
    avg: Operand,
    sq: Operand,
    scalars: Operand,
  ): void;

  /**
   * The losses of crossEntropy for the logits x * weight + bias (gemm with a bias), which are never
   * in memory: x [rows, inner], weight [inner, cols], bias [cols], targets int32 [rows], all
   * contiguous. loss [rows]; stats [2, rows] takes m, then S of each row. `spare` (null: none) is
   * the memory for the gradient of weight: its row i < min(rows, inner) takes the logits of example
   * i, which saves the backward pass work, on whatever backend and however many threads it runs.
   * Returns as crossEntropy.
   */
  linearCrossEntropy(
    rows: number,
    inner: number,
    cols: number,
    x: Operand,
    weight: Operand,
    bias: Operand,
    targets: Operand,
    loss: Operand,
    stats: Operand,
    spare: Operand | null,
  ): number;

  /**
   * Its gradients: with g[i, j] = ((exp(x - m) / S - [j == target]) * scale) * upstream[i *
   * upstreamStride], the logits being computed again, gradX = g * weight^T and gradWeight = x^T * g
   * (gemm: one chain in order of cols, of rows), gradBias[j] = sum over i of g[i, j] (one double
   * chain, as sum). `kept`: gradWeight was `spare` of linearCrossEntropy on the same operands and
   * has not been written since.
   */
  linearCrossEntropyBackward(
    rows: number,
    inner: number,
    cols: number,
    x: Operand,
    weight: Operand,
    bias: Operand,
    targets: Operand,
    stats: Operand,
    kept: boolean,
    scale: number,
    upstream: Operand,
    upstreamStride: 0 | 1,
    gradX: Operand,
    gradWeight: Operand,
    gradBias: Operand,
  ): number;
}
