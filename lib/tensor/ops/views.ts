/**
 * Views: other shapes and strides over the same memory. Nothing is copied unless the name says so
 * (`reshape` where it must).
 */
import { checkWhole } from "../../check.js";
import { IndexError, quote, ShapeError, ValueError } from "../../errors.js";
import {
  broadcastShapes,
  broadcastStrides,
  copySizes,
  inferShape,
  numel,
  sameShape,
  show,
  type Shape,
  viewStrides,
  wrapDim,
} from "../shape.js";
import { record } from "../tape.js";
import { checkTensor, asStrided, sizes, stridesOf, type Tensor } from "../tensor.js";
import { clone } from "./elementwise.js";

/** Where nothing is, steps lead out of memory: an empty view begins where `a` does. */
export const alias = (a: Tensor, shape: Shape, strides: Shape, offset = a.offset): Tensor =>
  asStrided(a.storage, shape, strides, numel(shape) === 0 ? a.offset : offset, a.dtype);

/** Dimension `dim` of the tensor `t`, counted from the end when negative. */
export const dimOf = (operation: string, t: Tensor, dim: number): number =>
  wrapDim(operation, dim, checkTensor(operation, t).rank);

const saveShape = ([a]: readonly Tensor[]): { shape: Shape } => ({ shape: sizes(a) });

const fitted = (operation: string, a: Tensor, shape: Shape): number[] =>
  inferShape(operation, shape, checkTensor(operation, a).numel, sizes(a));

/**
 * The same memory with another shape; one size may be -1 (Tensor.view).
 * @throws ShapeError for another number of elements, and where a copy would be needed
 */
export function view(a: Tensor, shape: Shape): Tensor {
  const to = fitted("view", a, shape);
  const strides = viewStrides(to, sizes(a), stridesOf(a));
  if (strides === undefined) {
    throw new ShapeError(
      "view",
      [sizes(a), to],
      `strides ${show(a.strides)} of shape ${show(a.shape)} cannot be seen as ${show(to)} ` +
        "without a copy; use reshape",
    );
  }
  return record("view", alias(a, to, strides), [a], saveShape);
}

/**
 * `view` where possible, else a copy (torch.reshape).
 * @throws ShapeError for another number of elements
 */
export function reshape(a: Tensor, shape: Shape): Tensor {
  const to = fitted("reshape", a, shape);
  return view(viewStrides(to, sizes(a), stridesOf(a)) === undefined ? clone(a) : a, to);
}

/**
 * Merges dimensions `start` to `end` (inclusive): [a, b, c] gives [a * b * c] (torch.flatten).
 * @throws IndexError, ValueError for dimensions out of range or order
 */
export function flatten(a: Tensor, start = 0, end = -1): Tensor {
  const [s, e] = [dimOf("flatten", a, start), dimOf("flatten", a, end)];
  if (s > e)
    throw new ValueError(`flatten: expected start <= end, got dimensions ${start} to ${end}`);
  return reshape(
    a,
    a.rank === 0
      ? [1]
      : [...sizes(a).slice(0, s), numel(sizes(a).slice(s, e + 1)), ...sizes(a).slice(e + 1)],
  );
}

/**
 * A new dimension of size 1 before `dim`; -1 puts it last (torch.unsqueeze).
 * @throws IndexError for a dimension out of range
 */
export function unsqueeze(a: Tensor, dim: number): Tensor {
  const d = wrapDim("unsqueeze", dim, a.rank + 1);
  return view(a, [...sizes(a).slice(0, d), 1, ...sizes(a).slice(d)]);
}

/**
 * Drops dimension `dim` if its size is 1, or all such dimensions (torch.squeeze).
 * @throws IndexError for a dimension out of range
 */
export function squeeze(a: Tensor, dim?: number): Tensor {
  const d = dim === undefined ? undefined : dimOf("squeeze", a, dim);
  return view(
    a,
    sizes(a).filter((size, i) => size !== 1 || (d !== undefined && i !== d)),
  );
}

/**
 * The same memory with its dimensions in a new order (torch.permute).
 * @throws ShapeError unless `dims` names each once
 */
export function permute(a: Tensor, dims: Shape): Tensor {
  const order = copySizes("permute", dims).map((d) => dimOf("permute", a, d));
  if (order.length !== a.rank || new Set(order).size !== a.rank) {
    throw new ShapeError(
      "permute",
      [a.shape],
      `expected each of the ${a.rank} dimensions once, got ${show(order)}`,
    );
  }
  const pick = (list: Shape) => order.map((d) => list[d]);
  return record("permute", alias(a, pick(sizes(a)), pick(stridesOf(a))), [a], () => ({
    dims: order,
  }));
}

/**
 * The same memory with two dimensions exchanged (torch.transpose).
 * @throws IndexError for a dimension out of range
 */
export function transpose(a: Tensor, dim0: number, dim1: number): Tensor {
  const dims = sizes(a).map((_, i) => i);
  const [i, j] = [dimOf("transpose", a, dim0), dimOf("transpose", a, dim1)];
  if (a.rank > 0) [dims[i], dims[j]] = [j, i];
  return permute(a, dims);
}

/**
 * The transpose of a matrix, [n, m] to [m, n]; vectors and scalars stay as they are (torch.t).
 * @throws ShapeError for higher ranks
 */
export function t(a: Tensor): Tensor {
  if (a.rank > 2)
    throw new ShapeError(
      "t",
      [a.shape],
      `expected at most 2 dimensions, got shape ${show(a.shape)}; use transpose or permute`,
    );
  return a.rank === 2 ? permute(a, [1, 0]) : a;
}

/**
 * Repeats dimensions of size 1 (and new leading ones) without copying; -1 keeps a size
 * (Tensor.expand).
 * @throws ShapeError for a shape that does not broadcast
 */
export function expand(a: Tensor, shape: Shape): Tensor {
  const asked = copySizes("expand", shape);
  const lead = asked.length - a.rank;
  const to = asked.map((d, i) => (d === -1 && i >= lead ? sizes(a)[i - lead] : d));
  if (
    lead < 0 ||
    !to.every((d) => Number.isInteger(d) && d >= 0) ||
    !sameShape(broadcastShapes("expand", sizes(a), to), to)
  ) {
    throw new ShapeError(
      "expand",
      [a.shape, to],
      `shape ${show(a.shape)} does not expand to ${show(to)}`,
    );
  }
  return record("expand", alias(a, to, broadcastStrides(sizes(a), stridesOf(a), to)), [a]);
}

/**
 * Every `step`-th element of `dim` from `start` up to, not including, `end`, in the same memory.
 * Negative positions count from the end; both are clamped.
 * @throws ValueError for fractions and for steps below 1
 */
export const slice = (
  a: Tensor,
  dim: number,
  start = 0,
  end: number = Number.POSITIVE_INFINITY,
  step = 1,
): Tensor => sliced("slice", a, dim, start, end, step);

/** `slice`, for `operation` to call. */
export function sliced(
  operation: string,
  a: Tensor,
  dim: number,
  start: number,
  end: number,
  step: number,
): Tensor {
  const d = dimOf(operation, a, dim);
  if (a.rank === 0)
    throw new ShapeError(operation, [a.shape], "a 0-d tensor has no dimension to slice");
  for (const i of [start, end]) {
    if (!Number.isInteger(i) && i !== Number.POSITIVE_INFINITY && i !== Number.NEGATIVE_INFINITY)
      throw new ValueError(`${operation}: expected whole numbers, got ${quote(i)}`);
  }
  checkWhole(`${operation}: step`, step, 1);
  const size = sizes(a)[d];
  const clamp = (i: number) => Math.min(Math.max(i < 0 ? i + size : i, 0), size);
  const from = clamp(start);
  const length = Math.max(0, Math.ceil((clamp(end) - from) / step));
  const replace = (list: Shape, value: number) => list.map((x, i) => (i === d ? value : x));
  // A step beyond the end is no stride.
  const stride = length > 1 ? stridesOf(a)[d] * step : stridesOf(a)[d];
  const out = alias(
    a,
    replace(sizes(a), length),
    replace(stridesOf(a), stride),
    a.offset + from * stridesOf(a)[d],
  );
  return record("slice", out, [a], () => ({ shape: sizes(a), dim: d, start: from, step }));
}

/**
 * Element `index` of dimension `dim`, which disappears, in the same memory (torch.select).
 * @throws IndexError where there is none
 */
export const select = (a: Tensor, dim: number, index: number): Tensor =>
  selected("select", a, dim, index);

/** `select`, for `operation` to call. */
export function selected(operation: string, a: Tensor, dim: number, index: number): Tensor {
  if (a.rank === 0) throw new ShapeError(operation, [a.shape], "a 0-d tensor cannot be indexed");
  const d = dimOf(operation, a, dim);
  const size = sizes(a)[d];
  if (!Number.isInteger(index))
    throw new ValueError(`${operation}: expected a whole number, got ${quote(index)}`);
  if (index < -size || index >= size) {
    throw new IndexError(
      operation,
      index,
      size,
      `index ${index} is out of range for dimension ${d} with size ${size}`,
    );
  }
  const i = index < 0 ? index + size : index;
  const piece = sliced(operation, a, d, i, i + 1, 1);
  const drop = (list: Shape) => list.filter((_, k) => k !== d);
  return record(
    "view",
    alias(piece, drop(sizes(piece)), drop(stridesOf(piece))),
    [piece],
    saveShape,
  );
}

/**
 * All slices along a dimension, which disappears, in the same memory (torch.unbind).
 * @throws IndexError for a dimension out of range
 */
export function unbind(a: Tensor, dim = 0): Tensor[] {
  const d = dimOf("unbind", a, dim);
  if (a.rank === 0)
    throw new ShapeError("unbind", [a.shape], "a 0-d tensor has no dimension to unbind");
  return Array.from({ length: sizes(a)[d] }, (_, i) => select(a, d, i));
}
