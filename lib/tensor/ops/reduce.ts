/** Sums, means and maxima over some or all dimensions. */
import { kernels } from "../../backend/index.js";
import { ShapeError, ValueError } from "../../errors.js";
import { numel, type Shape, show, wrapDim } from "../shape.js";
import { record } from "../tape.js";
import { empty, type Tensor, view as elements } from "../tensor.js";
import { checkInteger, contiguous, div, toFloat } from "./elementwise.js";
import { permute, reshape, view } from "./views.js";

export interface ReduceOptions {
  /** keep reduced dimensions with size 1 */
  keepdim?: boolean;
}
export type Dim = number | readonly number[];

function reducedDims(operation: string, a: Tensor, dim: Dim | undefined): number[] {
  if (dim === undefined || (typeof dim === "object" && dim.length === 0)) return a.shape.map((_, i) => i);
  const dims = (typeof dim === "number" ? [dim] : dim).map((d) => wrapDim(operation, d, a.rank));
  if (new Set(dims).size < dims.length) throw new ValueError(`${operation}: expected each dimension once, got ${show(dim as Shape)}`);
  return dims.sort((i, j) => i - j);
}

/** The tensor as [outer, reduce, inner] in row-major memory; a copy where the dimensions are not adjacent. */
function asReduction(a: Tensor, dims: Shape): { data: Tensor; outer: number; reduce: number; inner: number } {
  const size = (list: Shape) => numel(list.map((d) => a.shape[d]));
  const first = dims[0] ?? 0;
  const adjacent = dims.every((d, i) => d === first + i);
  const rest = a.shape.map((_, i) => i).filter((i) => !dims.includes(i));
  const outer = adjacent ? rest.filter((i) => i < first) : rest;
  const inner = adjacent ? rest.filter((i) => i >= first) : [];
  const data = contiguous(adjacent ? a.detach() : permute(a.detach(), [...outer, ...dims]));
  return { data, outer: size(outer), reduce: size(dims), inner: size(inner) };
}

const keptShape = (shape: Shape, dims: Shape): number[] => shape.map((d, i) => (dims.includes(i) ? 1 : d));
const droppedShape = (shape: Shape, dims: Shape): number[] => shape.filter((_, i) => !dims.includes(i));

/** Sum over `dim` (one, several, or all). Integers sum to integers. */
export function sum(a: Tensor, dim?: Dim, { keepdim = false }: ReduceOptions = {}): Tensor {
  const dims = a.rank === 0 ? [] : reducedDims("sum", a, dim);
  const out = empty((keepdim ? keptShape : droppedShape)(a.shape, dims), a.dtype);
  const { data, outer, reduce, inner } = asReduction(a, dims);
  if (a.dtype === "int32") {
    const x = elements(data);
    const y = elements(out).fill(0);
    for (let p = 0; p < x.length; p++) y[Math.floor(p / (reduce * inner)) * inner + (p % inner)] += x[p];
    return out;
  }
  kernels().sum(outer, reduce, inner, data, out);
  return record("sum", out, [a], { dims });
}

/** Sums `a` down to `shape`: undoes broadcasting. */
export function sumTo(a: Tensor, shape: Shape): Tensor {
  const lead = a.rank - shape.length;
  if (numel(a.shape) === numel(shape)) return view(a, shape);
  const dims = a.shape.map((_, i) => i).filter((i) => i < lead || (shape[i - lead] === 1 && a.shape[i] !== 1));
  return view(sum(a, dims), shape);
}

/** Mean over `dim` (one, several, or all), in float32. */
export function mean(a: Tensor, dim?: Dim, options?: ReduceOptions): Tensor {
  const x = toFloat(a);
  const total = sum(x, dim, options);
  return div(total, x.numel / total.numel);
}

/** Largest elements along `dim` and where they are (the first, where several are largest). */
export function maxAlong(a: Tensor, dim: number, { keepdim = false }: ReduceOptions = {}): { values: Tensor; indices: Tensor } {
  const d = wrapDim("max", dim, a.rank);
  if (a.rank > 0 && a.shape[d] === 0) throw new ShapeError("max", [a.shape], `nothing to compare along dimension ${d} of shape ${show(a.shape)}`);
  const dims = a.rank === 0 ? [] : [d];
  const shape = (keepdim ? keptShape : droppedShape)(a.shape, dims);
  const { data, outer, reduce, inner } = asReduction(a, dims);
  const values = empty(shape, a.dtype);
  const indices = empty(shape, "int32");
  if (a.dtype === "int32") integerMax(elements(data), reduce, inner, elements(values), elements(indices));
  else kernels().max(outer, reduce, inner, data, values, indices);
  return { values: record("maxAlong", values, [a], { dim: d, index: indices }), indices };
}

/** The kernel's loop over integers, which are not all exact in float32. */
function integerMax(x: Float32Array | Int32Array, reduce: number, inner: number, values: typeof x, indices: typeof x): void {
  for (let p = 0; p < values.length; p++) {
    const first = Math.floor(p / inner) * reduce * inner + (p % inner);
    let best = 0;
    for (let r = 1; r < reduce; r++) if (x[first + r * inner] > x[first + best * inner]) best = r;
    values[p] = x[first + best * inner];
    indices[p] = best;
  }
}

/** int32 copy, rounding toward zero. */
export function toInteger(a: Tensor): Tensor {
  if (a.dtype === "int32") return a;
  const out = empty(a.shape, "int32");
  elements(out).set(a.toTypedArray().map((x) => checkInteger("int", Math.trunc(x))));
  return out;
}

/** The largest element; equal ones share its gradient. */
export function max(a: Tensor): Tensor {
  const out = maxAlong(reshape(a.detach(), [a.numel]), 0).values;
  return record("max", out, [a], { out });
}

/** Position of the largest element along `dim`, or in the flattened tensor. */
export function argmax(a: Tensor, dim?: number, options?: ReduceOptions): Tensor {
  if (dim === undefined) {
    const flat = maxAlong(reshape(a.detach(), [a.numel]), 0).indices;
    return options?.keepdim ? view(flat, a.shape.map(() => 1)) : flat;
  }
  return maxAlong(a.detach(), dim, options).indices;
}
