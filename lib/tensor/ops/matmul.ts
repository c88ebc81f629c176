/** Matrix products: one GEMM kernel, the shapes of PyTorch's matmul around it. */
import { kernels } from "../../backend/index.js";
import type { Activation } from "../../backend/kernels.js";
import { ShapeError, ValueError } from "../../errors.js";
import { broadcastShapes, numel, type Shape, show } from "../shape.js";
import { record, saveFactors } from "../tape.js";
import { checkTensor, empty, sizes, stridesOf, type Tensor } from "../tensor.js";
import { expand, reshape, squeeze, unsqueeze } from "./views.js";

/** Float32 operands of a product, whose inner sizes agree; and the bias of a linear layer. */
export function checkProduct(operation: string, operands: readonly Tensor[]): void {
  for (const x of operands) checkTensor(operation, x);
  if (operands.some((x) => x.dtype !== "float32"))
    throw new ValueError(
      `${operation}: expected float32 operands, got ` +
        `${operands.map((x) => x.dtype).join(" and ")}; convert with float()`,
    );
  const [a, b, bias] = operands;
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
  if (operands.length === 2) return;
  if (a.rank !== 2 || b.rank !== 2 || bias.rank !== 1 || sizes(bias)[0] !== sizes(b)[1]) {
    throw new ShapeError(
      operation,
      [sizes(a), sizes(b), sizes(bias)],
      `expected [n, in] @ [in, out] + [out], got ${show(a.shape)} @ ${show(b.shape)} + ` +
        `${show(bias.shape)}`,
    );
  }
}

export function gemm(
  operation: string,
  a: Tensor,
  b: Tensor,
  bias: Tensor | null,
  activation: Activation,
): Tensor {
  const [m, k] = sizes(a);
  const n = sizes(b)[1];
  const out = empty([m, n], "float32", operation);
  kernels().gemm({
    m,
    n,
    k,
    a,
    aRow: stridesOf(a)[0],
    aCol: stridesOf(a)[1],
    b,
    bRow: stridesOf(b)[0],
    bCol: stridesOf(b)[1],
    bias,
    out,
    outRow: n,
    activation,
    y: null,
  });
  return out;
}

/** [batch, n, k] @ [batch, k, m], one product after the other. */
function gemms(a: Tensor, b: Tensor): Tensor {
  const [batch, m, k] = sizes(a);
  const n = sizes(b)[2];
  const out = empty([batch, m, n], "float32", "matmul");
  const matrix = (x: Tensor, i: number) => ({
    storage: x.storage,
    offset: x.offset + i * stridesOf(x)[0],
  });
  for (let i = 0; i < batch; i++) {
    kernels().gemm({
      m,
      n,
      k,
      a: matrix(a, i),
      aRow: stridesOf(a)[1],
      aCol: stridesOf(a)[2],
      b: matrix(b, i),
      bRow: stridesOf(b)[1],
      bCol: stridesOf(b)[2],
      bias: null,
      out: matrix(out, i),
      outRow: n,
      activation: "none",
      y: null,
    });
  }
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
    return record("matmul", gemm("matmul", a, b, null, "none"), [a, b], saveFactors);
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
  return reshape(record("matmul", gemms(x, y), [x, y], saveFactors), [
    ...batch,
    sizes(a)[a.rank - 2],
    sizes(b)[b.rank - 1],
  ]);
}
