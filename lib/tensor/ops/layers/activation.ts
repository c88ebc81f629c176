/** The activation that a layer's kernel has already applied. */
import { ACTIVATION, type Activation } from "../../../backend/kernels.js";
import { quote, ValueError } from "../../../errors.js";
import { record, saveOutput } from "../../tape.js";
import type { Tensor } from "../../tensor.js";

export function checkActivation(what: string, activation: Activation): void {
  if (!ACTIVATION.includes(activation))
    throw new ValueError(
      `${what}: expected ${ACTIVATION.join(" or ")} as activation, got ${quote(activation)}`,
    );
}

/**
 * `out`, recorded as the activation of z, which `layer` records. z exists on the tape only: tanh's
 * gradient needs its output alone.
 */
export function activated(
  out: Tensor,
  activation: Activation,
  layer: (z: Tensor) => Tensor,
): Tensor {
  if (activation === "none") return layer(out);
  return record("tanh", out, [layer(out.detach())], saveOutput);
}
