/**
 * Numbers that must be finite. NaN and infinities spread: what a training or a measurement makes of
 * them says nothing about where they came from.
 */
import type { Tensor } from "../tensor/index.js";
import { show } from "../tensor/shape.js";

/** The first tensor that is not finite, as in "W2 is not finite (NaN at [3, 7])"; or undefined. */
export function notFinite(tensors: Readonly<Record<string, Tensor>>): string | undefined {
  for (const [name, t] of Object.entries(tensors)) {
    if (t.dtype !== "float32") continue;
    const numbers = t.toTypedArray() as Float32Array;
    const at = numbers.findIndex((x) => !Number.isFinite(x));
    if (at >= 0) return `${name} is not finite (${numbers[at]} at ${show(position(at, t.shape))})`;
  }
  return undefined;
}

/** The indices of element number `at`, counted row by row. */
function position(at: number, shape: readonly number[]): number[] {
  const indices: number[] = [];
  for (const size of shape.toReversed()) {
    indices.unshift(at % size);
    at = Math.floor(at / size);
  }
  return indices;
}
