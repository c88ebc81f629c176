/** The fluent form of the operations: `emb.view([-1, 30]).matmul(W1).add(b1).tanh()`. One line each, nothing computed here. */
import { Tensor } from "./tensor.js";
import * as compare from "./ops/compare.js";
import * as elementwise from "./ops/elementwise.js";
import * as indexing from "./ops/indexing.js";
import * as inplace from "./ops/inplace.js";
import * as loss from "./ops/loss.js";
import * as products from "./ops/matmul.js";
import * as reduce from "./ops/reduce.js";
import * as views from "./ops/views.js";
import { print } from "./print.js";

const { add, sub, mul, div, neg, exp, log, log10, tanh, sqrt, pow, clone, contiguous, toFloat: float } = elementwise;
const { view, reshape, flatten, squeeze, unsqueeze, permute, transpose, t, expand, slice, select, unbind } = views;
const { sum, mean, maxAlong, max, argmax, toInteger: int } = reduce;
const { add_, sub_, mul_, div_, copy_, random_ } = inplace;
const { index } = indexing;
const { softmax, logSoftmax, crossEntropy } = loss;
const { matmul } = products;
const { eq, ne, lt, le, gt, ge, all, any, equal, allclose } = compare;

const functions = {
  add, sub, mul, div, neg, exp, log, log10, tanh, sqrt, pow, clone, contiguous, float, int,
  view, reshape, flatten, squeeze, unsqueeze, permute, transpose, t, expand, slice, select, unbind,
  sum, mean, max, maxAlong, argmax, matmul, softmax, logSoftmax, crossEntropy,
  add_, sub_, mul_, div_, copy_, random_,
  eq, ne, lt, le, gt, ge, all, any, equal, allclose,
};

type Functions = typeof functions & { index: typeof index };
/** Each function with its first argument taken as `this`. */
type Methods = {
  [K in keyof Functions]: Functions[K] extends (first: never, ...rest: infer R) => infer T ? (...rest: R) => T : never;
};

declare module "./tensor.js" {
  interface Tensor extends Methods {
    toString(): string;
  }
}

// Without this the emitted declarations lose the import of Tensor.
export type { Tensor };

const define = (name: string, value: (this: Tensor, ...rest: never[]) => unknown): void => void Object.defineProperty(Tensor.prototype, name, { value });

// None takes more than four; to name them is quicker than a list of the rest.
for (const [name, f] of Object.entries(functions)) {
  const call = f as (self: Tensor, a: unknown, b: unknown, c: unknown, d: unknown) => unknown;
  define(name, function (a, b, c, d) {
    return call(this, a, b, c, d);
  });
}
define("index", function (...positions) {
  return index(this, ...positions);
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
