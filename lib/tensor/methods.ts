/** The fluent form of the operations: `emb.view([-1, 30]).matmul(W1).add(b1).tanh()`. One line each, nothing computed here. */
import type { NestedArray } from "./tensor.js";
import { Tensor } from "./tensor.js";
import * as elementwise from "./ops/elementwise.js";
import * as indexing from "./ops/indexing.js";
import * as inplace from "./ops/inplace.js";
import * as loss from "./ops/loss.js";
import * as products from "./ops/matmul.js";
import * as reduce from "./ops/reduce.js";
import * as views from "./ops/views.js";

const { add, sub, mul, div, neg, exp, log, tanh, sqrt, pow, clone, contiguous, toFloat: float } = elementwise;
const { view, reshape, flatten, squeeze, unsqueeze, permute, transpose, t, expand, slice, select, unbind } = views;
const { sum, mean, maxAlong, max, argmax, toInteger: int } = reduce;
const { add_, sub_, mul_, div_, copy_, random_ } = inplace;
const { index } = indexing;
const { softmax, logSoftmax, crossEntropy } = loss;
const { matmul } = products;

const functions = {
  add, sub, mul, div, neg, exp, log, tanh, sqrt, pow, clone, contiguous, float, int,
  view, reshape, flatten, squeeze, unsqueeze, permute, transpose, t, expand, slice, select, unbind,
  sum, mean, max, maxAlong, argmax, index, matmul, softmax, logSoftmax, crossEntropy,
  add_, sub_, mul_, div_, copy_, random_,
};

type Functions = typeof functions;
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

for (const [name, f] of Object.entries(functions)) {
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...rest: unknown[]) {
      return (f as (...args: unknown[]) => unknown)(this, ...rest);
    },
  });
}

/** As PyTorch prints: nested brackets, four decimals. */
Tensor.prototype.toString = function (this: Tensor): string {
  const text = (v: NestedArray, indent: number): string => {
    if (typeof v === "number") return this.dtype === "int32" ? String(v) : v.toFixed(4);
    const separator = v.length > 0 && typeof v[0] === "number" ? ", " : `,\n${" ".repeat(indent + 1)}`;
    return `[${v.map((x) => text(x, indent + 1)).join(separator)}]`;
  };
  return `tensor(${text(this.toArray(), "tensor(".length)})`;
};

// `console.log(tensor)` shows the numbers, not the storage.
Object.defineProperty(Tensor.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: Tensor) {
    return this.toString();
  },
});
