/**
 * Views: other shapes and strides over the same memory. Nothing is copied unless the name says so
 * (`reshape` where it must, `cat`).
 */
import { checkArray, checkWhole } from "../../check.js";
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
import { checkTensor, empty, place, sizes, steps, type Tensor } from "../tensor.js";
import { clone, copyInto, toFloat } from "./elementwise.js";

/** Where nothing is, steps lead out of memory: an empty view begins where `a` does. */
const alias = (a: Tensor, shape: Shape, strides: Shape, offset = a.offset): Tensor =>
  place(a.storage, shape, strides, numel(shape) === 0 ? a.offset : offset, a.dtype);

const saveShape = ([a]: readonly Tensor[]): { shape: Shape } => ({ shape: sizes(a) });

/**
 * The same memory with another shape; one size may be -1 (Tensor.view).
 * @throws ShapeError for another number of elements, and where a copy would be needed
 */
export function view(a: Tensor, shape: Shape): Tensor {
  const to = inferShape("view", shape, checkTensor("view", a).numel, sizes(a));
  const strides = viewStrides(to, sizes(a), steps(a));
  if (strides === undefined) {
    throw new ShapeError(
      "view",
      [sizes(a), to],
      `strides ${show(a.strides)} of shape ${show(a.shape)} cannot be seen as ${show(to)} without a copy; use reshape`,
    );
  }
  return record("view", alias(a, to, strides), [a], saveShape);
}

/**
 * `view` where possible, else a copy (torch.reshape).
 * @throws ShapeError for another number of elements
 */
export function reshape(a: Tensor, shape: Shape): Tensor {
  const to = inferShape("reshape", shape, checkTensor("reshape", a).numel, sizes(a));
  return view(viewStrides(to, sizes(a), steps(a)) === undefined ? clone(a) : a, to);
}

/**
 * Merges dimensions `start` to `end` (inclusive): [a, b, c] gives [a * b * c] (torch.flatten).
 * @throws IndexError, ValueError for dimensions out of range or order
 */
export function flatten(a: Tensor, start = 0, end = -1): Tensor {
  const [s, e] = [wrapDim("flatten", start, a.rank), wrapDim("flatten", end, a.rank)];
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
  const d = dim === undefined ? undefined : wrapDim("squeeze", dim, a.rank);
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
  const order = copySizes("permute", dims).map((d) => wrapDim("permute", d, a.rank));
  if (order.length !== a.rank || new Set(order).size !== a.rank) {
    throw new ShapeError(
      "permute",
      [a.shape],
      `expected each of the ${a.rank} dimensions once, got ${show(order)}`,
    );
  }
  const pick = (list: Shape) => order.map((d) => list[d]);
  return record("permute", alias(a, pick(sizes(a)), pick(steps(a))), [a], () => ({ dims: order }));
}

/**
 * The same memory with two dimensions exchanged (torch.transpose).
 * @throws IndexError for a dimension out of range
 */
export function transpose(a: Tensor, dim0: number, dim1: number): Tensor {
  const dims = sizes(a).map((_, i) => i);
  const [i, j] = [wrapDim("transpose", dim0, a.rank), wrapDim("transpose", dim1, a.rank)];
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
  return record("expand", alias(a, to, broadcastStrides(sizes(a), steps(a), to)), [a]);
}

/**
 * Every `step`-th element of `dim` from `start` up to, not including, `end`, in the same memory.
 * Negative positions count from the end; both are clamped.
 * @throws ValueError for fractions and for steps below 1
 */
export function slice(
  a: Tensor,
  dim: number,
  start = 0,
  end: number = Number.POSITIVE_INFINITY,
  step = 1,
): Tensor {
  const d = wrapDim("slice", dim, a.rank);
  if (a.rank === 0)
    throw new ShapeError("slice", [a.shape], "a 0-d tensor has no dimension to slice");
  for (const i of [start, end]) {
    if (!Number.isInteger(i) && i !== Number.POSITIVE_INFINITY && i !== Number.NEGATIVE_INFINITY)
      throw new ValueError(`slice: expected whole numbers, got ${quote(i)}`);
  }
  checkWhole("slice: step", step, 1);
  const size = sizes(a)[d];
  const clamp = (i: number) => Math.min(Math.max(i < 0 ? i + size : i, 0), size);
  const from = clamp(start);
  const length = Math.max(0, Math.ceil((clamp(end) - from) / step));
  const replace = (list: Shape, value: number) => list.map((x, i) => (i === d ? value : x));
  // A step beyond the end is no stride.
  const stride = length > 1 ? steps(a)[d] * step : steps(a)[d];
  const out = alias(
    a,
    replace(sizes(a), length),
    replace(steps(a), stride),
    a.offset + from * steps(a)[d],
  );
  return record("slice", out, [a], () => ({ shape: sizes(a), dim: d, start: from, step }));
}

/**
 * Element `index` of dimension `dim`, which disappears, in the same memory (torch.select).
 * @throws IndexError where there is none
 */
export function select(a: Tensor, dim: number, index: number): Tensor {
  if (a.rank === 0) throw new ShapeError("index", [a.shape], "a 0-d tensor cannot be indexed");
  const d = wrapDim("select", dim, a.rank);
  const size = sizes(a)[d];
  if (!Number.isInteger(index))
    throw new ValueError(`index: expected a whole number, got ${quote(index)}`);
  if (index < -size || index >= size) {
    throw new IndexError(
      "index",
      index,
      size,
      `index ${index} is out of range for dimension ${d} with size ${size}`,
    );
  }
  const i = index < 0 ? index + size : index;
  const piece = slice(a, d, i, i + 1);
  const drop = (list: Shape) => list.filter((_, k) => k !== d);
  return record("view", alias(piece, drop(sizes(piece)), drop(steps(piece))), [piece], saveShape);
}

/**
 * All slices along a dimension, which disappears, in the same memory (torch.unbind).
 * @throws IndexError for a dimension out of range
 */
export function unbind(a: Tensor, dim = 0): Tensor[] {
  const d = wrapDim("unbind", dim, checkTensor("unbind", a).rank);
  if (a.rank === 0)
    throw new ShapeError("unbind", [a.shape], "a 0-d tensor has no dimension to unbind");
  return Array.from({ length: sizes(a)[d] }, (_, i) => select(a, d, i));
}

function several(operation: string, tensors: readonly Tensor[]): readonly Tensor[] {
  const list = [...checkArray(operation, tensors)];
  if (list.length === 0) throw new ValueError(`${operation}: expected at least one tensor`);
  for (const t of list) checkTensor(operation, t);
  return list;
}

/**
 * Joins tensors along an existing dimension, in new memory (torch.cat).
 * @throws ShapeError where other dimensions differ; ValueError for none
 */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  const list = several("cat", tensors);
  const d = wrapDim("cat", dim, list[0].rank);
  const parts = list.every((x) => x.dtype === list[0].dtype) ? list : list.map((x) => toFloat(x));
  const shape = [...sizes(parts[0])];
  for (const [k, p] of parts.slice(1).entries()) {
    if (p.rank !== shape.length || sizes(p).some((size, i) => i !== d && size !== shape[i])) {
      throw new ShapeError(
        "cat",
        parts.map((x) => sizes(x)),
        `shapes must agree except in dimension ${d}: tensor 0 is ${show(parts[0].shape)}, tensor ${k + 1} is ${show(p.shape)}`,
      );
    }
    shape[d] += sizes(p)[d];
  }
  const out = empty(shape, parts[0].dtype);
  const starts: number[] = [];
  let at = 0;
  for (const p of parts) {
    copyInto(p, alias(out, sizes(p), steps(out), at * steps(out)[d]));
    starts.push(at);
    at += sizes(p)[d];
  }
  return record("cat", out, parts, () => ({ dim: d, starts }));
}

/**
 * Joins equally shaped tensors along a new dimension, in new memory (torch.stack).
 * @throws ShapeError where shapes differ
 */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  const list = several("stack", tensors);
  const k = list.findIndex((x) => !sameShape(sizes(x), sizes(list[0])));
  if (k >= 0) {
    const what = `shapes must be equal: tensor 0 is ${show(list[0].shape)}, tensor ${k} is ${show(list[k].shape)}`;
    throw new ShapeError(
      "stack",
      list.map((x) => x.shape),
      what,
    );
  }
  return cat(
    list.map((x) => unsqueeze(x, dim)),
    dim,
  );
}
