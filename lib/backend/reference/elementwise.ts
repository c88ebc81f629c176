/** The contract's elementwise kernels in plain TypeScript. */
import { exp, log, tanh } from "../float32.js";
import { fma32 } from "../fma.js";
import type { Kernels } from "../kernel-table.js";
import type { BinaryOp, Dims, UnaryOp } from "../kernels.js";
import { at, f32, i32 } from "../operand.js";

const { fround, sqrt } = Math;

const unaryOps: Record<UnaryOp, (x: number) => number> = {
  neg: (x) => -x,
  exp,
  log,
  tanh,
  sqrt: (x) => fround(sqrt(x)),
  toFloat: fround,
};

export const binaryOps: Record<BinaryOp, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  minimum: (a, b) => (a < b || Number.isNaN(a) ? a : b),
  tanhBackward: (g, y) => g * fma32(-y, y, 1),
};

/** Calls visit(a, b, out) with the word offsets of every element, last dimension fastest. */
function walk(
  shape: Dims,
  aStrides: Dims,
  bStrides: Dims,
  outStrides: Dims,
  a: number,
  b: number,
  out: number,
  visit: (a: number, b: number, out: number) => void,
  dim = 0,
): void {
  if (dim === shape.length) visit(a, b, out);
  else
    for (let i = 0; i < shape[dim]; i++) {
      walk(shape, aStrides, bStrides, outStrides, a, b, out, visit, dim + 1);
      a += aStrides[dim];
      b += bStrides[dim];
      out += outStrides[dim];
    }
}

export const elementwise: Pick<Kernels, "unary" | "binary" | "copy" | "fill"> = {
  unary({ op, shape, a, aStrides, out, outStrides }) {
    const f = unaryOps[op];
    const A = op === "toFloat" ? i32(a) : f32(a);
    const C = f32(out);
    walk(shape, aStrides, aStrides, outStrides, at(a), 0, at(out), (x, _, o) => {
      C[o] = f(A[x]);
    });
  },

  binary({ op, shape, a, aStrides, b, bStrides, out, outStrides }) {
    const f = binaryOps[op];
    const A = f32(a);
    const B = f32(b);
    const C = f32(out);
    walk(shape, aStrides, bStrides, outStrides, at(a), at(b), at(out), (x, y, o) => {
      C[o] = f(A[x], B[y]);
    });
  },

  copy({ shape, a, aStrides, out, outStrides }) {
    const A = i32(a);
    const C = i32(out);
    walk(shape, aStrides, aStrides, outStrides, at(a), 0, at(out), (x, _, o) => {
      C[o] = A[x];
    });
  },

  fill({ n, value, out }) {
    f32(out).fill(value, at(out), at(out) + n);
  },
};
