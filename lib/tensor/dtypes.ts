/** What dtype an operation asks for. */
import { ValueError } from "../errors.js";
import type { DType, Tensor } from "./tensor.js";

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
