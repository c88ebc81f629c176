/** Examples as tensors, and minibatches drawn from them. */
import type { Generator } from "../random/index.js";
import { randint, type Tensor, tensor } from "../tensor/index.js";
import type { Examples } from "./contexts.js";

/** X: int32 [n, blockSize], the characters seen; Y: int32 [n], the character that follows. */
export interface Batch {
  readonly X: Tensor;
  readonly Y: Tensor;
}

export function toBatch({ contexts, targets, count, blockSize }: Examples): Batch {
  return { X: tensor(contexts, { shape: [count, blockSize] }), Y: tensor(targets) };
}

/** `size` examples drawn with replacement, as the lecture draws them: `ix = randint(0, n, (size,))`. */
export function minibatch({ X, Y }: Batch, size: number, generator: Generator): Batch {
  const ix = randint(0, Y.numel, [size], { generator });
  return { X: X.index(ix), Y: Y.index(ix) };
}
