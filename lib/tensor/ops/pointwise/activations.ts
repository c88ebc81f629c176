/** Elementwise functions between layers: each one kernel, and one for its gradient. */
import { checkOptions, oneOf } from "../../../check.js";
import { checkType } from "../../dtypes.js";
import { record, saveOutput } from "../../tape.js";
import { checkTensor, type Tensor } from "../../tensor.js";
import { binary, unary } from "../apply.js";
import { integerUnary, toFloat } from "../elementwise.js";

/** |a|, elementwise, in the dtype of `a` (torch.abs). Its gradient at 0 is 0. */
export function abs(a: Tensor): Tensor {
  if (checkTensor("abs", a).dtype !== "float32") return integerUnary("abs", Math.abs, a);
  return record("abs", unary("abs", a), [a], ([a]) => ({ a }));
}

/** -1 below 0, 1 above, else 0, of NaN too; elementwise, in the dtype of `a` (torch.sign). */
export function sign(a: Tensor): Tensor {
  if (checkTensor("sign", a).dtype !== "float32") return integerUnary("sign", Math.sign, a);
  return record("sign", unary("sign", a), [a]);
}

/** 0 where a < 0, else a, as `abs` (torch.relu). Its gradient at 0 is 0. */
export function relu(a: Tensor): Tensor {
  if (checkTensor("relu", a).dtype !== "float32")
    return integerUnary("relu", (x) => Math.max(x, 0), a);
  return record("relu", unary("relu", a), [a], saveOutput);
}

/** The logistic function 1 / (1 + e^-a), elementwise, float32 (torch.sigmoid). */
export function sigmoid(a: Tensor): Tensor {
  const x = toFloat(a, "sigmoid");
  return record("sigmoid", unary("sigmoid", x), [x], saveOutput);
}

/** Which GELU. */
export interface GeluOptions {
  /**
   * `"tanh"`: 0.5 a (1 + tanh(sqrt(2/pi) (a + 0.044715 a^3))), which is near it; `"none"` where
   * left out
   */
  approximate?: "none" | "tanh";
}

const GELU = { approximate: oneOf("none", "tanh") };

/**
 * `a` times the share of the normal distribution below it, elementwise, float32 (F.gelu): of
 * Infinity Infinity, of -Infinity NaN.
 * @throws ValueError for int32
 */
export function gelu(a: Tensor, options?: GeluOptions): Tensor {
  const { approximate = "none" } = checkOptions("gelu", options, GELU);
  checkTensor("gelu", a);
  checkType("gelu", a, "float32", "a float32 tensor", "; convert with float()");
  const op = approximate === "tanh" ? "geluTanh" : "gelu";
  return record("gelu", unary(op, a), [a], ([a]) => ({ a, approximate }));
}

/** g where y > 0, else 0: the gradient of relu from its output. Not differentiable itself. */
export const reluBackward = (g: Tensor, y: Tensor): Tensor => binary("reluBackward", g, y);
/** g * (1 - y) * y: the gradient of sigmoid from its output. Not differentiable itself. */
export const sigmoidBackward = (g: Tensor, y: Tensor): Tensor => binary("sigmoidBackward", g, y);
/** The gradient of gelu from its input. Not differentiable itself. */
export const geluBackward = (g: Tensor, x: Tensor): Tensor => binary("geluBackward", g, x);
/** The gradient of gelu's approximation from its input. Not differentiable itself. */
export const geluTanhBackward = (g: Tensor, x: Tensor): Tensor => binary("geluTanhBackward", g, x);
