/**
 * Indexing as in PyTorch: integers, slices, new axes, masks and integer tensors of any rank, in any
 * mixture.
 */
import { kernels } from "../../backend/index.js";
import type { ScatterAddRows } from "../../backend/kernels.js";
import { checkArray, checkBoolean, checkNumber, checkOptions } from "../../check.js";
import { quote, ShapeError, ValueError } from "../../errors.js";
import { checkType } from "../dtypes.js";
import { numel, sameShape, type Shape, show } from "../shape.js";
import { noGrad } from "../tape.js";
import { checkTensor, elements, empty, read, sizes, stridesOf, Tensor } from "../tensor.js";
import { copyInto, readAs } from "./apply.js";
import { maskedFill } from "./compare.js";
import { contiguous, mul, type TensorOrNumber, toFloat } from "./elementwise.js";
import { checkRange, gatherAt, outOfRange } from "./gather.js";
import { changed, checkChange, fitting } from "./inplace.js";
import { dimOf, permute, selected, sliced, unsqueeze } from "./views.js";

/**
 * `[start, end]` with null for "open": Python's `start:end`. A third number is a step, where one of
 * the others is null; three numbers could be rows, and are refused.
 */
export type Slice =
  | readonly [start: number | null, end: number | null]
  | readonly [start: null, end: number | null, step: number]
  | readonly [start: number | null, end: null, step: number];
/**
 * One position of an index: an integer, a slice, ":" (all), "..." (all dimensions not named), null
 * (new axis), an int32 tensor of positions, or a mask (what a comparison gave).
 */
export type Index = number | Slice | ":" | "..." | null | Tensor;

const isMask = (x: Tensor): boolean => x.dtype === "bool";

/** How many dimensions it takes. */
const consumed = (x: Index): number =>
  x === null || x === "..." ? 0 : x instanceof Tensor && isMask(x) ? x.rank : 1;

/**
 * C[i, j, ...] as in PyTorch. Integers and int32 tensors may be negative, which counts from the
 * end; tensors broadcast together and gather: `C [V, E]` at `X [n, b]` gives [n, b, E]; a tensor of
 * shape [] is an integer. A comparison's result picks where it holds: `x.index(x.gt(0))`. Integers
 * and slices give views, tensors a copy: change `a` at such positions with `indexPut_`. Gradients
 * accumulate over repeated indices.
 * @throws IndexError on an index out of range; ShapeError for more positions than dimensions, and
 *   for a mask of another shape; ValueError for a float32 tensor and a list that is no slice
 */
export const index = (a: Tensor, ...positions: Index[]): Tensor => indexed("index", a, positions);

function indexed(operation: string, a: Tensor, positions: readonly Index[]): Tensor {
  checkTensor(operation, a);
  const [only] = positions;
  // The path of every minibatch.
  if (positions.length === 1 && only instanceof Tensor && only.rank > 0 && !isMask(only))
    return gatherAt(operation, a, [only], [0]);

  let out = a;
  let dim = 0;
  const at: { dim: number; index: Tensor }[] = [];
  for (const p of named(operation, a, positions)) {
    if (typeof p === "number") out = selected(operation, out, dim, p);
    else if (p === null) out = unsqueeze(out, dim++);
    else if (p instanceof Tensor && isMask(p))
      for (const index of placesOf(operation, p, sizes(out).slice(dim)))
        at.push({ dim: dim++, index });
    else if (p instanceof Tensor && p.rank === 0 && p.dtype === "int32")
      out = selected(operation, out, dim, read(p, operation)[0]);
    else if (p instanceof Tensor) at.push({ dim: dim++, index: p });
    else if (Array.isArray(p)) out = pieceOf(operation, out, dim++, p as readonly unknown[]);
    else if (p === ":") dim++;
    else
      throw new ValueError(
        `${operation}: expected an integer, a slice, ":", "...", null or a tensor, got ${quote(p)}`,
      );
  }
  return at.length === 0 ? out : gathered(operation, out, at);
}

/** The positions with "..." written out, so that each dimension has one. */
function named(operation: string, a: Tensor, positions: readonly Index[]): Index[] {
  const taken = positions.reduce((n: number, x) => n + consumed(x), 0);
  if (taken > a.rank)
    throw new ShapeError(
      operation,
      [a.shape],
      `${taken} indices for a tensor of ${a.rank} dimensions`,
    );
  const fill = new Array<Index>(a.rank - taken).fill(":");
  const dots = positions.indexOf("...");
  if (dots !== positions.lastIndexOf("..."))
    throw new ValueError(`${operation}: expected "..." at most once`);
  return dots < 0 ? [...positions, ...fill] : positions.toSpliced(dots, 1, ...fill);
}

/** A slice, which no list of rows could be taken for. */
function pieceOf(operation: string, a: Tensor, dim: number, list: readonly unknown[]): Tensor {
  const [start, end, step] = list as [number | null, number | null, number?];
  if (list.length !== 2 && !(list.length === 3 && (start === null || end === null))) {
    const rows = `[${list.slice(0, 9).map(quote).join(", ")}${list.length > 9 ? ", ..." : ""}]`;
    const slice =
      list.length === 3
        ? `, for a slice with a step slice(${dim}, ${list.map(quote).join(", ")})`
        : "";
    throw new ValueError(
      `${operation}: expected a slice [start, end], got ${rows}; for rows by number use ` +
        `tensor(${rows}, { dtype: "int32" })${slice}`,
    );
  }
  return sliced(operation, a, dim, start ?? 0, end ?? Number.POSITIVE_INFINITY, step ?? 1);
}

/** Where a mask is not 0, by dimension: PyTorch's nonzero(as_tuple=True). */
function placesOf(operation: string, mask: Tensor, over: Shape): Tensor[] {
  const shape = sizes(mask);
  if (shape.length === 0)
    throw new ShapeError(operation, [shape], "expected a mask of at least 1 dimension, got []");
  if (!sameShape(shape, over.slice(0, shape.length)))
    throw new ShapeError(
      operation,
      [over, shape],
      "expected a mask of the shape that it picks from, " +
        `${show(over.slice(0, shape.length))}, got ${show(shape)}`,
    );
  const places = [...read(mask, operation).entries()].flatMap(([p, x]) => (x === 0 ? [] : [p]));
  return shape.map((size, d) => {
    const inner = numel(shape.slice(d + 1));
    const out = empty([places.length], "int32");
    elements(out, operation).set(places.map((p) => Math.floor(p / inner) % size));
    return out;
  });
}

/**
 * Tensors as indices go to the front together; adjacent ones leave their result where they stood,
 * others in front.
 */
function gathered(
  operation: string,
  a: Tensor,
  at: readonly { dim: number; index: Tensor }[],
): Tensor {
  const dims = at.map((x) => x.dim);
  const rest = sizes(a)
    .map((_, i) => i)
    .filter((i) => !dims.includes(i));
  const indices = at.map((x) => x.index);
  const front = gatherAt(operation, permute(a, [...dims, ...rest]), indices, dims);
  const adjacent = dims.every((d, i) => d === dims[0] + i);
  if (!adjacent || dims[0] === 0) return front;
  const rank = front.rank - rest.length;
  const axes = sizes(front).map((_, i) => i);
  return contiguous(
    permute(front, [
      ...axes.slice(rank, rank + dims[0]),
      ...axes.slice(0, rank),
      ...axes.slice(rank + dims[0]),
    ]),
  );
}

/** What becomes of the numbers that were there. */
export interface PutOptions {
  /** add to them, once for each time that an element is named; false: replace them */
  accumulate?: boolean;
}

/**
 * a[positions] = values in a's memory, with `values` broadcast (Tensor.index_put_); positions as
 * for `index`. The way to change a tensor where tensors index it: `d.index(rows, cols).sub_(1)`
 * would change the copy that `index` gives. Compiled where it accumulates into float32, and where a
 * mask of a's shape gets one number.
 * @throws as `index` and `add_`
 */
export function indexPut_(
  a: Tensor,
  positions: readonly Index[],
  values: TensorOrNumber,
  options?: PutOptions,
): Tensor {
  const { accumulate = false } = checkOptions("indexPut_", options, { accumulate: checkBoolean });
  checkChange("indexPut_", a, values);
  const [mask, ...more] = checkArray("indexPut_: positions", positions) as Index[];
  const isWhole = mask instanceof Tensor && isMask(mask) && sameShape(sizes(mask), sizes(a));
  if (isWhole && more.length === 0 && !accumulate && isOne(values)) {
    const value = fitting("indexPut_", a, [], values);
    copyInto(
      noGrad(() => maskedFill(a, mask, value)),
      a,
    );
    return changed(a);
  }
  return put("indexPut_", a, positions, values, accumulate);
}

const isOne = (x: TensorOrNumber): boolean => typeof x === "number" || x.rank === 0;

function put(
  operation: string,
  a: Tensor,
  positions: readonly Index[],
  values: TensorOrNumber,
  accumulate: boolean,
): Tensor {
  const to = indexed(operation, offsets(a), positions);
  const from = fitting(operation, a, sizes(to), values);
  if (accumulate && a.dtype === "bool")
    throw new ValueError(`${operation}: expected numbers to add to, got a mask; use float()`);
  if (accumulate && a.dtype === "float32") {
    const each = empty(sizes(to));
    copyInto(from, each);
    const table = { storage: a.storage, offset: 0 };
    addRows({ rows: a.storage.length, width: 1, a: each, index: contiguous(to), table });
    return changed(a);
  }
  const numbers = readAs(from, sizes(to), operation);
  const { slab, start } = a.storage;
  const words = a.dtype === "float32" ? slab.f32 : slab.i32;
  for (const [p, offset] of read(to, operation).entries())
    words[start + offset] = accumulate ? words[start + offset] + numbers[p] : numbers[p];
  return changed(a);
}

/** The offsets have been checked. */
const addRows = (args: Omit<ScatterAddRows, "n"> & { index: Tensor }): void =>
  void kernels().scatterAddRows({ ...args, n: args.index.numel });

/** Of the shape of `a`: where each of its elements is in its storage. */
function offsets(a: Tensor): Tensor {
  let list = Int32Array.of(a.offset);
  for (const [d, n] of sizes(a).entries()) {
    const stride = stridesOf(a)[d];
    const longer = new Int32Array(list.length * n);
    for (let i = 0, p = 0; i < list.length; i++)
      for (let k = 0; k < n; k++) longer[p++] = list[i] + k * stride;
    list = longer;
  }
  const out = empty(sizes(a), "int32");
  out.memory.set(list);
  return out;
}

/** How `indexAdd_` adds. */
export interface IndexAddOptions {
  /** what the source is multiplied by; 1 */
  alpha?: number;
}

/**
 * a[..., index[i], ...] += alpha * source[..., i, ...] along dimension `dim` in a's memory, for i =
 * 0, 1, ... (Tensor.index_add_): `index` int32 [n], `source` of the shape of `a` but for n in that
 * dimension. float32, where it can be recorded, or int32.
 * @throws IndexError on an index out of range, which does not count from the end; ShapeError,
 *   AutogradError, ValueError as `add_`
 */
export function indexAdd_(
  a: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  options?: IndexAddOptions,
): Tensor {
  const { alpha = 1 } = checkOptions("indexAdd_", options, { alpha: checkNumber });
  const d = dimOf("indexAdd_", a, dim);
  checkChange("indexAdd_", a, checkTensor("indexAdd_: source", source));
  checkType("indexAdd_", checkTensor("indexAdd_: index", index), "int32", "an int32 index");
  const shape = sizes(a).map((n, i) => (i === d ? index.numel : n));
  if (index.rank > 1 || !sameShape(sizes(source), shape))
    throw new ShapeError(
      "indexAdd_",
      [a.shape, index.shape, source.shape],
      `expected an index [n] and a source ${show(shape)} for it, got ${show(index.shape)} and ` +
        show(source.shape),
    );
  const ids = contiguous(index);
  checkRange(ids, sizes(a)[d] ?? 1, false, (value, size) =>
    outOfRange("indexAdd_", value, size, d),
  );
  const from = noGrad(() => (alpha === 1 ? source : mul(source, alpha)));
  if (a.dtype === "float32" && d === 0 && a.isContiguous() && a.rank > 0) {
    const rows = sizes(a)[0];
    const width = numel(sizes(a).slice(1));
    addRows({ rows, width, a: contiguous(toFloat(from.detach())), index: ids, table: a });
    return changed(a);
  }
  const before = new Array<Index>(a.rank === 0 ? 0 : d).fill(":");
  return put("indexAdd_", a, a.rank === 0 ? [] : [...before, ids], from.detach(), true);
}
