/**
 * Comparisons. There is no bool dtype: an elementwise comparison gives int32, 1 where it holds and
 * 0 elsewhere, so `.sum()` counts and `.float().mean()` is a share. None is differentiable. Plain
 * loops: they are never in a training step.
 */
import { checkArguments, checkBoolean, checkNumber, checkOptions } from "../../check.js";
import { asMask } from "../mask.js";
import { broadcastShapes, sameShape } from "../shape.js";
import { checkTensor, elements, empty, read, sizes, type Tensor } from "../tensor.js";
import { readAs } from "./apply.js";
import { checkOperands, type Operand } from "./elementwise.js";

function comparison(
  name: string,
  holds: (x: number, y: number) => boolean,
): (a: Tensor, b: Operand) => Tensor {
  return (a, b) => {
    checkTensor(name, a);
    checkOperands(name, a, b);
    const shape = typeof b === "number" ? sizes(a) : broadcastShapes(name, sizes(a), sizes(b));
    const x = readAs(a, shape, name);
    // A plain number is compared as the float32 it would be in a tensor of floats.
    const only = typeof b === "number" ? (a.dtype === "float32" ? Math.fround(b) : b) : undefined;
    const y = typeof b === "number" ? undefined : readAs(b, shape, name);
    const out = empty(shape, "int32");
    const words = elements(out, name);
    for (let p = 0; p < words.length; p++)
      words[p] = holds(x[p], y === undefined ? (only as number) : y[p]) ? 1 : 0;
    return asMask(out);
  };
}

/**
 * a == b, elementwise with broadcasting; int32 1 or 0. NaN equals nothing.
 * @throws ShapeError where shapes do not broadcast
 */
export const eq = comparison("eq", (x, y) => x === y);
/** a != b, elementwise with broadcasting; int32 1 or 0. NaN differs from everything. */
export const ne = comparison("ne", (x, y) => x !== y);
/** a < b, elementwise with broadcasting; int32 1 or 0. */
export const lt = comparison("lt", (x, y) => x < y);
/** a <= b, elementwise with broadcasting; int32 1 or 0. */
export const le = comparison("le", (x, y) => x <= y);
/** a > b, elementwise with broadcasting; int32 1 or 0. */
export const gt = comparison("gt", (x, y) => x > y);
/** a >= b, elementwise with broadcasting; int32 1 or 0. */
export const ge = comparison("ge", (x, y) => x >= y);

const numbers = (operation: string, a: Tensor): Float32Array | Int32Array =>
  read(checkTensor(operation, a), operation);
const isNot0 = (x: number): boolean => x !== 0;

/** Whether every element is other than 0; true for no elements. */
export const all = (a: Tensor): boolean => numbers("all", a).every(isNot0);
/** Whether some element is other than 0. */
export const any = (a: Tensor): boolean => numbers("any", a).some(isNot0);

const same = comparison("equal", (x, y) => x === y);
/** Whether shapes and all elements are the same (torch.equal). NaN equals nothing. */
export function equal(a: Tensor, b: Tensor): boolean {
  checkArguments("equal", { a, b }, { a: checkTensor, b: checkTensor });
  return sameShape(sizes(a), sizes(b)) && numbers("equal", same(a, b)).every(isNot0);
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
  const close = (x: number, y: number) =>
    x === y ||
    (Number.isFinite(y) && Math.abs(x - y) <= atol + rtol * Math.abs(y)) ||
    (equalNan && Number.isNaN(x) && Number.isNaN(y));
  return numbers("allclose", comparison("allclose", close)(a, b)).every(isNot0);
}
