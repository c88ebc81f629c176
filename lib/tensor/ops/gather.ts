/** Rows by number: gathered for an index, added to for its gradient. */
import { kernels } from "../../backend/index.js";
import { IndexError, ShapeError, ValueError } from "../../errors.js";
import { maskLike } from "../mask.js";
import { broadcastShapes, contiguousStrides, numel, type Shape, show } from "../shape.js";
import { record } from "../tape.js";
import { checkTensor, elements, empty, peek, sizes, stridesOf, type Tensor } from "../tensor.js";
import { constant, readAs } from "./apply.js";
import { contiguous } from "./elementwise.js";
import { reshape } from "./views.js";

/**
 * a[indices..., :]: the first dimensions indexed by int32 tensors that broadcast together; `dims`
 * is what the caller calls those.
 */
export function gather(
  operation: string,
  a: Tensor,
  indices: readonly Tensor[],
  dims: Shape,
): Tensor {
  for (const ix of indices) {
    if (ix.dtype !== "int32")
      throw new ValueError(
        `${operation}: expected an int32 tensor, got float32; make indices with tensor(..., ` +
          "{ dtype: 'int32' })",
      );
  }
  if (a.rank === 0) throw new ShapeError(operation, [a.shape], "a 0-d tensor cannot be indexed");
  const count = dims.length;
  let shape = sizes(indices[0]);
  for (let k = 1; k < count; k++) shape = broadcastShapes(operation, shape, sizes(indices[k]));
  const flat =
    count === 1
      ? contiguous(indices[0])
      : rowNumbers(operation, indices, shape, sizes(a).slice(0, count), dims);
  const rest = sizes(a).slice(count);
  const rows =
    a.rank === 2 && count === 1 ? a : reshape(a, [numel(sizes(a).slice(0, count)), numel(rest)]);
  const outside = (value: number, size: number) => outOfRange(operation, value, size, dims[0]);
  return reshape(gatherRows(rows, flat, true, outside, operation), [...shape, ...rest]);
}

export const unknownToken = (value: number, size: number): IndexError =>
  new IndexError("embedding", value, size, `token ${value} is out of range 0..${size - 1}`);

/**
 * The row of each token: tokens int32 of any shape, weight [V, E] -> [...tokens.shape, E]
 * (F.embedding). Unlike an index, a token does not count from the end.
 * @throws ValueError for other dtypes, ShapeError for a weight that is no matrix, IndexError on a
 *   token out of range
 */
export function embedding(tokens: Tensor, weight: Tensor): Tensor {
  if (checkTensor("embedding: tokens", tokens).dtype !== "int32")
    throw new ValueError("embedding: expected int32 tokens, got float32; convert with int()");
  if (checkTensor("embedding: weight", weight).rank !== 2)
    throw new ShapeError(
      "embedding",
      [sizes(weight)],
      `expected a weight [tokens, features], got shape ${show(sizes(weight))}`,
    );
  const rows = gatherRows(weight, contiguous(tokens), false, unknownToken, "embedding");
  return reshape(rows, [...sizes(tokens), sizes(weight)[1]]);
}

/** Row numbers of several indices, each checked against its own dimension. */
function rowNumbers(
  operation: string,
  indices: readonly Tensor[],
  shape: Shape,
  lengths: Shape,
  dims: Shape,
): Tensor {
  const out = empty(shape, "int32", operation);
  const rows = elements(out, operation).fill(0);
  const strides = contiguousStrides(lengths);
  for (const [k, ix] of indices.entries()) {
    const wide = readAs(ix, shape, operation);
    for (let p = 0; p < rows.length; p++) {
      const i = wide[p];
      if (i < -lengths[k] || i >= lengths[k]) throw outOfRange(operation, i, lengths[k], dims[k]);
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
function gatherRows(
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
  return record("index", maskLike(out, [table]), [table], () => ({ index, rows }));
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
