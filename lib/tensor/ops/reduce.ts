/** Sums, means and maxima over some or all dimensions. */
import { kernels } from "../../backend/index.js";
import { checkBoolean, checkOptions } from "../../check.js";
import { ShapeError, ValueError } from "../../errors.js";
import { numel, type Shape, show } from "../shape.js";
import { record } from "../tape.js";
import { checkTensor, elements, empty, read, sizes, type Tensor } from "../tensor.js";
import { copyInto } from "./apply.js";
import { logicalNot } from "./compare.js";
import { checkInteger, contiguous, div, neg, sub, toFloat } from "./elementwise.js";
import { dimOf, permute, reshape, view } from "./views.js";

/** What a reduction leaves of the dimensions it goes over. */
export interface ReduceOptions {
  /** keep reduced dimensions with size 1 */
  keepdim?: boolean;
  /** the same, by NumPy's name */
  keepdims?: boolean;
}

export const KEEPDIM = { keepdim: checkBoolean, keepdims: checkBoolean };

export function keeps(operation: string, options: ReduceOptions | undefined): boolean {
  const { keepdim, keepdims } = checkOptions(operation, options, KEEPDIM);
  if (keepdim !== undefined && keepdims !== undefined)
    throw new ValueError(`${operation}: options: expected keepdim or keepdims, got both`);
  return keepdim ?? keepdims ?? false;
}

/** One dimension or several; negative ones count from the last. */
export type Dim = number | readonly number[];

/** What `maxAlong` and `minAlong` find, each in the shape of a sum along the same dimension. */
export interface Largest {
  /** the largest, or smallest, elements, in the dtype of the tensor */
  readonly values: Tensor;
  /** int32 positions along the dimension */
  readonly indices: Tensor;
}

export function reducedDims(operation: string, a: Tensor, dim: Dim | undefined): number[] {
  const given = dim === undefined ? [] : Array.isArray(dim) ? [...(dim as Shape)] : [dim as number];
  const dims = given.map((d) => dimOf(operation, a, d));
  if (dims.length === 0 || a.rank === 0) return sizes(a).map((_, i) => i);
  if (new Set(dims).size < dims.length)
    throw new ValueError(`${operation}: expected each dimension once, got ${show(given)}`);
  return dims.sort((i, j) => i - j);
}

/**
 * The tensor as [outer, reduce, inner] in row-major memory; a copy where the dimensions are not
 * adjacent.
 */
function asReduction(
  a: Tensor,
  dims: Shape,
): { data: Tensor; outer: number; reduce: number; inner: number } {
  const size = (list: Shape) => numel(list.map((d) => sizes(a)[d]));
  const first = dims[0] ?? 0;
  const adjacent = dims.every((d, i) => d === first + i);
  const rest = sizes(a)
    .map((_, i) => i)
    .filter((i) => !dims.includes(i));
  const outer = adjacent ? rest.filter((i) => i < first) : rest;
  const inner = adjacent ? rest.filter((i) => i >= first) : [];
  const data = contiguous(adjacent ? a.detach() : permute(a.detach(), [...outer, ...dims]));
  return { data, outer: size(outer), reduce: size(dims), inner: size(inner) };
}

const keptShape = (shape: Shape, dims: Shape): number[] =>
  shape.map((d, i) => (dims.includes(i) ? 1 : d));
const droppedShape = (shape: Shape, dims: Shape): number[] =>
  shape.filter((_, i) => !dims.includes(i));

/**
 * Sum over `dim` (one, several, or all), which disappears unless `keepdim` (torch.sum). float32 in
 * a fixed order; int32 and masks sum to int32.
 * @throws IndexError for a dimension out of range; ValueError for one that comes twice, and for a
 *   sum that int32 does not hold
 */
export function sum(a: Tensor, dim?: Dim, options?: ReduceOptions): Tensor {
  return total("sum", a, dim, options);
}

/** `sum`, for `operation` to call. */
export function total(operation: string, a: Tensor, dim?: Dim, options?: ReduceOptions): Tensor {
  checkTensor(operation, a);
  const keepdim = keeps(operation, options);
  const dims = reducedDims(operation, a, dim);
  const dtype = a.dtype === "float32" ? "float32" : "int32";
  const out = empty((keepdim ? keptShape : droppedShape)(sizes(a), dims), dtype);
  const { data, outer, reduce, inner } = asReduction(a, dims);
  if (dtype === "int32") {
    const x = elements(data, operation);
    integerSums(operation, x, reduce, inner, elements(out, operation));
    return out;
  }
  kernels().sum({ outer, reduce, inner, a: data, out });
  return record("sum", out, [a], () => ({ shape: sizes(a), dims }));
}

/**
 * A sum of int32; PyTorch's are int64.
 * @throws ValueError for one that int32 does not hold
 */
export function checkSum(operation: string, total: number): number {
  if ((total | 0) === total) return total;
  throw new ValueError(
    `${operation}: expected sums from -2^31 to 2^31 - 1 for int32, got ${total}; use float()`,
  );
}

/** The kernel's loop over integers. */
function integerSums(
  operation: string,
  x: Float32Array | Int32Array,
  reduce: number,
  inner: number,
  sums: Float32Array | Int32Array,
): void {
  for (let p = 0; p < sums.length; p++) {
    const first = Math.floor(p / inner) * reduce * inner + (p % inner);
    let total = 0;
    for (let r = 0; r < reduce; r++) total += x[first + r * inner];
    sums[p] = checkSum(operation, total);
  }
}

/** Sums `a` down to `shape`: undoes broadcasting. */
export function sumTo(a: Tensor, shape: Shape): Tensor {
  const lead = a.rank - shape.length;
  if (numel(sizes(a)) === numel(shape)) return view(a, shape);
  const dims = sizes(a)
    .map((_, i) => i)
    .filter((i) => i < lead || (shape[i - lead] === 1 && sizes(a)[i] !== 1));
  return view(sum(a, dims), shape);
}

/**
 * Mean over `dim` (one, several, or all), which disappears unless `keepdim`; float32 (torch.mean).
 * @throws as `sum`
 */
export function mean(a: Tensor, dim?: Dim, options?: ReduceOptions): Tensor {
  const x = toFloat(a, "mean");
  const sums = total("mean", x, dim, options);
  return div(sums, x.numel / sums.numel);
}

/**
 * Largest elements along `dim` and where they are, int32 (the first, where several are largest):
 * `a.max(dim)` of PyTorch. The first NaN wins.
 * @throws ShapeError where there is nothing to compare; IndexError for a dimension out of range
 */
export function maxAlong(a: Tensor, dim: number, options?: ReduceOptions): Largest {
  return largest("maxAlong", a, dim, keeps("maxAlong", options));
}

function largest(operation: string, a: Tensor, dim: number, keepdim: boolean): Largest {
  const d = dimOf(operation, a, dim);
  if (a.rank > 0 && a.shape[d] === 0)
    throw new ShapeError(
      operation,
      [a.shape],
      `nothing to compare along dimension ${d} of shape ${show(a.shape)}`,
    );
  const dims = a.rank === 0 ? [] : [d];
  const shape = (keepdim ? keptShape : droppedShape)(sizes(a), dims);
  const { data, outer, reduce, inner } = asReduction(a, dims);
  const values = empty(shape, a.dtype);
  const indices = empty(shape, "int32");
  if (a.dtype !== "float32") {
    const [x, y, at] = [data, values, indices].map((t) => elements(t, operation));
    integerMax(x, reduce, inner, y, at);
  } else kernels().max({ outer, reduce, inner, a: data, out: values, index: indices });
  const save = () => ({ shape: sizes(a), dim: d, index: indices });
  return { values: record("maxAlong", values, [a], save), indices };
}

const largestOfAll = (operation: string, a: Tensor): Largest =>
  largest(operation, reshape(checkTensor(operation, a).detach(), [a.numel]), 0, false);

/** The kernel's loop over integers, which are not all exact in float32. */
function integerMax(
  x: Float32Array | Int32Array,
  reduce: number,
  inner: number,
  values: typeof x,
  indices: typeof x,
): void {
  for (let p = 0; p < values.length; p++) {
    const first = Math.floor(p / inner) * reduce * inner + (p % inner);
    let best = 0;
    for (let r = 1; r < reduce; r++) if (x[first + r * inner] > x[first + best * inner]) best = r;
    values[p] = x[first + best * inner];
    indices[p] = best;
  }
}

/**
 * int32 copy, rounding toward zero; an int32 tensor itself.
 * @throws ValueError for a number that int32 does not hold
 */
export function toInteger(a: Tensor, operation = "int"): Tensor {
  if (a.dtype === "int32") return a;
  const out = empty(sizes(a), "int32");
  if (a.dtype === "bool") copyInto(a, out);
  else {
    const numbers = read(checkTensor(operation, a), operation);
    elements(out, operation).set(numbers.map((x) => checkInteger(operation, Math.trunc(x))));
  }
  return out;
}

/**
 * The largest element of all, as a tensor of shape []; equal ones share its gradient (torch.max).
 * @throws ShapeError for a tensor without elements
 */
export function max(a: Tensor): Tensor {
  const out = largestOfAll("max", a).values;
  return record("max", out, [a], () => ({ a, out }));
}

/**
 * Smallest elements along `dim` and where they are, int32, as `maxAlong`: `a.min(dim)` of PyTorch.
 * The first NaN wins.
 * @throws as `maxAlong`
 */
export function minAlong(a: Tensor, dim: number, options?: ReduceOptions): Largest {
  const keepdim = keeps("minAlong", options);
  const { values, indices } = largest(
    "minAlong",
    opposite(checkTensor("minAlong", a)),
    dim,
    keepdim,
  );
  return { values: opposite(values), indices };
}

/**
 * The smallest element of all, as a tensor of shape []; equal ones share its gradient (torch.min).
 * @throws ShapeError for a tensor without elements
 */
export function min(a: Tensor): Tensor {
  const x = opposite(checkTensor("min", a));
  const out = largestOfAll("min", x).values;
  return opposite(record("max", out, [x], () => ({ a: x, out })));
}

/**
 * What has its order reversed, twice of which is itself: -a; of int32, where -2^31 has no negative,
 * -1 - a; of a mask what it leaves out.
 */
function opposite(a: Tensor): Tensor {
  if (a.dtype === "bool") return logicalNot(a);
  return a.dtype === "int32" ? sub(-1, a) : neg(a);
}

/**
 * int32 position of the largest element along `dim`, or in the flattened tensor, the first of
 * equals (torch.argmax).
 * @throws as `maxAlong`
 */
export function argmax(a: Tensor, dim?: number, options?: ReduceOptions): Tensor {
  const keepdim = keeps("argmax", options);
  if (dim !== undefined) return largest("argmax", a, dim, keepdim).indices;
  const { indices } = largestOfAll("argmax", a);
  const kept = sizes(a).map(() => 1);
  return keepdim ? view(indices, kept) : indices;
}
