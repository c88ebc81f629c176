/**
 * float32 arithmetic in JavaScript, to the bit: fused multiply-add and the contract's exp, tanh and log (see kernels.ts).
 * Every argument and result is a number that float32 represents.
 */
import { EXP, LN2_HI, LN2_LO, LOG, LOG2E } from "./kernels.js";

const { fround, abs } = Math;
const double = new Float64Array(1);
const doubleBits = new BigInt64Array(double.buffer);
const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);

/** round(a*b + c). The product is exact in double; the sum is not, and rounding it again is wrong only half-way between two floats. */
export function fma(a: number, b: number, c: number): number {
  const p = a * b;
  const s = p + c;
  const r = fround(s);
  const d = s - r;
  // s is half-way exactly when its mirror image around s is also a float.
  if (d !== 0 && fround(s + d) === s + d) return roundToOdd(p, c, s);
  return r;
}

/** Makes the inexact double s odd in its last bit, so that it is no tie and the second rounding sees what the first one dropped. */
function roundToOdd(p: number, c: number, s: number): number {
  const t = s - p;
  const e = p - (s - t) + (c - t);
  double[0] = s;
  if ((e > 0 || e < 0) && (doubleBits[0] & 1n) === 0n) doubleBits[0] += e > 0 === s > 0 ? 1n : -1n;
  return fround(double[0]);
}

/** 2^n for -126 <= n <= 127 */
function pow2(n: number): number {
  singleBits[0] = (n + 127) << 23;
  return single[0];
}

/** q(r) of exp(r) = 1 + r + r^2 q(r) */
function expTail(r: number): number {
  let q: number = EXP[EXP.length - 1];
  for (let i = EXP.length - 2; i >= 0; i--) q = fma(q, r, EXP[i]);
  return q;
}

/** 1.5 * 2^23: adding it rounds a float to an integer, half to even */
const ROUND = 12582912;

export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN;
  const c = x > 89 ? 89 : x < -104 ? -104 : x;
  const n = fma(c, LOG2E, ROUND) - ROUND;
  const r = fma(n, LN2_LO, fma(n, -LN2_HI, c));
  const y = fround(fma(expTail(r), fround(r * r), r) + 1);
  const half = n >> 1;
  return fround(fround(y * pow2(half)) * pow2(n - half));
}

export function tanh(x: number): number {
  if (Number.isNaN(x)) return NaN;
  const a = abs(x) > 10 ? 10 : abs(x);
  const t = a + a;
  const n = fma(t, LOG2E, ROUND) - ROUND;
  const r = fma(n, LN2_LO, fma(n, -LN2_HI, t));
  const p = fma(expTail(r), fround(r * r), r);
  const s = pow2(n);
  const e = fma(p, s, fround(s - 1));
  const y = fround(e / fround(e + 2));
  return x < 0 || Object.is(x, -0) ? -y : y;
}

export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  let e = -126;
  if (x < 1.1754943508222875e-38) {
    x *= 8388608;
    e -= 23;
  }
  single[0] = x;
  e += singleBits[0] >> 23;
  singleBits[0] = (singleBits[0] & 0x7fffff) | 0x3f000000;
  const m = single[0];
  let f: number;
  if (m < fround(0.70710677)) {
    e -= 1;
    f = fround(m + m - 1);
  } else f = fround(m - 1);
  const z = fround(f * f);
  let p: number = LOG[LOG.length - 1];
  for (let i = LOG.length - 2; i >= 0; i--) p = fma(p, f, LOG[i]);
  p = fround(fround(p * f) * z);
  p = fma(e, -LN2_LO, p);
  p = fma(z, -0.5, p);
  return fma(e, LN2_HI, fround(p + f));
}
