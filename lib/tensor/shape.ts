/** Shape and stride arithmetic: numbers in, numbers out. Strides count elements, as in PyTorch. */
import { refuse } from "../check.js";
import { IndexError, quote, ShapeError } from "../errors.js";

/** Sizes by dimension, whole numbers >= 0; [] is the shape of a single number. */
export type Shape = readonly number[];

/** Number of elements. */
export function numel(shape: Shape): number {
  let n = 1;
  for (let i = 0; i < shape.length; i++) n *= shape[i];
  return n;
}

export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= Math.max(shape[i], 1);
  }
  return strides;
}

/**
 * Whether the elements lie one after the other in row-major order (dimensions of length 1 may have
 * any stride).
 */
export function isContiguous(shape: Shape, strides: Shape): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== step) return numel(shape) === 0;
    step *= shape[i];
  }
  return true;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export const show = (shape: Shape): string => `[${shape.map(quote).join(", ")}]`;

/** Elements of the largest tensor: the kernels' sizes and strides are 32-bit integers. */
export const MOST_ELEMENTS = 2 ** 31 - 1;

export const tooLarge = (operation: string, shape: Shape): ShapeError =>
  new ShapeError(
    operation,
    [shape],
    `expected at most 2^31 - 1 elements, got shape ${show(shape)}`,
  );

/** Whether a tensor cannot have this shape; a size of 0 counts as 1, as it does for strides. */
export const isTooLarge = (shape: Shape): boolean =>
  shape.reduce((n, d) => n * Math.max(d, 1), 1) > MOST_ELEMENTS;

/**
 * A dimension counted from the end when negative, checked. A 0-d tensor has dimension 0 and -1, as
 * in PyTorch.
 */
export function wrapDim(operation: string, dim: number, rank: number): number {
  const n = Math.max(rank, 1);
  if (typeof dim !== "number") refuse(operation, `a dimension from ${-n} to ${n - 1}`, dim);
  if (!Number.isInteger(dim) || dim < -n || dim >= n) {
    throw new IndexError(
      operation,
      dim,
      n,
      `expected a dimension from ${-n} to ${n - 1}, got ${dim}`,
    );
  }
  return dim < 0 ? dim + n : dim;
}

/** The caller's list, copied before it is looked at: he may change it. */
export function copySizes(operation: string, list: Shape): number[] {
  if (!Array.isArray(list))
    throw new ShapeError(operation, [], `expected an array of sizes, got ${quote(list)}`);
  return [...(list as Shape)];
}

/**
 * Sizes of a tensor to be made: a copy.
 * @throws ShapeError for other than whole numbers >= 0, and for more elements than a tensor can
 *   have
 */
export function checkShape(operation: string, shape: Shape): number[] {
  const sizes = copySizes(operation, shape);
  if (!sizes.every((d) => Number.isInteger(d) && d >= 0))
    throw new ShapeError(
      operation,
      [sizes],
      `sizes must be whole numbers >= 0, got ${show(sizes)}`,
    );
  if (isTooLarge(sizes)) throw tooLarge(operation, sizes);
  return sizes;
}

/** The shape two operands broadcast to, aligned on the right. */
export function broadcastShapes(operation: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const x = i <= a.length ? a[a.length - i] : 1;
    const y = i <= b.length ? b[b.length - i] : 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new ShapeError(
        operation,
        [a, b],
        `shapes do not broadcast: ${show(a)} and ${show(b)} differ at dimension ${rank - i} ` +
          `(${x} != ${y}, neither is 1)`,
      );
    }
    out[rank - i] = x === 1 ? y : x;
  }
  if (isTooLarge(out)) throw tooLarge(operation, out);
  return out;
}

/**
 * Strides that read a tensor of `shape` as if it had the larger shape `to` (broadcast dimensions
 * get stride 0).
 */
export function broadcastStrides(shape: Shape, strides: Shape, to: Shape): number[] {
  const out = new Array<number>(to.length);
  const lead = to.length - shape.length;
  for (let i = 0; i < to.length; i++)
    out[i] = i < lead || shape[i - lead] === 1 ? 0 : strides[i - lead];
  return out;
}

/** Replaces one -1 by the size that makes the product `n`. */
export function inferShape(operation: string, shape: Shape, n: number, from: Shape): number[] {
  const out = copySizes(operation, shape);
  let unknown = -1;
  let rest = 1;
  for (let i = 0; i < out.length; i++) {
    if (out[i] === -1 && unknown < 0) unknown = i;
    else rest *= Number.isInteger(out[i]) && out[i] >= 0 ? out[i] : Number.NaN;
  }
  if (unknown < 0 ? rest === n : rest > 0 && n % rest === 0) {
    if (unknown >= 0) out[unknown] = n / rest;
    return out;
  }
  throw new ShapeError(
    operation,
    [from, out],
    `cannot view ${n} elements of shape ${show(from)} as ${show(out)}`,
  );
}

/**
 * Strides for `shape` over the same memory, or undefined where a dimension would span pieces that
 * are not adjacent.
 */
export function viewStrides(
  shape: Shape,
  oldShape: Shape,
  oldStrides: Shape,
): number[] | undefined {
  if (isContiguous(oldShape, oldStrides)) return contiguousStrides(shape);
  const strides = new Array<number>(shape.length).fill(1);
  let j = shape.length - 1;
  let chunk = 1; // elements in the run of old dimensions that are contiguous with each other
  let base = 0; // stride of the innermost dimension of that run
  for (let i = oldShape.length - 1; i >= 0; i--) {
    if (chunk === 1) base = oldStrides[i];
    chunk *= oldShape[i];
    if (i > 0 && (oldShape[i - 1] === 1 || oldStrides[i - 1] === chunk * base)) continue;
    let covered = 1;
    while (j >= 0 && (covered < chunk || shape[j] === 1)) {
      strides[j] = covered * base;
      covered *= shape[j];
      j--;
    }
    if (covered !== chunk) return undefined;
    chunk = 1;
  }
  return strides;
}

/**
 * Merges dimensions that every operand steps through evenly, so that kernels see as few as possible
 * (often one). `strides` holds one stride list per operand; all lists are replaced by merged ones.
 */
export function mergeDims(
  shape: Shape,
  ...strides: Shape[]
): { shape: number[]; strides: number[][] } {
  const outShape: number[] = [];
  const outStrides: number[][] = strides.map(() => []);
  for (let i = 0; i < shape.length; i++) {
    if (shape[i] === 1) continue;
    const last = outShape.length - 1;
    if (last >= 0 && strides.every((s, k) => outStrides[k][last] === s[i] * shape[i])) {
      outShape[last] *= shape[i];
      for (let k = 0; k < strides.length; k++) outStrides[k][last] = strides[k][i];
    } else {
      outShape.push(shape[i]);
      for (let k = 0; k < strides.length; k++) outStrides[k].push(strides[k][i]);
    }
  }
  return { shape: outShape, strides: outStrides };
}
