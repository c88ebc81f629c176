/** The larger and the smaller of two, and numbers kept within limits. */
import { ValueError } from "../../../errors.js";
import { record, type Save } from "../../tape.js";
import { checkTensor, type Tensor } from "../../tensor.js";
import { binary, binaryInto, emptyLike } from "../apply.js";
import {
  asFloat,
  checkOperands,
  commonType,
  integerBinary,
  isInteger,
  type TensorOrNumber,
  scalar,
} from "../elementwise.js";

const saveBoth: Save<"maximum" | "minimum"> = ([a, b]) => ({ a, b });

function extreme(op: "maximum" | "minimum", larger: (x: number, y: number) => number) {
  return (a: TensorOrNumber, b: TensorOrNumber): Tensor => {
    checkOperands(op, a, b);
    if (isInteger(a) && isInteger(b)) return integerBinary(op, larger, a, b, commonType(a, b));
    const [x, y] = [a, b].map((t) => (typeof t === "number" ? scalar(t) : asFloat(t)));
    return record(op, binary(op, x, y), [x, y], saveBoth);
  };
}

/**
 * The larger of a and b, elementwise with broadcasting; NaN where either is (torch.maximum). Equal
 * ones share the gradient. Whole numbers and int32 stay int32, masks stay masks.
 * @throws ShapeError where shapes do not broadcast
 */
export const maximum = extreme("maximum", Math.max);
/** The smaller of a and b, as `maximum` (torch.minimum). */
export const minimum = extreme("minimum", Math.min);

/**
 * Each element within `min` and `max`, elementwise (torch.clamp): `min` where it is below, `max`
 * where it is above, and everywhere if `max` is below `min`. Either may be undefined (or null), not
 * both. NaN stays; of a limit that is NaN everything is. Elements beyond the limits have no
 * gradient. int32 with whole limits stays int32.
 * @throws ValueError without a limit
 */
export function clamp(a: Tensor, min?: number | null, max?: number | null): Tensor {
  checkTensor("clamp", a);
  const limits = [min, max].filter((x) => x !== undefined && x !== null);
  if (limits.length === 0) throw new ValueError("clamp: expected min or max, got neither");
  for (const limit of limits) checkOperands("clamp", a, limit);
  if (isInteger(a) && limits.every(isInteger)) {
    const above = integerBinary("clamp", Math.max, a, min ?? -(2 ** 31));
    return integerBinary("clamp", Math.min, above, max ?? 2 ** 31 - 1);
  }
  const x = asFloat(a);
  const low = typeof min === "number" ? scalar(min) : null;
  const high = typeof max === "number" ? scalar(max) : null;
  // Of equal operands the kernels give the second: -0 stays within a limit of 0.
  const above = low === null ? x : binary("maximum", low, x);
  const out = low === null ? emptyLike(x) : above;
  if (high !== null) binaryInto("minimum", high, above, out);
  return record("clamp", out, [x], ([a]) => ({ a, low, high }));
}

/** 0 where a < b, 0.5 where they are equal, else 1. Not differentiable. */
export const shareOfLarger = (a: Tensor, b: Tensor): Tensor => binary("shareOfLarger", a, b);
/** 0 where w is 0, whatever g is, else g * w. Not differentiable. */
export const gate = (g: Tensor, w: Tensor): Tensor => binary("gate", g, w);
