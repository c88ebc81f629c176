/** What a tensor is to the module that has it as a property: learned, kept, or neither. */
import { AutogradError, ShapeError } from "../errors.js";
import type { Tensor } from "../tensor/index.js";
import { show } from "../tensor/shape.js";
import { checkTensor, layout } from "../tensor/tensor.js";

/** `parameter`: learned. `buffer`: not learned, but saved with the module. */
export type Role = "parameter" | "buffer";

const roles = new WeakMap<Tensor, Role>();

/** What `parameter` or `buffer` made of a tensor; undefined for one that a module only uses. */
export const roleOf = (t: Tensor): Role | undefined => roles.get(t);

/**
 * Makes a float32 tensor a parameter and returns it (torch.nn.Parameter): it requires a gradient,
 * and a module that has it as a property learns and saves it. It stays a parameter where
 * `requiresGrad` is set to false, which freezes it.
 * @throws AutogradError for a result of operations and for int32; ShapeError for elements that
 *   share memory
 */
export const parameter = (t: Tensor): Tensor => withRole("parameter", t);

/**
 * Makes a tensor a buffer and returns it (`register_buffer` of PyTorch's modules): a module that
 * has it as a property saves it, and no optimizer moves it.
 * @throws AutogradError for a tensor that requires a gradient; ShapeError for elements that share
 *   memory
 */
export const buffer = (t: Tensor): Tensor => withRole("buffer", t);

function withRole(role: Role, t: Tensor): Tensor {
  checkRole(role, t, role);
  if (role === "parameter") t.requiresGrad = true;
  roles.set(t, role);
  return t;
}

/**
 * A tensor that no operation made, whose elements can be written one by one.
 * @throws AutogradError, ShapeError for what cannot be a parameter, or a buffer
 */
export function checkRole(what: string, t: Tensor, role: Role): void {
  if (checkTensor(what, t).node !== null)
    throw new AutogradError(`${what}: expected a leaf tensor, got a result; use detach()`);
  if (layout(t).overlaps)
    throw new ShapeError(
      what,
      [t.shape],
      `elements of this tensor of shape ${show(t.shape)} share memory; clone() it first`,
    );
  if (role === "parameter" && t.dtype !== "float32")
    throw new AutogradError(`${what}: expected float32, got ${t.dtype}`);
  if (role === "buffer" && t.requiresGrad)
    throw new AutogradError(`${what}: expected a tensor without a gradient; use detach()`);
}
