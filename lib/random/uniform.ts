import { ValueError } from "../errors.js";
import { fma32 } from "../backend/reference/math/fma.js";
import type { MT19937 } from "./mt19937.js";

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
export function fillRand(out: Float32Array, engine: MT19937): void {
  for (let i = 0; i < out.length; i++) out[i] = unit24(engine);
}

/** `Tensor.bernoulli_(p)`: 1 with probability p, else 0. */
export function fillBernoulli(out: Float32Array, engine: MT19937, p: number): void {
  if (!(p >= 0 && p <= 1)) throw new ValueError(`bernoulli: expected p from 0 to 1, got ${p}`);
  // A conversion, not a condition: no processor predicts these.
  for (let i = 0; i < out.length; i++) out[i] = Number(unit53(engine) < p);
}

/** `Tensor.uniform_(a, b)`. The result can round up to b itself, as in PyTorch. */
export function fillUniform(out: Float32Array, engine: MT19937, a: number, b: number): void {
  if (!(a <= b)) throw new ValueError(`uniform: expected a to be at most b, got a ${a} and b ${b}`);
  if (!(b - a <= FLOAT32_MAX))
    throw new ValueError(
      `uniform: expected b - a to be at most ${FLOAT32_MAX}, got a ${a} and b ${b}`,
    );
  const low = Math.fround(a);
  const width = Math.fround(Math.fround(b) - low);
  for (let i = 0; i < out.length; i++) out[i] = fma32(unit24(engine), width, low);
}

/** One exponential of rate 1 in double. PyTorch's CPU code has no epsilon: 0 can come out. */
export function unitExponential(engine: MT19937): number {
  return -Math.log1p(-unit53(engine));
}

/** `Tensor.exponential_(lambda)`: density lambda * exp(-lambda * x), computed in double. */
export function fillExponential(out: Float32Array, engine: MT19937, lambda: number): void {
  if (!(lambda > 0)) throw new ValueError(`exponential: expected lambda above 0, got ${lambda}`);
  const scale = -1 / lambda;
  for (let i = 0; i < out.length; i++) out[i] = scale * Math.log1p(-unit53(engine));
}
