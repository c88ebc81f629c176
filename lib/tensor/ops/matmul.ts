/** Matrix products: one GEMM kernel, the shapes of PyTorch's matmul around it. */
import { kernels } from "../../backend/index.js";
import type { Activation, Operand } from "../../backend/kernels.js";
import { ShapeError, ValueError } from "../../errors.js";
import { broadcastShapes, numel, type Shape, show } from "../shape.js";
import { record, saveFactors } from "../tape.js";
import { checkTensor, empty, sizes, stridesOf, type Tensor } from "../tensor.js";
import { expand, reshape, squeeze, unsqueeze } from "./views.js";

/** Float32 operands, of which the first two can be multiplied: their inner sizes agree. */
function checkProduct(operation: string, operands: readonly Tensor[]): void {
  for (const x of operands) checkTensor(operation, x);
  if (operands.some((x) => x.dtype !== "float32"))
    throw new ValueError(
      `${operation}: expected float32 operands, got ` +
        `${operands.map((x) => x.dtype).join(" and ")}; convert with float()`,
    );
  const [a, b] = operands;
  const [k, kb] = [sizes(a)[a.rank - 1], sizes(b)[Math.max(b.rank - 2, 0)]];
  if (a.rank === 0 || b.rank === 0) {
    throw new ShapeError(
      operation,
      [a.shape, b.shape],
      `expected at least 1 dimension each: ${show(a.shape)} @ ${show(b.shape)}; use mul`,
    );
  }
  if (k !== kb) {
    throw new ShapeError(
      operation,
      [a.shape, b.shape],
      `inner sizes differ: ${show(a.shape)} @ ${show(b.shape)} (${k} != ${kb})`,
    );
  }
}

/** The operands of a linear layer. */
export function checkLinear(operation: string, x: Tensor, weight: Tensor, bias: Tensor): void {
  checkProduct(operation, [x, weight, bias]);
  if (x.rank === 2 && weight.rank === 2 && bias.rank === 1 && sizes(bias)[0] === sizes(weight)[1])
    return;
  throw new ShapeError(
    operation,
    [sizes(x), sizes(weight), sizes(bias)],
    `expected [n, in] @ [in, out] + [out], got ${show(x.shape)} @ ${show(weight.shape)} + ` +
      `${show(bias.shape)}`,
  );
}

/** out = act(a @ b + bias), all three being matrices, or matrix `i` of batches [batch, n, m]. */
export function gemmInto(
  out: Tensor,
  a: Tensor,
  b: Tensor,
  i = 0,
  bias: Tensor | null = null,
  activation: Activation = "none",
): Tensor {
  const [row, col] = [a.rank - 2, a.rank - 1];
  const matrix = (x: Tensor): Operand =>
    row === 0 ? x : { storage: x.storage, offset: x.offset + i * stridesOf(x)[0] };
  const n = sizes(b)[col];
  kernels().gemm({
    m: sizes(a)[row],
    n,
    k: sizes(a)[col],
    a: matrix(a),
    aRow: stridesOf(a)[row],
    aCol: stridesOf(a)[col],
    b: matrix(b),
    bRow: stridesOf(b)[row],
    bCol: stridesOf(b)[col],
    bias,
    out: matrix(out),
    outRow: n,
    activation,
    y: null,
  });
  return out;
}

/** Memory for the product of two matrices, or of each pair in two batches of them. */
export const emptyProduct = (operation: string, a: Tensor, b: Tensor): Tensor =>
  empty([...sizes(a).slice(0, -1), sizes(b)[b.rank - 1]], "float32", operation);

/** [batch, n, k] @ [batch, k, m], one product after the other. */
function batchedProduct(a: Tensor, b: Tensor): Tensor {
  const out = emptyProduct("matmul", a, b);
  for (let i = 0; i < sizes(a)[0]; i++) gemmInto(out, a, b, i);
  return out;
}

/** The common shape of the leading dimensions. */
function broadcastBatch(a: Tensor, b: Tensor): Shape {
  const [x, y] = [a, b].map((x) => sizes(x).slice(0, -2));
  if (x.some((size, i) => size !== 1 && ![1, size, undefined].includes(y.at(i - x.length)))) {
    throw new ShapeError(
      "matmul",
      [a.shape, b.shape],
      `batch sizes do not broadcast: ${show(a.shape)} @ ${show(b.shape)}`,
    );
  }
  return broadcastShapes("matmul", x, y);
}

/**
 * a @ b with torch.matmul's rules: [n, k] @ [k, m] gives [n, m]; vectors are rows or columns,
 * leading dimensions are a batch and broadcast. float32. Each output is chains of 256 fused
 * multiply-adds over k, added in order.
 * @throws ShapeError where inner sizes differ or batches do not broadcast; ValueError for int32
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkProduct("matmul", [a, b]);
  if (a.rank === 2 && b.rank === 2)
    return record("matmul", gemmInto(emptyProduct("matmul", a, b), a, b), [a, b], saveFactors);
  if (a.rank === 1) return squeeze(matmul(unsqueeze(a, 0), b), -2 + (b.rank === 1 ? 1 : 0));
  if (b.rank === 1) return squeeze(matmul(a, unsqueeze(b, 1)), -1);
  if (b.rank === 2) {
    const lead = sizes(a).slice(0, -1);
    const flat = matmul(reshape(a, [numel(lead), sizes(a)[a.rank - 1]]), b);
    return reshape(flat, [...lead, sizes(b)[1]]);
  }
  const batch = broadcastBatch(a, b);
  const flat = (x: Tensor) =>
    reshape(expand(x, [...batch, ...sizes(x).slice(-2)]), [numel(batch), ...sizes(x).slice(-2)]);
  const [x, y] = [flat(a), flat(b)];
  return reshape(record("matmul", batchedProduct(x, y), [x, y], saveFactors), [
    ...batch,
    sizes(a)[a.rank - 2],
    sizes(b)[b.rank - 1],
  ]);
}
