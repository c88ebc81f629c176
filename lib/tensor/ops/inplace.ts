/** Changes a tensor's own memory. Not on the tape: for updates under `noGrad`, or on `.data`. */
import { AutogradError, ShapeError, ValueError } from "../../errors.js";
import { checkType } from "../dtypes.js";
import { checkBounds } from "../../random/integers.js";
import { generatorOf, type RandomOptions } from "../default-generator.js";
import { broadcastShapes, sameShape, type Shape, show } from "../shape.js";
import { gradEnabled } from "../tape.js";
import { checkTensor, elements, layout, sizes, stridesOf, type Tensor } from "../tensor.js";
import { binaryInto, copyInto } from "./apply.js";
import { toBool } from "./compare.js";
import {
  asType,
  checkOperands,
  clone,
  commonType,
  INTEGER,
  type TensorOrNumber,
  scalar,
  toFloat,
} from "./elementwise.js";
import { toInteger } from "./reduce.js";

/** @throws AutogradError, ShapeError where `a` cannot be changed with `b` */
export function checkChange(operation: string, a: Tensor, b: TensorOrNumber): void {
  checkOperands(operation, a, b);
  if (gradEnabled() && typeof b === "object" && b.requiresGrad) {
    throw new AutogradError(
      `${operation}: the operand requires a gradient, which an in-place change would lose; ` +
        `use ${operation.slice(0, -1)} or noGrad(() => ...)`,
    );
  }
  if (a.requiresGrad && gradEnabled()) {
    throw new AutogradError(
      `${operation}: this tensor requires a gradient and would change behind the tape; use ` +
        ".data or noGrad(() => ...)",
    );
  }
  if (layout(a).overlaps) {
    const what =
      `elements of this tensor of shape ${show(a.shape)} share memory (it was expanded, or is ` +
      "overlapping windows)";
    throw new ShapeError(operation, [a.shape], `${what}; clone() it first`);
  }
}

/** Gradients that need its numbers as they were can tell from now on. */
export function changed(a: Tensor): Tensor {
  a.storage.version++;
  return a;
}

/** First word and one past the last word that a tensor touches in its storage. */
function span(a: Tensor): [from: number, to: number] {
  return [
    a.offset,
    a.numel === 0
      ? a.offset
      : a.offset + 1 + sizes(a).reduce((n, d, i) => n + (d - 1) * stridesOf(a)[i], 0),
  ];
}

/**
 * `b`, copied if it lies across the memory of `a` in another layout: it would change while it is
 * read.
 */
function apart(a: Tensor, b: Tensor): Tensor {
  if (
    a.storage !== b.storage ||
    (a.offset === b.offset &&
      sameShape(sizes(a), sizes(b)) &&
      sameShape(stridesOf(a), stridesOf(b)))
  )
    return b;
  const [[from, to], [start, end]] = [span(a), span(b)];
  return start < to && from < end ? clone(b.detach()) : b;
}

/** @throws ShapeError where `b` does not broadcast to `shape` */
function checkFits(operation: string, shape: Shape, b: Tensor): void {
  if (sameShape(broadcastShapes(operation, shape, sizes(b)), shape)) return;
  throw new ShapeError(
    operation,
    [shape, b.shape],
    `shape ${show(b.shape)} does not broadcast to ${show(shape)}, which keeps its shape`,
  );
}

/**
 * `b` in the dtype of `a`, for elements of `a` of this shape.
 * @throws ShapeError where it does not broadcast; ValueError where its dtype holds more
 */
export function fitting(operation: string, a: Tensor, shape: Shape, b: TensorOrNumber): Tensor {
  if (typeof b === "number") return scalar(b, a.dtype, operation);
  if (commonType(a, b) !== a.dtype)
    throw new ValueError(
      `${operation}: expected ${a.dtype} values, got ${b.dtype}; convert with ` +
        (a.dtype === "int32" ? "int()" : "bool()"),
    );
  const other = asType(operation, b, a.dtype);
  checkFits(operation, shape, other);
  return other;
}

function inPlace(op: "add" | "sub" | "mul" | "div", a: Tensor, b: TensorOrNumber): Tensor {
  const operation = `${op}_`;
  checkChange(operation, a, b);
  if (a.dtype === "bool" || (a.dtype === "int32" && op === "div"))
    throw new ValueError(
      `${operation}: expected a float32 ${op === "div" ? "" : "or int32 "}tensor to change, got ` +
        `${a.dtype}; use ${op}`,
    );
  const kernel = a.dtype === "int32" && op !== "div" ? INTEGER[op] : op;
  binaryInto(kernel, a, apart(a, fitting(operation, a, sizes(a), b)), a, operation);
  return changed(a);
}

/**
 * a += b in a's memory, with b broadcast to a's shape; float32, or int32, which wraps.
 * @throws AutogradError where a or b requires a gradient (a gradient that needs the old numbers:
 *   `backward()` throws it); ShapeError where b does not fit
 */
export const add_ = (a: Tensor, b: TensorOrNumber): Tensor => inPlace("add", a, b);
/** a -= b, as `add_`. */
export const sub_ = (a: Tensor, b: TensorOrNumber): Tensor => inPlace("sub", a, b);
/** a *= b, as `add_`. */
export const mul_ = (a: Tensor, b: TensorOrNumber): Tensor => inPlace("mul", a, b);
/** a /= b, as `add_`, of float32. */
export const div_ = (a: Tensor, b: TensorOrNumber): Tensor => inPlace("div", a, b);

/** Overwrites `a` with `b`, of any dtype. */
function overwrite(operation: string, a: Tensor, b: Tensor): Tensor {
  checkFits(operation, sizes(a), b);
  const convert = { float32: toFloat, int32: toInteger, bool: toBool };
  const from = a.dtype === b.dtype ? b : convert[a.dtype](b, operation);
  copyInto(apart(a, from), a);
  return changed(a);
}

/**
 * Overwrites `a` with `b`, broadcast to its shape and converted to its dtype: to int32 rounding
 * toward zero, to bool whether it is other than 0 (Tensor.copy_).
 * @throws as `add_`; ValueError for a number that int32 does not hold
 */
export function copy_(a: Tensor, b: Tensor): Tensor {
  checkChange("copy_", a, checkTensor("copy_", b));
  return overwrite("copy_", a, b);
}

/**
 * Overwrites every element of `a` with `value`, a number or a tensor of shape [] (Tensor.fill_).
 * @throws as `copy_`; ShapeError for several values; ValueError for a number that the dtype of `a`
 *   does not hold
 */
export function fill_(a: Tensor, value: TensorOrNumber): Tensor {
  checkChange("fill_", a, value);
  if (typeof value === "number") return overwrite("fill_", a, scalar(value, a.dtype, "fill_"));
  if (value.rank === 0) return overwrite("fill_", a, value);
  throw new ShapeError(
    "fill_",
    [a.shape, value.shape],
    `expected a number or a tensor of shape [], got shape ${show(value.shape)}`,
  );
}

/** Fills `a` (int32) with whole numbers from low to high - 1, drawn as `randint` draws them. */
export function random_(a: Tensor, low: number, high: number, options?: RandomOptions): Tensor {
  const generator = generatorOf("random_", options);
  checkChange("random_", a, 0);
  checkType("random_", a, "int32", "an int32 tensor to fill");
  const words = elements(a, "random_") as Int32Array;
  checkBounds("random_", words, low, high);
  generator.randint(words, low, high);
  return changed(a);
}
