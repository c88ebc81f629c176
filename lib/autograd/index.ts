/**
 * Gives tensors their `backward()`; the tape itself is written by the operations
 * (lib/tensor/tape.ts).
 */
import { Tensor } from "../tensor/tensor.js";
import { type BackwardOptions, backward, retainGrad } from "./backward.js";

declare module "../tensor/tensor.js" {
  interface Tensor {
    /**
     * Adds the gradient of this tensor (one number, or weighted by `gradient`) to `grad` of every
     * leaf that requires one.
     */
    backward(gradient?: Tensor, options?: BackwardOptions): void;
    /** Lets this result have a `grad` after `backward()`, as leaves have. */
    retainGrad(): void;
  }
}

Tensor.prototype.backward = function (gradient, options) {
  backward(this, gradient, options);
};

Tensor.prototype.retainGrad = function () {
  retainGrad(this);
};

export { type BackwardOptions, backward };
