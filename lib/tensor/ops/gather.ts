/** Rows by number: gathered for an index, added to for its gradient. */
import { kernels } from "../../backend/index.js";
import { IndexError, ShapeError } from "../../errors.js";
import { checkType } from "../dtypes.js";
import { broadcastShapes, contiguousStrides, numel, type Shape, show } from "../shape.js";
import { record } from "../tape.js";
import { checkTensor, empty, peek, sizes, stridesOf, type Tensor } from "../tensor.js";
import { binary, constant } from "./apply.js";
import { contiguous, scalar } from "./elementwise.js";
import { dimOf, reshape } from "./views.js";

const INDICES = "; make indices with tensor(..., { dtype: 'int32' })";

/**
 * a[indices..., :]: the first dimensions indexed by int32 tensors that broadcast together; `dims`
 * is what the caller calls those.
 */
export function gatherAt(
  operation: string,
  a: Tensor,
  indices: readonly Tensor[],
  dims: Shape,
): Tensor {
  for (const ix of indices) checkType(operation, ix, "int32", "an int32 tensor", INDICES);
  if (a.rank === 0) throw new ShapeError(operation, [a.shape], "a 0-d tensor cannot be indexed");
  const count = dims.length;
  let shape = sizes(indices[0]);
  for (let k = 1; k < count; k++) shape = broadcastShapes(operation, shape, sizes(indices[k]));
  const flat =
    count === 1
      ? contiguous(indices[0])
      : rowNumbers(operation, indices, sizes(a).slice(0, count), dims);
  const rest = sizes(a).slice(count);
  const rows =
    a.rank === 2 && count === 1 ? a : reshape(a, [numel(sizes(a).slice(0, count)), numel(rest)]);
  const outside = (value: number, size: number) => outOfRange(operation, value, size, dims[0]);
  return reshape(gatherRows(rows, flat, true, outside, operation), [...shape, ...rest]);
}

/** Row numbers of several indices, each checked against its own dimension. */
function rowNumbers(
  operation: string,
  indices: readonly Tensor[],
  lengths: Shape,
  dims: Shape,
): Tensor {
  const strides = contiguousStrides(lengths);
  const parts = indices.map((index, k) => {
    const ids = contiguous(index);
    const outside = (value: number, size: number) => outOfRange(operation, value, size, dims[k]);
    checkRange(ids, lengths[k], true, outside);
    return times(binary("fromEnd", ids, scalar(lengths[k], "int32"), "int32"), strides[k]);
  });
  return contiguous(parts.reduce((sum, part) => binary("intAdd", sum, part, "int32")));
}

const times = (ids: Tensor, step: number): Tensor =>
  step === 1 ? ids : binary("intMul", ids, scalar(step, "int32"), "int32");

/**
 * Whole numbers, contiguous, must lie from 0 to size - 1; with `fromEnd` from -size on.
 * @throws what `outside` makes of the first that does not, of `size` and of its position
 */
export function checkRange(
  ids: Tensor,
  size: number,
  fromEnd: boolean,
  outside: (value: number, size: number, position: number) => IndexError,
): void {
  // Rows of no width are only checked.
  const bad = kernels().gatherRows({
    n: ids.numel,
    rows: size,
    width: 0,
    tableRow: 0,
    table: ids,
    index: ids,
    fromEnd,
    out: empty([0], "int32"),
  });
  if (bad >= 0) throw outside(peek(ids, bad), size, bad);
}

/** n numbers 0, step, 2 * step, ...: a constant of a recorded step. */
export function multiples(n: number, step: number, shape: Shape): Tensor {
  const out = empty(shape, "int32");
  const words = out.memory;
  for (let i = 0; i < n; i++) words[i] = i * step;
  return out;
}

/**
 * Where in a row-major tensor of `shape` the element is whose place along dimension `dim` is
 * index[...], and elsewhere that of the element of `index` itself; int32 of the shape of `index`.
 */
export function elementNumbers(
  operation: string,
  shape: Shape,
  dim: number,
  index: Tensor,
): Tensor {
  const ids = contiguous(index);
  const strides = contiguousStrides(shape);
  checkRange(ids, shape[dim] ?? 1, false, (value, size) => outOfRange(operation, value, size, dim));
  let sum = times(ids, strides[dim] ?? 1);
  for (const [d, n] of sizes(index).entries()) {
    if (d === dim || n === 1) continue;
    const along = sizes(index).map((_, i) => (i === d ? n : 1));
    sum = binary("intAdd", sum, multiples(n, strides[d], along), "int32");
  }
  return contiguous(sum);
}

/**
 * out[i][j]... = a[i][index[i][j]]..., along dimension `dim` (torch.gather): of the shape of the
 * int32 tensor `index`, whose other sizes are at most those of `a`. Gradients add up where an
 * element was taken several times.
 * @throws IndexError on an index out of range, which does not count from the end; ShapeError for
 *   another number of dimensions and for sizes that are too large; ValueError for float32 indices
 */
export function gather(a: Tensor, dim: number, index: Tensor): Tensor {
  const d = dimOf("gather", a, dim);
  checkTensor("gather: index", index);
  checkType("gather", index, "int32", "an int32 tensor of positions");
  if (
    Math.max(a.rank, 1) !== Math.max(index.rank, 1) ||
    sizes(index).some((n, i) => i !== d && n > sizes(a)[i] && index.numel > 0)
  )
    throw new ShapeError(
      "gather",
      [a.shape, index.shape],
      `expected an index of as many dimensions as ${show(a.shape)} has, none larger but ` +
        `dimension ${d}, got ${show(index.shape)}`,
    );
  const flat = elementNumbers("gather", sizes(a), d, index);
  const outside = (value: number, size: number) => outOfRange("gather", value, size, d);
  const rows = gatherRows(reshape(a, [a.numel, 1]), flat, false, outside, "gather");
  return reshape(rows, sizes(index));
}

export const outOfRange = (
  operation: string,
  value: number,
  size: number,
  dim: number,
): IndexError =>
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
export function gatherRows(
  table: Tensor,
  index: Tensor,
  fromEnd: boolean,
  outside: (value: number, rows: number) => IndexError,
  operation: string,
): Tensor {
  // Rows may lie anywhere, and overlap: windows over a stream of tokens are gathered without a copy
  // of all.
  const data = stridesOf(table)[1] === 1 && stridesOf(table)[0] >= 0 ? table : contiguous(table);
  const [rows, width] = sizes(data);
  const n = index.numel;
  const out = empty([n, width], table.dtype, operation);
  const bad = kernels().gatherRows({
    n,
    rows,
    width,
    tableRow: stridesOf(data)[0],
    table: data,
    index,
    fromEnd,
    out,
  });
  if (bad >= 0) throw outside(peek(index, bad), rows);
  return record("index", out, [table], () => ({ index, rows }));
}

/**
 * The gradient of gatherRows: a [rows, width] table of zeros with row p of `g` added to row
 * index[p], in order.
 */
export function scatterRows(g: Tensor, index: Tensor, rows: number): Tensor {
  const data = contiguous(g);
  const width = sizes(data)[1];
  const out = constant([rows, width], 0);
  const bad = kernels().scatterAddRows({ n: index.numel, rows, width, a: data, index, table: out });
  if (bad >= 0) throw outOfRange("backward", peek(index, bad), rows, 0);
  return out;
}
