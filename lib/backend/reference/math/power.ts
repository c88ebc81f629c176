/**
 * The contract's pow in JavaScript; the native kernels give the same bits. Every argument and
 * result is a number that float32 represents; operations that are not fma32 round to float32.
 *
 * Special cases are those of IEEE 754: pow(a, 0) = pow(1, b) = 1 even for NaN. Otherwise |a|^b =
 * exp(b * log|a|) with the logarithm and the product as sums of two floats, so that large exponents
 * cost no precision; negative where a is and b is odd, NaN where a < 0 is finite and b is no whole
 * number.
 */
import { expOfSum, LN2_HI, LN2_LO, logParts } from "./float32.js";
import { fma32 } from "./fma.js";

const { abs, fround } = Math;

/** 2/11, 2/9, ..., 2/3: log((1 + s) / (1 - s)) = 2s + s^3 (2/3 + 2/5 s^2 + ...) */
const ATANH = [2 / 11, 2 / 9, 2 / 7, 2 / 5, 2 / 3].map(fround);

/** The natural logarithm of x > 0 as high + low. */
function preciseLog(x: number): { high: number; low: number } {
  const { e, f } = logParts(x);
  const d = fround(2 + f);
  const dRest = fround(f - fround(d - 2));
  const s = fround(f / d);
  const rest = fround(fma32(-s, dRest, fma32(-s, d, f)) / d);
  const z = fround(s * s);
  let p = ATANH[0];
  for (const c of ATANH.slice(1)) p = fma32(p, z, c);
  const tail = fma32(s, fround(z * p), fround(rest + rest));
  const first = e * LN2_HI; // exact
  const second = s + s;
  const sum = fround(first + second);
  const error = fround(second - fround(sum - first)); // exact: |first| > |second| or first is 0
  const lower = fround(error + fma32(e, -LN2_LO, tail));
  const high = fround(sum + lower);
  return { high, low: fround(lower - fround(high - sum)) };
}

/** x ** b for x >= 0 */
function positivePower(x: number, b: number): number {
  if (x === 0) return b < 0 ? Infinity : 0;
  if (x === Infinity) return b < 0 ? 0 : Infinity;
  if (x === 1) return 1;
  const { high, low } = preciseLog(x);
  const product = fround(b * high);
  return expOfSum(product, fround(fma32(b, high, -product) + fround(b * low)));
}

const isWhole = (b: number): boolean => Number.isInteger(b) || abs(b) === Infinity;

export function pow(a: number, b: number): number {
  if (b === 0 || a === 1) return 1;
  if (Number.isNaN(a) || Number.isNaN(b)) return NaN;
  const y = positivePower(abs(a), b);
  if (a > 0 || Object.is(a, 0)) return y;
  if (isWhole(b)) return isWhole(b / 2) ? y : -y;
  return a === 0 || a === -Infinity ? y : NaN;
}
