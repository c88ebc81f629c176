import { ValueError } from "../errors.js";
import { fma32, fma64 } from "../backend/reference/math/fma.js";
import type { MT19937 } from "./mt19937.js";
import { fillRand, unit53 } from "./uniform.js";

/**
 * The engine and the second normal of an odd small draw: it belongs to the generator and waits for
 * the next one.
 */
export interface NormalSource {
  readonly engine: MT19937;
  cachedNormal: number | undefined;
}

/**
 * PyTorch transforms arrays of at least this length in blocks of this length, shorter ones value by
 * value.
 */
const BLOCK = 16;

/** `Tensor.normal_(mean, std)` of a contiguous tensor: Box and Muller (1958). */
export function fillNormal(
  out: Float32Array,
  source: NormalSource,
  mean: number,
  std: number,
): void {
  if (!(std >= 0)) throw new ValueError(`normal: expected std of 0 or more, got ${std}`);
  if (out.length < BLOCK) {
    for (let i = 0; i < out.length; i++) out[i] = fma64(nextNormal(source), std, mean);
    return;
  }
  fillRand(out, source.engine);
  const whole = out.length - (out.length % BLOCK);
  const [m, s] = [f32(mean), f32(std)];
  transformBlocks(out.subarray(0, whole), m, s);
  if (whole < out.length) {
    // The tail is the last 16 values drawn anew, over a part of the finished block before them.
    const tail = out.subarray(out.length - BLOCK);
    fillRand(tail, source.engine);
    transformBlocks(tail, m, s);
  }
}

/**
 * One standard normal in double: the first uniform is the angle, the second the radius; cosine now,
 * sine next time.
 */
function nextNormal(source: NormalSource): number {
  const cached = source.cachedNormal;
  if (cached !== undefined) {
    source.cachedNormal = undefined;
    return cached;
  }
  const theta = 2 * Math.PI * unit53(source.engine);
  const radius = Math.sqrt(-2 * Math.log1p(-unit53(source.engine)));
  source.cachedNormal = radius * Math.sin(theta);
  return radius * Math.cos(theta);
}

/**
 * Turns uniforms into normals, 16 at a time: value j of a block is the radius and value j + 8 the
 * angle of one pair.
 */
function transformBlocks(x: Float32Array, mean: number, std: number): void {
  for (let block = 0; block < x.length; block += BLOCK) {
    for (let j = block; j < block + BLOCK / 2; j++) boxMuller(x, j, mean, std);
  }
}

// PyTorch's vector code evaluates the single-precision polynomials of Cephes
// (Moshier) with fused multiply-adds; every operation below is the one it does, rounded where it
// rounds. Hex is the float32 bit pattern.

const f32 = Math.fround;
const TWO_PI = f32(2 * Math.PI); // 40c90fdb
const FOUR_OVER_PI = f32(1.27323954473516); // 3fa2f983

// pi/4 in three parts, so that theta - j * pi/4 loses nothing
const PI_4_HIGH = f32(-0.78515625); // bf490000
const PI_4_MIDDLE = f32(-2.4187564849853516e-4); // b97da000
const PI_4_LOW = f32(-3.774894977e-8); // b3222169

// 37ccf5ce bab6061a 3d2aaaa5.
const COS = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(f32);
// B94ca1f9 3c08839e be2aaaa3.
const SIN = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(f32);
const [COS_0, COS_1, COS_2] = COS;
const [SIN_0, SIN_1, SIN_2] = SIN;

function boxMuller(x: Float32Array, j: number, mean: number, std: number): void {
  const radius = f32(Math.sqrt(f32(-2 * log32(f32(1 - x[j])))));
  const theta = f32(TWO_PI * x[j + BLOCK / 2]);

  // r = theta minus the nearest even multiple of pi/4, |r| <= pi/4
  const octant = (Math.trunc(f32(theta * FOUR_OVER_PI)) + 1) & ~1;
  let r = fma32(octant, PI_4_HIGH, theta);
  r = fma32(octant, PI_4_MIDDLE, r);
  r = fma32(octant, PI_4_LOW, r);
  const z = f32(r * r);

  let c = fma32(COS_0, z, COS_1);
  c = fma32(c, z, COS_2);
  c = fma32(f32(c * z), z, -f32(z * 0.5));
  c = f32(c + 1);
  let s = fma32(SIN_0, z, SIN_1);
  s = fma32(s, z, SIN_2);
  s = fma32(f32(s * z), r, r);

  const swap = (octant & 2) !== 0;
  const sine = (octant & 4) !== 0 ? -(swap ? c : s) : swap ? c : s;
  const cosine = ((octant - 2) & 4) === 0 ? -(swap ? s : c) : swap ? s : c;
  x[j] = fma32(f32(radius * cosine), std, mean);
  x[j + BLOCK / 2] = fma32(f32(radius * sine), std, mean);
}

const SQRT_HALF = f32(0.70710677); // 3f3504f3
const LN2_HIGH = f32(0.693359375); // 3f318000
const LN2_LOW = f32(-2.1219444e-4); // b95e8083
const [LOG_0, LOG_1, LOG_2, LOG_3, LOG_4, LOG_5, LOG_6, LOG_7, LOG_8] = [
  7.0376836292e-2, // 3d9021bb
  -1.151461031e-1, // bdebd1b8
  1.167699874e-1, // 3def251a
  -1.2420140846e-1, // bdfe5d4f
  1.4249322787e-1, // 3e11e9bf
  -1.6668057665e-1, // be2aae50
  2.0000714765e-1, // 3e4cceac
  -2.4999993993e-1, // be7ffffc
  3.3333331174e-1, // 3eaaaaaa
].map(f32);

const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);

/**
 * Natural logarithm of a float32 u in [2^-24, 1]: u = 2^e * (1 + t), with 1 + t within sqrt(2) of
 * 1.
 */
function log32(u: number): number {
  single[0] = u;
  let e = (singleBits[0] >> 23) - 126;
  singleBits[0] = (singleBits[0] & 0x7fffff) | 0x3f000000;
  const mantissa = single[0]; // [0.5, 1)
  let t = f32(mantissa - 1);
  if (mantissa < SQRT_HALF) {
    e -= 1;
    t = f32(t + mantissa);
  }
  const z = f32(t * t);
  let y = fma32(LOG_0, t, LOG_1);
  y = fma32(y, t, LOG_2);
  y = fma32(y, t, LOG_3);
  y = fma32(y, t, LOG_4);
  y = fma32(y, t, LOG_5);
  y = fma32(y, t, LOG_6);
  y = fma32(y, t, LOG_7);
  y = fma32(y, t, LOG_8);
  y = fma32(f32(y * t), z, f32(e * LN2_LOW));
  y = fma32(-z, 0.5, y);
  return fma32(e, LN2_HIGH, f32(t + y));
}
