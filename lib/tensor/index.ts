import "./methods.js";

export * from "./create.js";
export { manualSeed, type RandomOptions } from "./default-generator.js";
export { abs, gelu, type GeluOptions, relu, sigmoid, sign } from "./ops/pointwise/activations.js";
export {
  all,
  allclose,
  any,
  eq,
  equal,
  ge,
  gt,
  le,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  lt,
  maskedFill,
  ne,
  type Tolerance,
  where,
} from "./ops/compare.js";
export {
  add,
  clone,
  div,
  exp,
  log,
  log10,
  mul,
  neg,
  type TensorOrNumber,
  sqrt,
  sub,
  tanh,
} from "./ops/elementwise.js";
export { gather } from "./ops/gather.js";
export {
  type Index,
  index,
  type IndexAddOptions,
  type PutOptions,
  type Slice,
} from "./ops/indexing.js";
export { cat, stack } from "./ops/join.js";
export { clamp, maximum, minimum } from "./ops/pointwise/limits.js";
export {
  crossEntropy,
  type CrossEntropyOptions,
  linearCrossEntropy,
  logSoftmax,
  type ReductionOptions,
  softmax,
} from "./ops/loss.js";
export { embedding } from "./ops/layers/embedding.js";
export { embeddingLinear } from "./ops/layers/embedding-linear.js";
export { linear } from "./ops/layers/linear.js";
export { matmul } from "./ops/matmul.js";
export { oneHot } from "./ops/one-hot.js";
export { pow } from "./ops/pointwise/power.js";
export {
  argmax,
  type Dim,
  type Largest,
  max,
  maxAlong,
  mean,
  min,
  minAlong,
  type ReduceOptions,
  sum,
} from "./ops/reduce.js";
export { cumsum } from "./ops/along/cumsum.js";
export { type SpreadOptions, std, variance } from "./ops/along/spread.js";
export { reshape, unbind, view } from "./ops/views.js";
export type { Shape } from "./shape.js";
export { noGrad, type Reduction } from "./tape.js";
export { type DType, type NestedArray, Tensor } from "./tensor.js";
