/** A linear layer and its activation. */
import type { Activation } from "../../../backend/kernels.js";
import { record, saveFactors } from "../../tape.js";
import type { Tensor } from "../../tensor.js";
import { contiguous } from "../elementwise.js";
import { checkLinear, emptyProduct, gemmInto } from "../matmul.js";
import { activated, checkActivation } from "./activation.js";

/**
 * act(x @ weight + bias) in one kernel: x [n, in], weight [in, out] (the lecture's layout, not
 * nn.Linear's), bias [out]. The bits of `x.matmul(weight).add(bias)` and `.tanh()`, and the same
 * tape: [n, out].
 * @throws ShapeError for shapes that do not fit; ValueError for int32 and for an unknown activation
 */
export function linear(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  activation: Activation = "none",
): Tensor {
  checkActivation("linear", activation);
  checkLinear("linear", x, weight, bias);
  const out = emptyProduct("linear", x, weight);
  gemmInto(out, x, weight, 0, contiguous(bias), activation);
  return activated(out, activation, (z) => record("linear", z, [x, weight, bias], saveFactors));
}
