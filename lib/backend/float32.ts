/**
 * The contract's exp, tanh and log (kernels.ts) in JavaScript, to the bit.
 * Every argument and result is a number that float32 represents.
 */
import { fma32 } from "./fma.js";
import { EXP, LN2_HI, LN2_LO, LOG, LOG2E } from "./kernels.js";

const { abs, fround, max, min } = Math;
const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);

/** 2^n for -126 <= n <= 127 */
function pow2(n: number): number {
  singleBits[0] = (n + 127) << 23;
  return single[0];
}

/** q(r) of exp(r) = 1 + r + r^2 q(r) */
function expTail(r: number): number {
  let q: number = EXP[EXP.length - 1];
  for (let i = EXP.length - 2; i >= 0; i--) q = fma32(q, r, EXP[i]);
  return q;
}

/** 1.5 * 2^23: adding it rounds a float to an integer, half to even */
const ROUND = 12582912;

export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN;
  const c = min(89, max(-104, x));
  const n = fma32(c, LOG2E, ROUND) - ROUND;
  const r = fma32(n, LN2_LO, fma32(n, -LN2_HI, c));
  const y = fround(fma32(expTail(r), fround(r * r), r) + 1);
  const half = n >> 1;
  return fround(fround(y * pow2(half)) * pow2(n - half));
}

export function tanh(x: number): number {
  if (Number.isNaN(x)) return NaN;
  const a = min(10, abs(x));
  const t = a + a;
  const n = fma32(t, LOG2E, ROUND) - ROUND;
  const r = fma32(n, LN2_LO, fma32(n, -LN2_HI, t));
  const p = fma32(expTail(r), fround(r * r), r);
  const s = pow2(n);
  const e = fma32(p, s, fround(s - 1));
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
  for (let i = LOG.length - 2; i >= 0; i--) p = fma32(p, f, LOG[i]);
  p = fround(fround(p * f) * z);
  p = fma32(e, -LN2_LO, p);
  p = fma32(z, -0.5, p);
  return fma32(e, LN2_HI, fround(p + f));
}
