/**
 * The fluent form of the operations: `emb.view([-1, 30]).matmul(W1).add(b1).tanh()`. One line each,
 * nothing computed here.
 */
import { Tensor } from "./tensor.js";
import * as activations from "./ops/pointwise/activations.js";
import * as compare from "./ops/compare.js";
import type { TensorOrNumber } from "./ops/elementwise.js";
import * as elementwise from "./ops/elementwise.js";
import * as rows from "./ops/gather.js";
import * as indexing from "./ops/indexing.js";
import * as inplace from "./ops/inplace.js";
import * as limits from "./ops/pointwise/limits.js";
import * as loss from "./ops/loss.js";
import * as products from "./ops/matmul.js";
import * as power from "./ops/pointwise/power.js";
import * as reduce from "./ops/reduce.js";
import * as running from "./ops/along/cumsum.js";
import * as spread from "./ops/along/spread.js";
import * as views from "./ops/views.js";
import { print } from "./print.js";

/**
 * A short docstring for each method, which editors show; the full one is at the function of the
 * same name in ops/.
 */
const functions = {
  /**
   * `this + b`, elementwise with broadcasting; int32 stays int32 with whole numbers, all else is
   * float32
   */
  add: elementwise.add,
  /** `this - b`, as `add` */
  sub: elementwise.sub,
  /** `this * b`, elementwise, as `add`; the matrix product is `matmul` */
  mul: elementwise.mul,
  /** `this / b`, elementwise with broadcasting, always float32 */
  div: elementwise.div,
  /** `-this`, elementwise */
  neg: elementwise.neg,
  /** e to the power of each element, float32 */
  exp: elementwise.exp,
  /** natural logarithm of each element, float32 */
  log: elementwise.log,
  /** logarithm to base 10 of each element, float32 */
  log10: elementwise.log10,
  /** hyperbolic tangent of each element, float32 */
  tanh: elementwise.tanh,
  /** square root of each element, float32 */
  sqrt: elementwise.sqrt,
  /** each element to the power of a number, or of the elements of a tensor; pow(a, 0) is 1 */
  pow: power.pow,
  /** |this|, elementwise; the dtype of this */
  abs: activations.abs,
  /** -1 below 0, 1 above, else 0; the dtype of this */
  sign: activations.sign,
  /** 0 where an element is below 0, else the element; the dtype of this */
  relu: activations.relu,
  /** 1 / (1 + exp(-this)), elementwise, float32 */
  sigmoid: activations.sigmoid,
  /**
   * each element times the share of the normal distribution below it, float32; `{ approximate:
   * "tanh" }` for the formula with tanh
   */
  gelu: activations.gelu,
  /** the larger of this and `b`, elementwise with broadcasting; equal ones share the gradient */
  maximum: limits.maximum,
  /** the smaller of this and `b`, as `maximum` */
  minimum: limits.minimum,
  /** each element within `min` and `max`, either of which may be undefined */
  clamp: limits.clamp,
  /** the same values in fresh row-major memory; gradients flow through */
  clone: elementwise.clone,
  /** this tensor if it is row-major, else a copy that is */
  contiguous: elementwise.contiguous,
  /** float32 copy of an int32 tensor or a mask; a float32 tensor itself */
  float: elementwise.toFloat,
  /** int32 copy, rounding toward zero; an int32 tensor itself */
  int: reduce.toInteger,
  /** a mask of where this is other than 0; a mask itself */
  bool: compare.toBool,
  /**
   * the same memory with another shape, one size of which may be -1; ShapeError where a copy would
   * be needed
   */
  view: views.view,
  /** `view` where possible, else a copy */
  reshape: views.reshape,
  /** merges dimensions `start` to `end` (inclusive): all of them where left out */
  flatten: views.flatten,
  /** drops dimension `dim` if its size is 1, or all such dimensions */
  squeeze: views.squeeze,
  /** a new dimension of size 1 before `dim`; -1 puts it last */
  unsqueeze: views.unsqueeze,
  /** the dimensions in a new order, the same memory */
  permute: views.permute,
  /** two dimensions exchanged, the same memory */
  transpose: views.transpose,
  /** the transpose of a matrix, [n, m] to [m, n], the same memory */
  t: views.t,
  /** repeats dimensions of size 1 and new leading ones without copying; -1 keeps a size */
  expand: views.expand,
  /** every `step`-th element of `dim` from `start` up to, not including, `end`, the same memory */
  slice: views.slice,
  /** element `index` of dimension `dim`, which disappears; the same memory */
  select: views.select,
  /** all slices along a dimension, which disappears; the same memory */
  unbind: views.unbind,
  /** the elements at the int32 positions `index` along `dim`, of the shape of `index` */
  gather: rows.gather,
  /** sum over `dim` (one, several, or all), which disappears unless `keepdim` */
  sum: reduce.sum,
  /** mean over `dim` (one, several, or all), float32 */
  mean: reduce.mean,
  /** variance over `dim` (one, several, or all), with `{ correction: 1 }` where left out */
  var: spread.variance,
  /** standard deviation over `dim`, the square root of `var` */
  std: spread.std,
  /** sums along `dim` of each element and all before it */
  cumsum: running.cumsum,
  /** the largest element of all, of shape []; `maxAlong` is PyTorch's `max(dim)` */
  max: reduce.max,
  /** the largest elements along `dim` and their int32 positions */
  maxAlong: reduce.maxAlong,
  /** the smallest element of all, of shape []; `minAlong` is PyTorch's `min(dim)` */
  min: reduce.min,
  /** the smallest elements along `dim` and their int32 positions */
  minAlong: reduce.minAlong,
  /** int32 position of the largest element along `dim`, or in the flattened tensor */
  argmax: reduce.argmax,
  /**
   * `this @ b`: [n, k] @ [k, m] gives [n, m], with the rules of torch.matmul for vectors and
   * batches; float32
   */
  matmul: products.matmul,
  /** exp(this) / sum(exp(this)) along `dim` */
  softmax: loss.softmax,
  /** log(softmax(this)) along `dim` */
  logSoftmax: loss.logSoftmax,
  /** of logits [n, classes] and int32 targets [n], in nats: their mean, or as `reduction` says */
  crossEntropy: loss.crossEntropy,
  /**
   * `this += b` in place, off the tape; AutogradError where one of them requires a gradient, and
   * from `backward()` where a gradient needs the old numbers
   */
  add_: inplace.add_,
  /** `this -= b`, as `add_` */
  sub_: inplace.sub_,
  /** `this *= b`, as `add_` */
  mul_: inplace.mul_,
  /** `this /= b`, as `add_` */
  div_: inplace.div_,
  /** overwrites this tensor with `b`, broadcast to its shape and converted to its dtype */
  copy_: inplace.copy_,
  /** overwrites every element with `value`, a number or a tensor of shape [] */
  fill_: inplace.fill_,
  /**
   * fills this int32 tensor with whole numbers from `low` to `high - 1`, drawn as `randint` draws
   * them
   */
  random_: inplace.random_,
  /**
   * `this[positions] = values` in place, with repeated positions added up where `{ accumulate: true
   * }` says so; what `index` gives for tensors is a copy, whose changes do not reach this tensor
   */
  indexPut_: indexing.indexPut_,
  /** adds `source` in place to what `index`, int32 [n], names along `dim` */
  indexAdd_: indexing.indexAdd_,
  /** a mask of where this equals `b`, with broadcasting, as the next five */
  eq: compare.eq,
  /** a mask of where this differs from `b` */
  ne: compare.ne,
  /** a mask of where this is less than `b` */
  lt: compare.lt,
  /** a mask of where this is at most `b` */
  le: compare.le,
  /** a mask of where this is greater than `b` */
  gt: compare.gt,
  /** a mask of where this is at least `b` */
  ge: compare.ge,
  /** a mask of where this is 0 */
  logicalNot: compare.logicalNot,
  /** a mask of where this and `b` are other than 0 */
  logicalAnd: compare.logicalAnd,
  /** a mask of where this or `b` is other than 0, or both */
  logicalOr: compare.logicalOr,
  /** a mask of where one of this and `b` is other than 0 and the other is 0 */
  logicalXor: compare.logicalXor,
  /** this with `value` where the mask is true, in new memory */
  maskedFill: compare.maskedFill,
  /** whether every element is other than 0 */
  all: compare.all,
  /** whether some element is other than 0 */
  any: compare.any,
  /** whether shape and all elements are those of `b` */
  equal: compare.equal,
  /** whether |this - b| <= atol + rtol * |b| everywhere */
  allclose: compare.allclose,
};

/** `where` of PyTorch has the condition in the middle. */
const chooses = {
  /** this where the mask `condition` is true, else `b`, all broadcast together */
  where: (a: TensorOrNumber, condition: Tensor, b: TensorOrNumber): Tensor =>
    compare.where(condition, a, b),
};

interface Indexing {
  /**
   * this[i, j, ...] as in PyTorch: integers, slices `[start, end]`, ":", "...", null (a new axis),
   * int32 tensors of positions and masks (dtype bool), in any mixture. Rows by number
   * are a tensor, never a list
   */
  index: typeof indexing.index;
}
type Functions = typeof functions & typeof chooses & Indexing;
/** Each function with its first argument taken as `this`. */
type Methods = {
  [K in keyof Functions]: Functions[K] extends (first: never, ...rest: infer R) => infer T
    ? (...rest: R) => T
    : never;
};

declare module "./tensor.js" {
  interface Tensor extends Methods {
    /** As PyTorch prints it; what `console.log` shows. */
    toString(): string;
  }
}

// Without this the emitted declarations lose the import of Tensor.
export type { Tensor };

const define = (name: string, value: (this: Tensor, ...rest: never[]) => unknown): void =>
  void Object.defineProperty(Tensor.prototype, name, { value });

// None takes more than four arguments after `this`; named ones are faster than rest parameters.
for (const [name, f] of Object.entries({ ...functions, ...chooses })) {
  const call = f as (self: Tensor, a: unknown, b: unknown, c: unknown, d: unknown) => unknown;
  define(name, function (a, b, c, d) {
    return call(this, a, b, c, d);
  });
}
define("index", function (...positions) {
  return indexing.index(this, ...positions);
});

Tensor.prototype.toString = function (this: Tensor): string {
  return print(this);
};

// `console.log(tensor)` shows the numbers, not the storage.
Object.defineProperty(Tensor.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: Tensor) {
    return this.toString();
  },
});
