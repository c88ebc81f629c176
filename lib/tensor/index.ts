import "./methods.js";

export * from "./create.js";
export { manualSeed, type RandomOptions } from "./default-generator.js";
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
  type Operand,
  pow,
  sqrt,
  sub,
  tanh,
} from "./ops/elementwise.js";
export { embedding, gather } from "./ops/gather.js";
export {
  type Index,
  index,
  type IndexAddOptions,
  type PutOptions,
  type Slice,
} from "./ops/indexing.js";
export { cat, stack } from "./ops/join.js";
export {
  crossEntropy,
  type CrossEntropyOptions,
  linearCrossEntropy,
  logSoftmax,
  type ReductionOptions,
  softmax,
} from "./ops/loss.js";
export { linear, matmul } from "./ops/matmul.js";
export { oneHot } from "./ops/one-hot.js";
export {
  argmax,
  type Dim,
  type Largest,
  max,
  maxAlong,
  mean,
  type ReduceOptions,
  sum,
} from "./ops/reduce.js";
export { reshape, unbind, view } from "./ops/views.js";
export type { Shape } from "./shape.js";
export { noGrad, type Reduction } from "./tape.js";
export { type DType, type NestedArray, Tensor } from "./tensor.js";
