/** Fills parameters with initial values, in their own memory. */
import type { Tensor } from "../tensor/index.js";
import { elements } from "../tensor/tensor.js";

/** `draw` writes the values into the memory of a layer's weight and bias. */
export function initialise(
  [weight, bias]: readonly [Tensor, Tensor?],
  draw: (weight: Float32Array, bias: Float32Array | undefined) => void,
): void {
  const memory = (t: Tensor) => elements(t, "resetParameters") as Float32Array;
  draw(memory(weight), bias && memory(bias));
  for (const t of [weight, bias]) if (t !== undefined) t.storage.version++;
}
