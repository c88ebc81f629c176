/**
 * Indexing as in PyTorch: integers, slices, new axes and integer tensors of any rank, in any
 * mixture.
 */
import { kernels } from "../../backend/index.js";
import { IndexError, quote, ShapeError, ValueError } from "../../errors.js";
import {
  broadcastShapes,
  broadcastStrides,
  checkNumel,
  contiguousStrides,
  numel,
  type Shape,
  show,
} from "../shape.js";
import { record } from "../tape.js";
import {
  checkTensor,
  empty,
  peek,
  place,
  sizes,
  steps,
  Tensor,
  view as elements,
} from "../tensor.js";
import { contiguous } from "./elementwise.js";
import { permute, reshape, select, slice, unsqueeze } from "./views.js";

/** `[start, end]` or `[start, end, step]` with null for "open": Python's `start:end:step`. */
export type Slice = readonly [start: number | null, end: number | null, step?: number];
/**
 * One position of an index: an integer, a slice, ":" (all), "..." (all dimensions not named), null
 * (new axis), or an int32 tensor.
 */
export type Index = number | Slice | ":" | "..." | null | Tensor;

const isSlice = (x: Index): x is Slice => Array.isArray(x);
const consumes = (x: Index): boolean => x !== null && x !== "...";

/**
 * C[i, j, ...] as in PyTorch. Integers and int32 tensors may be negative, which counts from the
 * end; tensors broadcast together and gather: `C [V, E]` at `X [n, b]` gives [n, b, E]. Gradients
 * accumulate over repeated indices.
 * @throws IndexError on an index out of range; ShapeError for more positions than dimensions;
 *   ValueError for a float32 tensor
 */
export function index(a: Tensor, ...positions: Index[]): Tensor {
  checkTensor("index", a);
  if (positions.length === 1 && positions[0] instanceof Tensor)
    return gather(a, [positions[0]], [0]);
  const named = positions.filter(consumes).length;
  if (named > a.rank)
    throw new ShapeError(
      "index",
      [a.shape],
      `${named} indices for a tensor of ${a.rank} dimensions`,
    );
  const dots = positions.indexOf("...");
  const fill = new Array<Index>(a.rank - named).fill(":");
  const full =
    dots < 0
      ? [...positions, ...fill]
      : [...positions.slice(0, dots), ...fill, ...positions.slice(dots + 1)];
  if (full.includes("...")) throw new ValueError('index: expected "..." at most once');

  let out = a;
  let dim = 0;
  const at: { dim: number; index: Tensor }[] = [];
  for (const p of full) {
    if (typeof p === "number") out = select(out, dim, p);
    else if (p === null) out = unsqueeze(out, dim++);
    else if (p instanceof Tensor) at.push({ dim: dim++, index: p });
    else if (isSlice(p))
      out = slice(out, dim++, p[0] ?? 0, p[1] ?? Number.POSITIVE_INFINITY, p[2] ?? 1);
    else if (p === ":") dim++;
    else
      throw new ValueError(
        `index: expected an integer, a slice, ":", "...", null or a tensor, got ${quote(p)}`,
      );
  }
  if (at.length === 0) return out;

  // Integer tensors go to the front together; adjacent ones leave their result where they stood,
  // others in front.
  const dims = at.map((x) => x.dim);
  const rest = sizes(out)
    .map((_, i) => i)
    .filter((i) => !dims.includes(i));
  const gathered = gather(
    permute(out, [...dims, ...rest]),
    at.map((x) => x.index),
    dims,
  );
  const adjacent = dims.every((d, i) => d === dims[0] + i);
  if (!adjacent || dims[0] === 0) return gathered;
  const rank = gathered.rank - rest.length;
  const axes = sizes(gathered).map((_, i) => i);
  return contiguous(
    permute(gathered, [
      ...axes.slice(rank, rank + dims[0]),
      ...axes.slice(0, rank),
      ...axes.slice(rank + dims[0]),
    ]),
  );
}

/**
 * a[indices..., :]: the first dimensions indexed by int32 tensors that broadcast together; `dims`
 * is what the caller calls those.
 */
function gather(a: Tensor, indices: readonly Tensor[], dims: Shape): Tensor {
  for (const ix of indices) {
    if (ix.dtype !== "int32")
      throw new ValueError(
        "index: expected an int32 tensor, got float32; make indices with tensor(..., { dtype: 'int32' })",
      );
  }
  if (a.rank === 0) throw new ShapeError("index", [a.shape], "a 0-d tensor cannot be indexed");
  const shape = indices.map((x) => sizes(x)).reduce((p, q) => broadcastShapes("index", p, q));
  const count = dims.length;
  const flat =
    count === 1
      ? contiguous(indices[0])
      : flatIndex(indices, shape, sizes(a).slice(0, count), dims);
  const rest = sizes(a).slice(count);
  const rows =
    a.rank === 2 && count === 1 ? a : reshape(a, [numel(sizes(a).slice(0, count)), numel(rest)]);
  return reshape(gatherRows(rows, flat, dims[0]), [...shape, ...rest]);
}

/** Row numbers of several indices, each checked against its own dimension. */
function flatIndex(indices: readonly Tensor[], shape: Shape, lengths: Shape, dims: Shape): Tensor {
  const out = empty(shape, "int32");
  const rows = elements(out).fill(0);
  const strides = contiguousStrides(lengths);
  for (const [k, ix] of indices.entries()) {
    const wide = place(
      ix.storage,
      shape,
      broadcastStrides(sizes(ix), steps(ix), shape),
      ix.offset,
      "int32",
    ).toTypedArray();
    for (let p = 0; p < rows.length; p++) {
      const i = wide[p];
      if (i < -lengths[k] || i >= lengths[k]) throw outOfRange("index", i, lengths[k], dims[k]);
      rows[p] += (i < 0 ? i + lengths[k] : i) * strides[k];
    }
  }
  return out;
}

const outOfRange = (operation: string, value: number, size: number, dim: number): IndexError =>
  new IndexError(
    operation,
    value,
    size,
    `index ${value} is out of range for dimension ${dim} with size ${size}`,
  );

/**
 * Rows of a matrix: table [rows, width], index int32 of any shape (row-major) -> [index.numel,
 * width].
 */
function gatherRows(table: Tensor, index: Tensor, dim = 0): Tensor {
  // Rows may lie anywhere, and overlap: windows over a stream of tokens are gathered without a copy
  // of all.
  const data = steps(table)[1] === 1 && steps(table)[0] >= 0 ? table : contiguous(table);
  const [rows, width] = sizes(data);
  const n = index.numel;
  const out = empty([n, width], table.dtype);
  const bad = kernels().gatherRows(n, rows, width, steps(data)[0], data, index, out);
  if (bad >= 0) throw outOfRange("index", peek(index, bad), rows, dim);
  return record("index", out, [table], () => ({ index, rows }));
}

/**
 * The gradient of gatherRows: a [rows, width] table of zeros with row p of `g` added to row
 * index[p], in order.
 */
export function scatterRows(g: Tensor, index: Tensor, rows: number): Tensor {
  const data = contiguous(g);
  const width = sizes(data)[1];
  const out = empty([rows, width]);
  kernels().fill(rows * width, 0, out);
  const bad = kernels().scatterAddRows(index.numel, rows, width, data, index, out);
  if (bad >= 0) throw outOfRange("scatterRows", peek(index, bad), rows, 0);
  return out;
}

/**
 * int32 [..., classes] with a 1 at each class id of `ids` [...] (F.one_hot); the largest id + 1
 * classes where left out.
 * @throws IndexError on an id out of range
 */
export function oneHot(ids: Tensor, numClasses?: number): Tensor {
  if (checkTensor("oneHot: ids", ids).dtype !== "int32")
    throw new ValueError("oneHot: expected an int32 tensor of class ids, got float32");
  const flat = ids.toTypedArray() as Int32Array;
  const classes = numClasses ?? flat.reduce((m, x) => Math.max(m, x), 0) + 1;
  if (!Number.isInteger(classes) || classes < 1)
    throw new ValueError(`oneHot: expected a whole number of classes >= 1, got ${quote(classes)}`);
  checkNumel("oneHot", [...sizes(ids), classes]);
  const out = empty([...sizes(ids), classes], "int32");
  const words = elements(out).fill(0);
  for (let p = 0; p < flat.length; p++) {
    if (flat[p] < 0 || flat[p] >= classes) {
      throw new IndexError(
        "oneHot",
        flat[p],
        classes,
        `class ${flat[p]} is out of range 0..${classes - 1} (shape ${show(ids.shape)})`,
      );
    }
    words[p * classes + flat[p]] = 1;
  }
  return out;
}
