/** Changes a tensor's own memory. Not on the tape: for updates under `noGrad`, or on `.data`. */
import { AutogradError, ShapeError } from "../../errors.js";
import { broadcastShapes, sameShape, show } from "../shape.js";
import { gradEnabled } from "../tape.js";
import type { Tensor } from "../tensor.js";
import { binaryInto, copyInto, type Operand, scalar, toFloat } from "./elementwise.js";

function guard(operation: string, a: Tensor): void {
  if (a.requiresGrad && gradEnabled()) {
    throw new AutogradError(`${operation}: this tensor requires a gradient and would change behind the tape; use .data or noGrad(() => ...)`);
  }
}

function inPlace(op: "add" | "sub" | "mul" | "div", a: Tensor, b: Operand): Tensor {
  guard(`${op}_`, a);
  const other = typeof b === "number" ? scalar(b) : toFloat(b);
  if (a.dtype !== "float32" || !sameShape(broadcastShapes(`${op}_`, a.shape, other.shape), a.shape)) {
    throw new ShapeError(`${op}_`, [a.shape, other.shape], `cannot write float32 ${show(other.shape)} into ${a.dtype} ${show(a.shape)}`);
  }
  binaryInto(op, a, other, a);
  return a;
}

export const add_ = (a: Tensor, b: Operand): Tensor => inPlace("add", a, b);
export const sub_ = (a: Tensor, b: Operand): Tensor => inPlace("sub", a, b);
export const mul_ = (a: Tensor, b: Operand): Tensor => inPlace("mul", a, b);
export const div_ = (a: Tensor, b: Operand): Tensor => inPlace("div", a, b);

/** Overwrites `a` with `b`, broadcast to its shape. */
export function copy_(a: Tensor, b: Tensor): Tensor {
  guard("copy_", a);
  if (a.dtype !== b.dtype || !sameShape(a.shape, b.shape)) {
    throw new ShapeError("copy_", [a.shape, b.shape], `expected ${a.dtype} ${show(a.shape)}, got ${b.dtype} ${show(b.shape)}`);
  }
  copyInto(b, a);
  return a;
}
