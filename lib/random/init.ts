import {
  argumentsOf,
  checkNumber,
  checkOptions,
  listOf,
  oneOf,
  optional,
  typed,
  whole,
} from "../check.js";
import { IndexError, quote, ShapeError } from "../errors.js";
import { checkGenerator, type Generator } from "./generator.js";

const NONLINEARITIES = ["linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu"] as const;

/**
 * What follows the layer: each activation shrinks a signal by a known factor, which the gain makes
 * up for.
 */
export type Nonlinearity = (typeof NONLINEARITIES)[number];

/** What `kaimingUniform` and `kaimingNormal` take beside the shape: PyTorch's options. */
export interface KaimingOptions {
  /** Negative slope of `leaky_relu`; used by that nonlinearity only. Default 0. */
  a?: number;
  /** Keep the variance of the forward pass (`fan_in`, the default) or of the backward pass. */
  mode?: "fan_in" | "fan_out";
  /** Default `leaky_relu`. */
  nonlinearity?: Nonlinearity;
}

const nonlinear = oneOf(...NONLINEARITIES);
const KAIMING = { a: checkNumber, mode: oneOf("fan_in", "fan_out"), nonlinearity: nonlinear };

const floats = typed("Float32Array");
const size = whole(0);
/** What the functions take, by name. */
const check = argumentsOf({
  out: floats,
  weight: floats,
  bias: optional(floats),
  shape: listOf(size),
  inFeatures: size,
  outFeatures: size,
  n: size,
  dim: size,
  generator: checkGenerator,
  gain: checkNumber,
  slope: checkNumber,
  nonlinearity: nonlinear,
});

/**
 * `torch.nn.init.calculate_gain`: 5/3 for tanh, the square root of 2 for relu.
 * @throws ValueError for another nonlinearity
 */
export function calculateGain(nonlinearity: Nonlinearity, slope = 0.01): number {
  check("calculateGain", { nonlinearity, slope });
  switch (nonlinearity) {
    case "linear":
    case "sigmoid":
      return 1;
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.sqrt(2);
    case "leaky_relu":
      return Math.sqrt(2 / (1 + slope * slope));
    case "selu":
      return 3 / 4;
  }
}

/**
 * He et al. (2015): uniform on +- sqrt(3) * gain / sqrt(fan). `shape` is (out, in, ...) as PyTorch
 * lays weights out.
 * @throws ShapeError for fewer than 2 dimensions and for another size than that of `out`
 */
export function kaimingUniform<T extends Float32Array>(
  out: T,
  shape: readonly number[],
  generator: Generator,
  options?: KaimingOptions,
): T {
  const bound = Math.sqrt(3) * kaimingStd("kaimingUniform", { out, shape, generator }, options);
  return out.length === 0 ? out : generator.uniform(out, -bound, bound);
}

/**
 * He et al. (2015): normal with standard deviation gain / sqrt(fan).
 * @throws ShapeError as `kaimingUniform`
 */
export function kaimingNormal<T extends Float32Array>(
  out: T,
  shape: readonly number[],
  generator: Generator,
  options?: KaimingOptions,
): T {
  const std = kaimingStd("kaimingNormal", { out, shape, generator }, options);
  return generator.normal(out, 0, std);
}

/**
 * Glorot and Bengio (2010): uniform on +- sqrt(3) * gain * sqrt(2 / (fanIn + fanOut)).
 * @throws ShapeError as `kaimingUniform`
 */
export function xavierUniform<T extends Float32Array>(
  out: T,
  shape: readonly number[],
  generator: Generator,
  gain = 1,
): T {
  const bound = Math.sqrt(3) * xavierStd("xavierUniform", { out, shape, generator, gain });
  return generator.uniform(out, -bound, bound);
}

/**
 * Glorot and Bengio (2010): normal with standard deviation gain * sqrt(2 / (fanIn + fanOut)).
 * @throws ShapeError as `kaimingUniform`
 */
export function xavierNormal<T extends Float32Array>(
  out: T,
  shape: readonly number[],
  generator: Generator,
  gain = 1,
): T {
  const std = xavierStd("xavierNormal", { out, shape, generator, gain });
  return generator.normal(out, 0, std);
}

/**
 * `nn.Linear(inFeatures, outFeatures)`: the weight (outFeatures x inFeatures) first, then the bias
 * (outFeatures), if any.
 * @throws ShapeError for another size
 */
export function initLinear(
  weight: Float32Array,
  bias: Float32Array | undefined,
  inFeatures: number,
  outFeatures: number,
  generator: Generator,
): void {
  check("initLinear", { weight, bias, inFeatures, outFeatures, generator });
  if (bias !== undefined && bias.length !== outFeatures) {
    throw new ShapeError(
      "initLinear",
      [[outFeatures]],
      `expected ${outFeatures} biases, but got ${bias.length}`,
    );
  }
  kaimingUniform(weight, [outFeatures, inFeatures], generator, { a: Math.sqrt(5) });
  if (bias === undefined) return;
  const bound = inFeatures > 0 ? 1 / Math.sqrt(inFeatures) : 0;
  generator.uniform(bias, -bound, bound);
}

/**
 * `nn.Embedding(n, dim)`: standard normal, n x dim; the row `paddingIndex`, where there is one, is
 * 0 afterwards.
 * @throws ShapeError, IndexError where they do not fit
 */
export function initEmbedding(
  weight: Float32Array,
  n: number,
  dim: number,
  generator: Generator,
  paddingIndex?: number,
): void {
  check("initEmbedding", { weight, n, dim, generator });
  if (weight.length !== n * dim) {
    throw new ShapeError(
      "initEmbedding",
      [[n, dim]],
      `shape [${n}, ${dim}] has ${n * dim} elements, not ${weight.length}`,
    );
  }
  if (
    paddingIndex !== undefined &&
    !(Number.isInteger(paddingIndex) && paddingIndex >= 0 && paddingIndex < n)
  ) {
    throw new IndexError(
      "initEmbedding",
      paddingIndex,
      n,
      `paddingIndex must lie within 0 .. ${n - 1}, but got ${quote(paddingIndex)}`,
    );
  }
  generator.randn(weight);
  if (paddingIndex !== undefined) weight.fill(0, paddingIndex * dim, (paddingIndex + 1) * dim);
}

/** What is drawn, and from where. */
interface Layer {
  readonly out: Float32Array;
  readonly shape: readonly number[];
  readonly generator: Generator;
}

// The formulas below keep PyTorch's order of operations: in another order the double can differ in
// its last bit.

function kaimingStd(name: string, layer: Layer, options?: KaimingOptions): number {
  const {
    a = 0,
    mode = "fan_in",
    nonlinearity = "leaky_relu",
  } = checkOptions(name, options, KAIMING);
  const { fanIn, fanOut } = fans(name, layer);
  return calculateGain(nonlinearity, a) / Math.sqrt(mode === "fan_in" ? fanIn : fanOut);
}

function xavierStd(name: string, layer: Layer & { readonly gain: number }): number {
  const { fanIn, fanOut } = fans(name, layer);
  return layer.gain * Math.sqrt(2 / (fanIn + fanOut));
}

/** How many inputs feed one output, and how many outputs one input feeds. */
function fans(name: string, layer: Layer): { fanIn: number; fanOut: number } {
  check(name, layer);
  const { out } = layer;
  const shape = [...layer.shape];
  if (shape.length < 2) {
    throw new ShapeError(
      name,
      [shape],
      `fan in and fan out need at least 2 dimensions, but got [${shape.join(", ")}]`,
    );
  }
  const elements = shape.reduce((product, n) => product * n, 1);
  if (elements !== out.length) {
    throw new ShapeError(
      name,
      [shape],
      `shape [${shape.join(", ")}] has ${elements} elements, but the array has ${out.length}`,
    );
  }
  const [fanOut, fanIn, ...rest] = shape;
  const receptiveField = rest.reduce((product, n) => product * n, 1);
  return { fanIn: fanIn * receptiveField, fanOut: fanOut * receptiveField };
}
