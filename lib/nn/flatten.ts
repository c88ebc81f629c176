/** `torch.nn.Flatten`. */
import type { Tensor } from "../tensor/index.js";
import { checkTensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

/**
 * Dimensions `startDim` to `endDim` (inclusive) as one: embeddings [n, blockSize, E] side by side,
 * [n, blockSize * E], where nothing is said.
 */
export class Flatten extends Module {
  constructor(
    readonly startDim = 1,
    readonly endDim = -1,
  ) {
    super();
  }

  /** @throws IndexError for dimensions that the input does not have */
  forward(x: Tensor): Tensor {
    return checkTensor("Flatten: x", x).flatten(this.startDim, this.endDim);
  }
}
