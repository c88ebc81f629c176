/** Comparisons, which give masks (dtype bool), their logic, and choices by a mask. */
import type { BinaryOp } from "../../backend/kernels.js";
import { checkArguments, checkBoolean, checkNumber, checkOptions } from "../../check.js";
import { ShapeError, ValueError } from "../../errors.js";
import { broadcastShapes, sameShape, show } from "../shape.js";
import { record } from "../tape.js";
import { checkTensor, read, sizes, type Tensor } from "../tensor.js";
import { binary, readAs } from "./apply.js";
import { asType, checkOperands, commonType, type TensorOrNumber } from "./elementwise.js";

/** A number that no int32 reaches is compared as the infinity beyond it. */
const reached = (a: Tensor, b: TensorOrNumber): TensorOrNumber =>
  a.dtype !== "float32" && Number.isInteger(b) && ((b as number) | 0) !== b
    ? (b as number) * Infinity
    : b;

function compared(
  name: string,
  [onFloats, onWords]: readonly [BinaryOp, BinaryOp],
  isTurned: boolean,
  a: Tensor,
  b: TensorOrNumber,
): Tensor {
  checkTensor(name, a);
  checkOperands(name, a, b);
  const other = reached(a, b);
  const dtype = commonType(a, other);
  const [x, y] = [a, other].map((t) => asType(name, t, dtype));
  const op = dtype === "float32" ? onFloats : onWords;
  return isTurned ? binary(op, y, x, "bool", name) : binary(op, x, y, "bool", name);
}

const EQUAL = ["equal", "intEqual"] as const;
const NOT_EQUAL = ["notEqual", "intNotEqual"] as const;
const LESS = ["less", "intLess"] as const;
const LESS_EQUAL = ["lessEqual", "intLessEqual"] as const;

/**
 * a == b, elementwise with broadcasting: a mask. NaN equals nothing.
 * @throws ShapeError where shapes do not broadcast
 */
export const eq = (a: Tensor, b: TensorOrNumber): Tensor => compared("eq", EQUAL, false, a, b);
/** a != b, elementwise with broadcasting: a mask. NaN differs from everything. */
export const ne = (a: Tensor, b: TensorOrNumber): Tensor => compared("ne", NOT_EQUAL, false, a, b);
/** a < b, elementwise with broadcasting: a mask. */
export const lt = (a: Tensor, b: TensorOrNumber): Tensor => compared("lt", LESS, false, a, b);
/** a <= b, elementwise with broadcasting: a mask. */
export const le = (a: Tensor, b: TensorOrNumber): Tensor => compared("le", LESS_EQUAL, false, a, b);
/** a > b, elementwise with broadcasting: a mask. */
export const gt = (a: Tensor, b: TensorOrNumber): Tensor => compared("gt", LESS, true, a, b);
/** a >= b, elementwise with broadcasting: a mask. */
export const ge = (a: Tensor, b: TensorOrNumber): Tensor => compared("ge", LESS_EQUAL, true, a, b);

/** A mask of what is other than 0, NaN among it (Tensor.bool); a mask itself. */
export const toBool = (a: Tensor, operation = "bool"): Tensor =>
  checkTensor(operation, a).dtype === "bool" ? a : compared(operation, NOT_EQUAL, false, a, 0);

const logic =
  (name: string, op: BinaryOp) =>
  (a: Tensor, b: Tensor): Tensor => {
    checkArguments(name, { a, b }, { a: checkTensor, b: checkTensor });
    return binary(op, toBool(a), toBool(b), "bool", name);
  };

/**
 * Where `a` is 0: a mask (torch.logical_not).
 */
export const logicalNot = (a: Tensor): Tensor => compared("logicalNot", EQUAL, false, a, 0);
/**
 * Where both are other than 0, with broadcasting: a mask (torch.logical_and).
 * @throws ShapeError where shapes do not broadcast
 */
export const logicalAnd = logic("logicalAnd", "keep");
/** Where one is other than 0, or both: a mask (torch.logical_or), as `logicalAnd`. */
export const logicalOr = logic("logicalOr", "or");
/** Where one is other than 0 and the other is 0: a mask (torch.logical_xor), as `logicalAnd`. */
export const logicalXor = logic("logicalXor", "intNotEqual");

function checkMask(what: string, mask: Tensor): Tensor {
  if (checkTensor(what, mask).dtype !== "bool")
    throw new ValueError(
      `${what}: expected a mask, what a comparison gives, got ${mask.dtype}; use bool()`,
    );
  return mask;
}

/** Where the mask is, `a`; elsewhere 0. Not differentiable itself. */
export const keep = (mask: Tensor, a: Tensor, operation = "where"): Tensor =>
  binary("keep", mask, a, a.dtype, operation);
/** Where the mask is, 0; elsewhere `a`. Not differentiable itself. */
export const drop = (mask: Tensor, a: Tensor, operation = "where"): Tensor =>
  binary("drop", mask, a, a.dtype, operation);

const isZero = (x: TensorOrNumber): boolean => Object.is(x, 0);

function chosen(operation: string, mask: Tensor, a: TensorOrNumber, b: TensorOrNumber): Tensor {
  const dtype = commonType(a, b);
  const [x, y] = [a, b].map((t) => asType(operation, t, dtype));
  const out = isZero(b)
    ? binary("keep", mask, x, dtype, operation)
    : isZero(a)
      ? binary("drop", mask, y, dtype, operation)
      : binary("or", keep(mask, x, operation), drop(mask, y, operation), dtype, operation);
  return record("where", out, [x, y], () => ({ mask }));
}

/**
 * `a` where the mask `condition` is true, else `b`, all broadcast together (torch.where). The dtype
 * that holds both, as of `add`; gradients go to the elements that were taken.
 * @throws ShapeError where shapes do not broadcast; ValueError for a condition that is no mask
 */
export function where(condition: Tensor, a: TensorOrNumber, b: TensorOrNumber): Tensor {
  checkMask("where: condition", condition);
  checkOperands("where", a, b);
  return chosen("where", condition, a, b);
}

/**
 * `a` with `value`, a number or a tensor of shape [], where the mask is true (Tensor.masked_fill),
 * in new memory; the dtype of `a`.
 * @throws ShapeError where shapes do not broadcast, and for several values; ValueError for a mask
 *   that is none, and for a value that the dtype does not hold
 */
export function maskedFill(a: Tensor, mask: Tensor, value: TensorOrNumber): Tensor {
  checkMask("maskedFill: mask", mask);
  checkOperands("maskedFill", checkTensor("maskedFill", a), value);
  if (typeof value === "number") return chosen("maskedFill", mask, asNumber(a, value), a);
  if (value.rank > 0)
    throw new ShapeError(
      "maskedFill",
      [a.shape, value.shape],
      `expected a number or a tensor of shape [] as value, got shape ${show(value.shape)}`,
    );
  if (commonType(a, value) !== a.dtype)
    throw new ValueError(
      `maskedFill: expected a value that ${a.dtype} holds, got ${value.dtype}; convert one`,
    );
  return chosen("maskedFill", mask, value, a);
}

/** A value in the dtype of `a`. */
const asNumber = (a: Tensor, value: number): TensorOrNumber =>
  a.dtype === "float32" && isZero(value) ? value : asType("maskedFill", value, a.dtype);

const numbers = (operation: string, a: Tensor): Float32Array | Int32Array =>
  read(checkTensor(operation, a), operation);
const isNot0 = (x: number): boolean => x !== 0;

/** Whether every element is other than 0; true for no elements. */
export const all = (a: Tensor): boolean => numbers("all", a).every(isNot0);
/** Whether some element is other than 0. */
export const any = (a: Tensor): boolean => numbers("any", a).some(isNot0);

/** Whether shapes and all elements are the same (torch.equal). NaN equals nothing. */
export function equal(a: Tensor, b: Tensor): boolean {
  checkArguments("equal", { a, b }, { a: checkTensor, b: checkTensor });
  if (!sameShape(sizes(a), sizes(b))) return false;
  const other = numbers("equal", b);
  return numbers("equal", a).every((x, p) => x === other[p]);
}

/** How far apart numbers may be to be called close: |a - b| <= atol + rtol * |b|. */
export interface Tolerance {
  /** relative to |b|; 1e-5 */
  rtol?: number;
  /** absolute; 1e-8 */
  atol?: number;
  /** whether NaN is close to NaN; false */
  equalNan?: boolean;
}

/**
 * Whether |a - b| <= atol + rtol * |b| everywhere, with broadcasting (torch.allclose). Infinity is
 * close to itself only.
 */
export function allclose(a: Tensor, b: Tensor, options?: Tolerance): boolean {
  const {
    rtol = 1e-5,
    atol = 1e-8,
    equalNan = false,
  } = checkOptions("allclose", options, {
    rtol: checkNumber,
    atol: checkNumber,
    equalNan: checkBoolean,
  });
  checkArguments("allclose", { a, b }, { a: checkTensor, b: checkTensor });
  const isClose = (x: number, y: number) =>
    x === y ||
    (Number.isFinite(y) && Math.abs(x - y) <= atol + rtol * Math.abs(y)) ||
    (equalNan && Number.isNaN(x) && Number.isNaN(y));
  const shape = broadcastShapes("allclose", sizes(a), sizes(b));
  const others = readAs(b, shape, "allclose");
  return readAs(a, shape, "allclose").every((x, p) => isClose(x, others[p]));
}
