/**
 * Fused multiply-add, a * b + c with a single rounding. PyTorch's CPU code is compiled with
 * hardware FMA, so its last bit shows; JavaScript has no such operation.
 */

/** float32: all three arguments must be float32 values. */
export function fma32(a: number, b: number, c: number): number {
  const product = a * b; // exact: 24 + 24 bits fit in 53
  // Rounded to double, and below to float32: twice, which errs only on a tie.
  const sum = product + c;
  const near = Math.fround(sum);
  const far = 2 * sum - near; // the float on the other side of `sum`, where that is a tie
  return Math.fround(far) === far && near !== sum ? breakTie(product, c, sum, near) : near;
}

/**
 * `sum` lies half-way between two floats: what the first rounding dropped says on which side the
 * true value is.
 */
function breakTie(product: number, c: number, sum: number, near: number): number {
  const t = sum - product;
  const dropped = product - (sum - t) + (c - t);
  // One double ulp to that side.
  return dropped === 0 ? near : Math.fround(sum + Math.sign(dropped) * Math.abs(sum) * 2 ** -53);
}

const double = new Float64Array(1);
// Little endian, like every machine Node runs on with SIMD kernels.
const halves = new Uint32Array(double.buffer);
const SPLITTER = 2 ** 27 + 1;

/**
 * float64, by exact product (Dekker 1971) and summation with rounding to odd (Boldo and Melquiond
 * 2008). Exact while the product stays within 2^-960 .. 2^990 in magnitude; outside, plain a * b +
 * c or its neighbour.
 */
export function fma64(a: number, b: number, c: number): number {
  const high = a * b;
  const aHigh = upperHalf(a);
  const aLow = a - aHigh;
  const bHigh = upperHalf(b);
  const bLow = b - bHigh;
  // High + low = a * b.
  const low = aLow * bLow - (high - aHigh * bHigh - aLow * bHigh - aHigh * bLow);

  const t = c + low;
  const tError = sumError(c, low, t);
  const v = high + t;
  const vError = sumError(high, t, v);
  const result = v + addToOdd(tError, vError);
  return Number.isFinite(result) ? result : a * b + c;
}

/** The upper 26 bits of x (Veltkamp). */
function upperHalf(x: number): number {
  const scaled = SPLITTER * x;
  return scaled - (scaled - x);
}

/** a + b - sum, exactly, for sum = the rounded a + b (Knuth's TwoSum). */
function sumError(a: number, b: number, sum: number): number {
  const t = sum - a;
  return a - (sum - t) + (b - t);
}

/**
 * a + b; of the two doubles around an inexact sum the one whose last bit is 1, so that a later
 * rounding sees no false tie.
 */
function addToOdd(a: number, b: number): number {
  const sum = a + b;
  const error = sumError(a, b, sum);
  if (error === 0) return sum;
  double[0] = sum;
  if ((halves[0] & 1) === 1) return sum;
  if (error > 0 === sum > 0) {
    halves[0] |= 1;
  } else {
    if (halves[0] === 0) halves[1] -= 1;
    halves[0] -= 1;
  }
  return double[0];
}
