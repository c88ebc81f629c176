/**
 * Which int32 tensors are masks: what a comparison gave, and views, copies, pieces, products and
 * maxima of masks. As an index a mask picks the elements where it is not 0, as PyTorch's bool does;
 * other int32 tensors are positions.
 */
import type { Storage } from "../backend/storage.js";
import type { Tensor } from "./tensor.js";

// Views share the storage of what they are views of.
const masks = new WeakSet<Storage>();
/** Most programs never compare: a look into the set would cost every minibatch. */
let someExist = false;

export const isMask = (t: Tensor): boolean =>
  someExist && t.dtype === "int32" && masks.has(t.storage);

/** Makes `out` a mask. */
export function asMask(out: Tensor): Tensor {
  someExist = true;
  masks.add(out.storage);
  return out;
}

/** Makes `out` a mask if all that it was made of are. */
export const maskLike = (out: Tensor, from: readonly Tensor[]): Tensor =>
  someExist && out.dtype === "int32" && from.every(isMask) ? asMask(out) : out;
