/**
 * Gives tensors their `backward()`; the tape itself is written by the operations
 * (lib/tensor/tape.ts).
 */
import { Tensor } from "../tensor/tensor.js";
import { type BackwardOptions, backward } from "./backward.js";

declare module "../tensor/tensor.js" {
  interface Tensor {
    /**
     * Adds the gradient of this tensor (one number, or weighted by `gradient`) to `grad` of every
     * leaf that requires one.
     */
    backward(gradient?: Tensor, options?: BackwardOptions): void;
  }
}

Tensor.prototype.backward = function (gradient, options) {
  backward(this, gradient, options);
};

export { type BackwardOptions, backward };
