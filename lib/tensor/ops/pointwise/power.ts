/** Powers: one kernel, but for the exponents that are exact compositions. */
import { ValueError } from "../../../errors.js";
import { record } from "../../tape.js";
import { sizes, type Tensor } from "../../tensor.js";
import { binary, constant } from "../apply.js";
import {
  asFloat,
  checkOperands,
  clone,
  div,
  integerBinary,
  isInteger,
  mul,
  type TensorOrNumber,
  scalar,
  sqrt,
} from "../elementwise.js";

/**
 * a ** b, elementwise with broadcasting: of a tensor and a number, a number and a tensor, or two
 * tensors (torch.pow). Within 2 units in the last place; special cases are those of IEEE 754, so
 * pow(a, 0) and pow(1, b) are 1 even for NaN, and NaN comes of a number below 0 and an exponent
 * that is not whole. Whole numbers and int32 stay int32 and wrap as products do, but a negative
 * number as the exponent gives float32; all else is float32.
 * @throws ValueError for two numbers; ShapeError where shapes do not broadcast
 */
export function pow(a: TensorOrNumber, b: TensorOrNumber): Tensor {
  checkOperands("pow", a, b);
  if (typeof a === "number" && typeof b === "number")
    throw new ValueError("pow: expected a tensor among base and exponent, got two numbers; use **");
  if (isInteger(a) && isInteger(b) && !(typeof b === "number" && b < 0))
    return integerBinary("pow", integerPower, a, b);
  const x = typeof a === "number" ? scalar(a) : asFloat(a);
  if (typeof b === "number") {
    const out = b === 1 ? clone(x.detach()) : toNumber(x.detach(), b);
    return record("pow", out, [x], ([a]) => ({ a, exponent: b }));
  }
  const y = asFloat(b);
  return record("pow", power(x, y), [x, y], ([a, b], _, out) => ({ a, b, out }));
}

/** a ** b by the kernel. Not differentiable. */
export const power = (a: Tensor, b: Tensor): Tensor => binary("pow", a, b);

/** a ** exponent of a tensor without a gradient, as PyTorch computes it; `a` itself for 1. */
export function toNumber(a: Tensor, exponent: number): Tensor {
  switch (exponent) {
    case 0:
      return constant(sizes(a), 1);
    case 1:
      return a;
    case 2:
      return mul(a, a);
    case 3:
      return mul(mul(a, a), a);
    case 0.5:
      return sqrt(a);
    case -0.5:
    case -1:
    case -2:
      return div(1, toNumber(a, -exponent));
    default:
      return power(a, scalar(exponent));
  }
}

/** x ** n in int32, which wraps; rounded toward 0 for n < 0, as PyTorch's. */
function integerPower(x: number, n: number): number {
  if (n < 0) return x === 1 ? 1 : x === -1 ? (n % 2 === 0 ? 1 : -1) : 0;
  let out = 1;
  for (let [square, left] = [x, n]; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) out = Math.imul(out, square);
    square = Math.imul(square, square);
  }
  return out;
}
