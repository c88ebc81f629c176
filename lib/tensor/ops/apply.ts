/** Runs elementwise kernels over operands of any layout. */
import { kernels } from "../../backend/index.js";
import { type BinaryOp, MAX_RANK, type UnaryOp } from "../../backend/kernels.js";
import { ShapeError } from "../../errors.js";
import {
  broadcastShapes,
  broadcastStrides,
  mergeDims,
  sameShape,
  show,
  type Shape,
} from "../shape.js";
import {
  type DType,
  empty,
  emptyAs,
  layout,
  asStrided,
  read,
  sizes,
  stridesOf,
  type Tensor,
} from "../tensor.js";

const ONE = [1] as const;

/** Dimensions merged as far as the strides of all operands allow. */
function merged(
  operation: string,
  shape: Shape,
  ...strides: Shape[]
): { shape: number[]; strides: number[][] } {
  const m = mergeDims(shape, ...strides);
  if (m.shape.length <= MAX_RANK) return m;
  throw new ShapeError(
    operation,
    [shape],
    `at most ${MAX_RANK} dimensions that do not merge, got shape ${show(shape)}`,
  );
}

/** The strides of `a` as if it had the larger shape. */
const stridesAs = (a: Tensor, shape: Shape): Shape =>
  broadcastStrides(sizes(a), stridesOf(a), shape);

/** out = op(a), any layouts; shapes equal. */
function unaryInto(op: UnaryOp, a: Tensor, out: Tensor): void {
  if (a.isContiguous() && out.isContiguous()) {
    kernels().unary({ op, shape: [a.numel], a, aStrides: ONE, out, outStrides: ONE });
    return;
  }
  const { shape, strides } = merged(op, sizes(a), stridesOf(a), stridesOf(out));
  kernels().unary({ op, shape, a, aStrides: strides[0], out, outStrides: strides[1] });
}

/** out = op(a, b) with a and b broadcast to out's shape; `operation` is what the user called. */
export function binaryInto(
  op: BinaryOp,
  a: Tensor,
  b: Tensor,
  out: Tensor,
  operation: string = op,
): void {
  if (layout(a) === layout(out) && layout(b) === layout(out) && out.isContiguous()) {
    kernels().binary({
      op,
      shape: [out.numel],
      a,
      aStrides: ONE,
      b,
      bStrides: ONE,
      out,
      outStrides: ONE,
    });
    return;
  }
  const to = sizes(out);
  const { shape, strides } = merged(
    operation,
    to,
    stridesAs(a, to),
    stridesAs(b, to),
    stridesOf(out),
  );
  kernels().binary({
    op,
    shape,
    a,
    aStrides: strides[0],
    b,
    bStrides: strides[1],
    out,
    outStrides: strides[2],
  });
}

/** Copies the words of `a`, broadcast to the shape of `out`, into `out`. */
export function copyInto(a: Tensor, out: Tensor): void {
  if (a.isContiguous() && out.isContiguous() && a.numel === out.numel) {
    kernels().copy({ shape: [a.numel], a, aStrides: ONE, out, outStrides: ONE });
    return;
  }
  const { shape, strides } = merged("copy", sizes(out), stridesAs(a, sizes(out)), stridesOf(out));
  kernels().copy({ shape, a, aStrides: strides[0], out, outStrides: strides[1] });
}

/**
 * Memory for an elementwise result: laid out like a dense, permuted input (as PyTorch does), else
 * row-major.
 */
export function emptyLike(a: Tensor, dtype: DType = "float32"): Tensor {
  if (a.isContiguous()) return emptyAs(layout(a), dtype);
  const order = sizes(a)
    .map((_, i) => i)
    .sort((i, j) => stridesOf(a)[j] - stridesOf(a)[i] || i - j);
  const strides = new Array<number>(a.rank);
  let step = 1;
  for (const i of order.reverse()) {
    if (stridesOf(a)[i] !== step && sizes(a)[i] !== 1) return empty(sizes(a), dtype);
    strides[i] = step;
    step *= sizes(a)[i];
  }
  return asStrided(empty([step]).storage, sizes(a), strides, 0, dtype);
}

/** `value` everywhere, float32, by a kernel: unlike `full`, it can be recorded. */
export function constant(shape: Shape, value: number): Tensor {
  const out = empty(shape);
  kernels().fill({ n: out.numel, value, out });
  return out;
}

/** op(a), float32, in new memory. */
export function unary(op: UnaryOp, a: Tensor): Tensor {
  const out = emptyLike(a);
  unaryInto(op, a, out);
  return out;
}

/**
 * op(a, b) with broadcasting, in new memory; `dtype`: what the kernel gives. `operation` is what
 * the user called.
 */
export function binary(
  op: BinaryOp,
  a: Tensor,
  b: Tensor,
  dtype: DType = "float32",
  operation: string = op,
): Tensor {
  const out =
    layout(a) === layout(b) ? emptyLike(a, dtype) : emptyBroadcast(operation, a, b, dtype);
  binaryInto(op, a, b, out, operation);
  return out;
}

/** Memory for the result of operands of different layouts. */
function emptyBroadcast(operation: string, a: Tensor, b: Tensor, dtype: DType): Tensor {
  const shape = broadcastShapes(operation, sizes(a), sizes(b));
  const like = [a, b].find((x) => sameShape(sizes(x), shape));
  return like === undefined ? empty(shape, dtype) : emptyLike(like, dtype);
}

/**
 * The elements of `a` as if it had the larger `shape`, for a loop in JavaScript; float32 and int32
 * are both exact in its numbers.
 */
export const readAs = (a: Tensor, shape: Shape, operation: string): Float32Array | Int32Array =>
  read(asStrided(a.storage, shape, stridesAs(a, shape), a.offset, a.dtype), operation);
