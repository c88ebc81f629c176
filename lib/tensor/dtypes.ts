/** What dtype is asked for. */
import { oneOf } from "../check.js";
import { ValueError } from "../errors.js";
import type { DType, Tensor } from "./tensor.js";

export const checkDType = oneOf<DType>("float32", "int32", "bool");

/** @throws ValueError unless `t` is of `dtype`; `expected` and `remedy` are for the message */
export function checkType(
  what: string,
  t: Tensor,
  dtype: DType,
  expected: string,
  remedy = "",
): Tensor {
  if (t.dtype === dtype) return t;
  throw new ValueError(`${what}: expected ${expected}, got ${t.dtype}${remedy}`);
}
