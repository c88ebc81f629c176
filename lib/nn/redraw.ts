/** Fills parameters with first numbers, in their own memory. */
import type { Tensor } from "../tensor/index.js";
import { elements } from "../tensor/tensor.js";

/** `draw` gets the numbers of each tensor, to be written. */
export function redrawn(
  tensors: readonly [Tensor, Tensor?],
  draw: (first: Float32Array, second: Float32Array | undefined) => void,
): void {
  const [first, second] = tensors;
  const numbers = (t: Tensor) => elements(t, "resetParameters") as Float32Array;
  draw(numbers(first), second && numbers(second));
  for (const t of tensors) if (t !== undefined) t.storage.version++;
}
