/** The contract's elementwise kernels in plain TypeScript. */
import { gelu, geluBackward, geluTanh, geluTanhBackward, sigmoid } from "./math/activations.js";
import { exp, log, tanh } from "./math/float32.js";
import { fma32 } from "./math/fma.js";
import type { Kernels } from "../kernel-table.js";
import type { Binary, BinaryOp, Copy, UnaryOp } from "../kernels.js";
import { COMPARISONS, ON_WORDS } from "../operations.js";
import { at, f32, i32 } from "./operand.js";
import { pow } from "./math/power.js";

const { abs, fround, sqrt } = Math;

const unaryOps: Record<UnaryOp, (x: number) => number> = {
  neg: (x) => -x,
  exp,
  log,
  tanh,
  sqrt: (x) => fround(sqrt(x)),
  toFloat: fround,
  abs,
  sign: (x) => (x < 0 ? -1 : Number(x > 0)),
  relu: (x) => (x < 0 ? 0 : x),
  sigmoid,
  gelu,
  geluTanh,
};

export const binaryOps: Record<BinaryOp, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  minimum: (a, b) => (a < b || Number.isNaN(a) ? a : b),
  tanhBackward: (g, y) => g * fma32(-y, y, 1),
  maximum: (a, b) => (a > b || Number.isNaN(a) ? a : b),
  reluBackward: (g, y) => (y <= 0 ? 0 : g),
  sigmoidBackward: (g, y) => fround(g * fround(1 - y)) * y,
  geluBackward,
  geluTanhBackward,
  pow,
  shareOfLarger: (a, b) => (a < b ? 0 : a === b ? 0.5 : 1),
  gate: (g, w) => (w === 0 ? 0 : g * w),
  equal: (a, b) => Number(a === b),
  notEqual: (a, b) => Number(a !== b),
  less: (a, b) => Number(a < b),
  lessEqual: (a, b) => Number(a <= b),
  intAdd: (a, b) => (a + b) | 0,
  intSub: (a, b) => (a - b) | 0,
  intMul: Math.imul,
  intEqual: (a, b) => Number(a === b),
  intNotEqual: (a, b) => Number(a !== b),
  intLess: (a, b) => Number(a < b),
  intLessEqual: (a, b) => Number(a <= b),
  keep: (m, a) => -m & a,
  drop: (m, a) => (m - 1) & a,
  or: (a, b) => a | b,
  fromEnd: (i, n) => (i < 0 ? (i + n) | 0 : i),
};

const onWords: ReadonlySet<BinaryOp> = new Set(ON_WORDS);
const givesWords: ReadonlySet<BinaryOp> = new Set([...COMPARISONS, ...ON_WORDS]);

/** Calls visit(a, b, out) with the word offsets of every element, last dimension fastest. */
function walk(
  { shape, a, aStrides, b, bStrides, out, outStrides }: Omit<Binary, "op">,
  visit: (a: number, b: number, out: number) => void,
): void {
  const along = (dim: number, a: number, b: number, out: number): void => {
    if (dim === shape.length) visit(a, b, out);
    else
      for (let i = 0; i < shape[dim]; i++)
        along(dim + 1, a + i * aStrides[dim], b + i * bStrides[dim], out + i * outStrides[dim]);
  };
  along(0, at(a), at(b), at(out));
}

/** `walk` without a second input. */
const walkUnary = (operands: Copy, visit: (a: number, out: number) => void): void =>
  walk({ ...operands, b: operands.a, bStrides: operands.aStrides }, (a, _, out) => visit(a, out));

export const elementwise = {
  unary(args) {
    const f = unaryOps[args.op];
    const A = args.op === "toFloat" ? i32(args.a) : f32(args.a);
    const C = f32(args.out);
    walkUnary(args, (a, out) => {
      C[out] = f(A[a]);
    });
  },

  binary(args) {
    const f = binaryOps[args.op];
    const input = onWords.has(args.op) ? i32 : f32;
    const A = input(args.a);
    const B = input(args.b);
    const C = (givesWords.has(args.op) ? i32 : f32)(args.out);
    walk(args, (a, b, out) => {
      C[out] = f(A[a], B[b]);
    });
  },

  copy(args) {
    const A = i32(args.a);
    const C = i32(args.out);
    walkUnary(args, (a, out) => {
      C[out] = A[a];
    });
  },

  fill({ n, value, out }) {
    f32(out).fill(value, at(out), at(out) + n);
  },
} satisfies Partial<Kernels>;
