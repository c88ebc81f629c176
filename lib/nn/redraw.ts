/** Fills parameters with first numbers, in their own memory. */
import type { Tensor } from "../tensor/index.js";
import { elements } from "../tensor/tensor.js";

/** `draw` gets the numbers of each tensor, to be written. */
export function redrawn(
  tensors: readonly [Tensor, Tensor?],
  draw: (first: Float32Array, second: Float32Array | undefined) => void,
): void {
  const [first, second] = tensors;
  draw(elements(first) as Float32Array, second && (elements(second) as Float32Array));
  for (const t of tensors) if (t !== undefined) t.storage.version++;
}
