/**
 * The elementwise operations of the kernel contract (kernels.ts): what `unary` and `binary`
 * compute, to the rounding. The position of a name in UNARY or BINARY is its number at the native
 * border.
 */

export const UNARY = [
  "neg",
  "exp",
  "log",
  "tanh",
  "sqrt",
  "toFloat",
  "abs",
  "sign",
  "relu",
  "sigmoid",
  "gelu",
  "geluTanh",
] as const;
/**
 * neg, exp, log, tanh, sqrt (correctly rounded); toFloat converts int32 to float32, rounding to
 * nearest; sign(a) = -1 or 1, 0 for zeros and NaN; relu(a) = 0 where a < 0, else a; sigmoid, gelu
 * and geluTanh of reference/math/activations.ts.
 */
export type UnaryOp = (typeof UNARY)[number];

/** Comparisons of float32: int32 words, 1 where they hold, else 0. */
export const COMPARISONS = ["equal", "notEqual", "less", "lessEqual"] as const;

/**
 * Operations on int32: arithmetic, which wraps; comparisons, which give 1 and 0; or(a, b) = a | b;
 * fromEnd(i, n) = i < 0 ? i + n : i. With a mask m of 1 and 0, of any words a: keep(m, a) = -m & a
 * is a where m is 1, else 0; drop(m, a) = (m - 1) & a is a where m is 0, else 0.
 */
export const ON_WORDS = [
  "intAdd",
  "intSub",
  "intMul",
  "intEqual",
  "intNotEqual",
  "intLess",
  "intLessEqual",
  "keep",
  "drop",
  "or",
  "fromEnd",
] as const;

export const BINARY = [
  "add",
  "sub",
  "mul",
  "div",
  "minimum",
  "tanhBackward",
  "maximum",
  "reluBackward",
  "sigmoidBackward",
  "geluBackward",
  "geluTanhBackward",
  "pow",
  "shareOfLarger",
  "gate",
  ...COMPARISONS,
  ...ON_WORDS,
] as const;
/**
 * IEEE operations, and pow of reference/math/power.ts.
 *
 * - minimum(a, b) = a where a < b, NaN where either is, else b; maximum(a, b) the same with a > b.
 * - Gradients: tanhBackward(g, y) = g * fma(-y, y, 1) and sigmoidBackward(g, y) = (g * (1 - y)) *
 *   y, from the output y; reluBackward(g, y) = 0 where y <= 0, else g; geluBackward and
 *   geluTanhBackward(g, x) of reference/math/activations.ts.
 * - shareOfLarger(a, b) = 0 where a < b, 0.5 where a == b, else 1; gate(g, w) = 0 where w is 0,
 *   else g * w.
 * - Those of COMPARISONS and ON_WORDS, above.
 */
export type BinaryOp = (typeof BINARY)[number];
