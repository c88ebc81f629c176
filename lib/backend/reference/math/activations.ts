/**
 * The contract's logistic function and GELU, and GELU's gradients, in JavaScript; the native
 * kernels give the same bits. Every argument and result is a number that float32 represents;
 * operations that are not fma32 round to float32.
 *
 * - Sigmoid(x) = 1 / (1 + exp(-x))
 * - Gelu(x) = x * below(x), below(x) being the share of the normal distribution below x: for a =
 *   min(15, |x|), t = 1 / fma(a, 0.24, 1) and tail = (Horner(TAIL, t) by fma * t) * bell(a), it is
 *   tail where x < 0, else 1 - tail.
 * - Bell(a) = fma(e, r * -0.5, e), s = a*a, r = fma(a, a, -s), e = exp(s * -0.5): exp(-a^2 / 2)
 *   without the rounding of the square.
 * - GeluTanh(x) = x * share(x), share(x) = 1 / (1 + exp(x * fma(x*x, -SQUARE, -SLOPE))): PyTorch's
 *   approximation 0.5 x (1 + tanh(u)), u = sqrt(2/pi) (x + 0.044715 x^3), without the cancellation.
 */
import { exp } from "./float32.js";
import { fma32 } from "./fma.js";

const { abs, fround, max, min } = Math;

/**
 * The normal distribution's tail above a, divided by bell(a), is t * p(t), t = 1 / (1 + 0.24 a):
 * relative error 2.8e-8 up to a = 14.5 (beyond, bell is 0); lowest power first, all exact in
 * float32.
 */
const TAIL = [
  0.0957421287894249, 0.09585613757371902, 0.08894307911396027, 0.08772511780261993,
  0.028251532465219498, 0.1412888467311859, -0.14409378170967102, 0.20535892248153687,
  -0.12459004670381546, 0.025518052279949188,
] as const;
const SCALE = fround(0.24);
const FURTHEST = 15;
/** 1 / sqrt(2 pi) */
const DENSITY = 0.3989422917366028;

/** 2 sqrt(2/pi); that times 0.044715, and three times that */
const SLOPE = 1.5957691669464111;
const SQUARE = 0.07135481387376785;
const SQUARE_SLOPE = 0.21406444907188416;

const within = (x: number, most: number): number => max(-most, min(most, x));

export const sigmoid = (x: number): number => fround(1 / fround(1 + exp(-x)));

function bell(a: number): number {
  const square = fround(a * a);
  const rest = fma32(a, a, -square);
  const e = exp(fround(square * -0.5));
  return fma32(e, fround(rest * -0.5), e);
}

function below(x: number, a: number, bellOfA: number): number {
  const t = fround(1 / fma32(a, SCALE, 1));
  let q: number = TAIL[TAIL.length - 1];
  for (let i = TAIL.length - 2; i >= 0; i--) q = fma32(q, t, TAIL[i]);
  const tail = fround(fround(q * t) * bellOfA);
  return x < 0 ? tail : fround(1 - tail);
}

export function gelu(x: number): number {
  const a = min(FURTHEST, abs(x));
  return fround(x * below(x, a, bell(a)));
}

/** g * (below(x) + x * density(x)) */
export function geluBackward(g: number, x: number): number {
  const a = min(FURTHEST, abs(x));
  const b = bell(a);
  return fround(g * fma32(x, fround(b * DENSITY), below(x, a, b)));
}

const share = (x: number): number =>
  fround(1 / fround(1 + exp(fround(x * fma32(fround(x * x), -SQUARE, -SLOPE)))));

export const geluTanh = (x: number): number => fround(x * share(x));

/** g * (s + x * (s * (1 - s)) * slope(c)), c = x within 20, where s is 0 or 1 for good */
export function geluTanhBackward(g: number, x: number): number {
  const c = within(x, 20);
  const s = share(c);
  const slope = fma32(fround(c * c), SQUARE_SLOPE, SLOPE);
  return fround(g * fma32(x, fround(fround(s * fround(1 - s)) * slope), s));
}
