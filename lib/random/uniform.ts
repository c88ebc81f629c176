import { checkMemory, checkNumber, refuse } from "../check.js";
import { ValueError } from "../errors.js";
import { fma32, fma64 } from "../backend/reference/fma.js";
import { isFloat32Array, isFloat64Array } from "../typed-arrays.js";
import type { MT19937 } from "./mt19937.js";

/**
 * What the distributions fill: the element type decides the arithmetic, as a tensor's dtype does in
 * PyTorch.
 */
export type FloatArray = Float32Array | Float64Array;

/** What is drawn into. */
export function checkFloats<T extends FloatArray>(what: string, value: T): T {
  if (!(isFloat32Array(value) || isFloat64Array(value)))
    refuse(what, "a Float32Array or a Float64Array", value);
  return checkMemory(what, value);
}

/** The largest finite float32. */
const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;

/** One word, its low 24 bits: exact in float32, in [0, 1 - 2^-24]. */
function unit24(engine: MT19937): number {
  return (engine.nextU32() & 0xffffff) * 2 ** -24;
}

/**
 * Two words, the low 53 of their 64 bits, the first drawn being the high half; in [0, 1 - 2^-53].
 */
export function unit53(engine: MT19937): number {
  const high = engine.nextU32() & 0x1fffff;
  return (high * 2 ** 32 + engine.nextU32()) * 2 ** -53;
}

/** `torch.rand`. */
export function fillRand(out: FloatArray, engine: MT19937): void {
  checkFloats("rand: out", out);
  if (isFloat32Array(out)) {
    for (let i = 0; i < out.length; i++) out[i] = unit24(engine);
  } else {
    for (let i = 0; i < out.length; i++) out[i] = unit53(engine);
  }
}

/** `Tensor.bernoulli_(p)`: 1 with probability p, else 0. */
export function fillBernoulli(out: FloatArray, engine: MT19937, p: number): void {
  checkFloats("bernoulli: out", out);
  checkNumber("bernoulli: p", p);
  if (!(p >= 0 && p <= 1)) throw new ValueError(`bernoulli: expected p from 0 to 1, got ${p}`);
  // A conversion, not a condition: no processor predicts these.
  for (let i = 0; i < out.length; i++) out[i] = Number(unit53(engine) < p);
}

/** `Tensor.uniform_(a, b)`. The result can round up to b itself, as in PyTorch. */
export function fillUniform(out: FloatArray, engine: MT19937, a: number, b: number): void {
  checkFloats("uniform: out", out);
  checkNumber("uniform: a", a);
  checkNumber("uniform: b", b);
  if (!(a <= b)) throw new ValueError(`uniform: expected a to be at most b, got a ${a} and b ${b}`);
  const widest = isFloat32Array(out) ? FLOAT32_MAX : Number.MAX_VALUE;
  if (!(b - a <= widest))
    throw new ValueError(`uniform: expected b - a to be at most ${widest}, got a ${a} and b ${b}`);
  if (isFloat32Array(out)) {
    const low = Math.fround(a);
    const width = Math.fround(Math.fround(b) - low);
    for (let i = 0; i < out.length; i++) out[i] = fma32(unit24(engine), width, low);
  } else {
    for (let i = 0; i < out.length; i++) out[i] = fma64(unit53(engine), b - a, a);
  }
}

/** One exponential of rate 1 in double. PyTorch's CPU code has no epsilon: 0 can come out. */
export function unitExponential(engine: MT19937): number {
  return -Math.log1p(-unit53(engine));
}

/**
 * `Tensor.exponential_(lambda)`: density lambda * exp(-lambda * x), computed in double for either
 * element type.
 */
export function fillExponential(out: FloatArray, engine: MT19937, lambda: number): void {
  checkFloats("exponential: out", out);
  checkNumber("exponential: lambda", lambda);
  if (!(lambda > 0)) throw new ValueError(`exponential: expected lambda above 0, got ${lambda}`);
  const scale = -1 / lambda;
  for (let i = 0; i < out.length; i++) out[i] = scale * Math.log1p(-unit53(engine));
}
