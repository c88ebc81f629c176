/** `torch.nn.Flatten`. */
import type { Tensor } from "../../tensor/index.js";
import { flatten } from "../../tensor/ops/views.js";
import { Module } from "../module.js";

/**
 * Dimensions `startDim` to `endDim` (inclusive) as one: embeddings [n, blockSize, E] side by side,
 * [n, blockSize * E], where nothing is said.
 */
export class Flatten extends Module {
  /**
   * As nn.Flatten: everything but the first dimension, where nothing is said.
   * @param startDim the first of those that become one
   * @param endDim the last of them
   */
  constructor(
    readonly startDim = 1,
    readonly endDim = -1,
  ) {
    super();
  }

  /**
   * The same numbers with fewer dimensions.
   * @throws IndexError for dimensions that the input does not have
   */
  forward(x: Tensor): Tensor {
    return flatten(x, this.startDim, this.endDim);
  }
}
