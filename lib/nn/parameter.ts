/** What a tensor is to the module that has it as a property: learned, kept, or neither. */
import { AutogradError, ShapeError } from "../errors.js";
import type { Tensor } from "../tensor/index.js";
import { show } from "../tensor/shape.js";
import { checkTensor, layout } from "../tensor/tensor.js";

/** `parameter`: learned. `buffer`: not learned, but saved with the module. */
export type Kind = "parameter" | "buffer";

const kinds = new WeakMap<Tensor, Kind>();

/** What `parameter` or `buffer` made of a tensor; undefined for one that a module only uses. */
export const kindOf = (t: Tensor): Kind | undefined => kinds.get(t);

/**
 * Makes a float32 tensor a parameter and returns it (torch.nn.Parameter): it requires a gradient,
 * and a module that has it as a property learns and saves it. It stays a parameter where
 * `requiresGrad` is set to false, which freezes it.
 * @throws AutogradError for a result of operations and for int32; ShapeError for elements that
 *   share memory
 */
export function parameter(t: Tensor): Tensor {
  checkParameter("parameter", t);
  t.requiresGrad = true;
  kinds.set(t, "parameter");
  return t;
}

/**
 * Makes a tensor a buffer and returns it (`register_buffer` of PyTorch's modules): a module that
 * has it as a property saves it, and no optimizer moves it.
 * @throws AutogradError for a tensor that requires a gradient; ShapeError for elements that share
 *   memory
 */
export function buffer(t: Tensor): Tensor {
  if (checkLeaf("buffer", t).requiresGrad)
    throw new AutogradError("buffer: expected a tensor without a gradient; use detach()");
  kinds.set(t, "buffer");
  return t;
}

/** @throws AutogradError, ShapeError for what cannot be learned */
export function checkParameter(what: string, t: Tensor): void {
  if (checkLeaf(what, t).dtype !== "float32")
    throw new AutogradError(`${what}: expected float32, got int32`);
}

/** A tensor that no operation made, whose elements can be written one by one. */
function checkLeaf(what: string, t: Tensor): Tensor {
  if (checkTensor(what, t).node !== null)
    throw new AutogradError(`${what}: expected a leaf tensor, got a result; use detach()`);
  if (layout(t).overlaps)
    throw new ShapeError(
      what,
      [t.shape],
      `elements of this tensor of shape ${show(t.shape)} share memory; clone() it first`,
    );
  return t;
}
