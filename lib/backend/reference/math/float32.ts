/**
 * The contract's exp, tanh and log in JavaScript; the native kernels give the same bits. Every
 * argument and result is a number that float32 represents.
 *
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
import { fma32 } from "./fma.js";

export const LN2_HI = 0.693359375;
export const LN2_LO = 2.1219444170128554e-4; // LN2_HI - LN2_LO = ln 2
const LOG2E = 1.4426950216293335;
/**
 * exp(r) ~ 1 + r + r^2 * q(r) on |r| <= ln(2)/2, relative error 3.1e-9; lowest power first, all
 * exact in float32.
 */
const EXP = [
  0.4999999403953552, 0.1666651964187622, 0.04166839271783829, 0.00836878176778555,
  0.0013814459089189768,
] as const;
/**
 * log(1+f) ~ f - f^2/2 + f^3 * p(f) on [sqrt(1/2)-1, sqrt(2)-1], relative error 7.5e-10; lowest
 * power first.
 */
const LOG = [
  0.3333331346511841, -0.25000008940696716, 0.2000211924314499, -0.16667994856834412,
  0.1421954482793808, -0.12405593693256378, 0.11888221651315689, -0.11675648391246796,
  0.06746508926153183,
] as const;

const { abs, fround, max, min } = Math;
const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);

/** 2^n for -126 <= n <= 127 */
function pow2(n: number): number {
  singleBits[0] = (n + 127) << 23;
  return single[0];
}

/** 1.5 * 2^23: adding it rounds a float to an integer, half to even */
const ROUND = 12582912;

/** x = n ln(2) + r, |r| <= ln(2)/2 */
function expArgument(x: number): { n: number; r: number } {
  const n = fma32(x, LOG2E, ROUND) - ROUND;
  return { n, r: fma32(n, LN2_LO, fma32(n, -LN2_HI, x)) };
}

/** exp(r) - 1 = r + r^2 q(r) */
function expLess1(r: number): number {
  let q: number = EXP[EXP.length - 1];
  for (let i = EXP.length - 2; i >= 0; i--) q = fma32(q, r, EXP[i]);
  return fma32(q, fround(r * r), r);
}

export const exp = (x: number): number => expOfSum(x, 0);

/** exp(x + low) for |low| far below 1, which is added to r. */
export function expOfSum(x: number, low: number): number {
  if (Number.isNaN(x)) return NaN;
  const c = min(89, max(-104, x));
  const { n, r } = expArgument(c);
  const y = fround(expLess1(fround(r + (c === x ? low : 0))) + 1);
  const half = n >> 1;
  return fround(fround(y * pow2(half)) * pow2(n - half));
}

export function tanh(x: number): number {
  if (Number.isNaN(x)) return NaN;
  const a = min(10, abs(x));
  const { n, r } = expArgument(a + a);
  const s = pow2(n);
  const e = fma32(expLess1(r), s, fround(s - 1));
  const y = fround(e / fround(e + 2));
  return x < 0 || Object.is(x, -0) ? -y : y;
}

/** x = (1 + f) * 2^e for x > 0, 1 + f from sqrt(1/2) to sqrt(2) */
export function logParts(x: number): { e: number; f: number } {
  let e = -126;
  if (x < 1.1754943508222875e-38) {
    x *= 8388608;
    e -= 23;
  }
  single[0] = x;
  e += singleBits[0] >> 23;
  singleBits[0] = (singleBits[0] & 0x7fffff) | 0x3f000000;
  const m = single[0];
  return m < fround(0.70710677) ? { e: e - 1, f: fround(m + m - 1) } : { e, f: fround(m - 1) };
}

export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const { e, f } = logParts(x);
  const z = fround(f * f);
  let p: number = LOG[LOG.length - 1];
  for (let i = LOG.length - 2; i >= 0; i--) p = fma32(p, f, LOG[i]);
  p = fround(fround(p * f) * z);
  p = fma32(e, -LN2_LO, p);
  p = fma32(z, -0.5, p);
  return fma32(e, LN2_HI, fround(p + f));
}
