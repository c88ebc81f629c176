/**
 * The kernel table: what every kernel's arguments are, one row per kernel, in the order in which
 * the native border reads them (native/napi/prepare.cc).
 *
 * A row shows its arguments to a visitor, one after the other. What a visitor does with them is its
 * own matter: one writes a call of the addon (marshal.ts), one collects the operands of a recorded
 * call (plan.ts), one counts bytes (bench/cost.ts), one learns the names (signatures.ts).
 */
import type { BackendName } from "./backend.js";
import {
  ACTIVATION,
  type AdamW,
  BINARY,
  type Binary,
  type Copy,
  type CrossEntropy,
  type CumSum,
  type Dims,
  type Fill,
  type GatherRows,
  type Gemm,
  type Max,
  type Operand,
  type ScatterAddRows,
  type Sgd,
  type SgdMomentum,
  type Softmax,
  type Sum,
  UNARY,
  type Unary,
} from "./kernels.js";
import { layerRows } from "./layers/rows.js";

/**
 * What a row shows its arguments to; by default it ignores them. An operand may be null where the
 * contract says so; `words`: how many of its words are used.
 */
export class Visitor {
  /** 0 or more; the sizes of a kernel say how much there is to do */
  size(_n: number): void {}
  /** a whole number, such as a stride */
  whole(_n: number): void {}
  /** a float32 */
  real(_x: number): void {}
  flag(_on: boolean): void {}
  choice<T extends string>(_names: readonly T[], _name: T): void {}
  /** of strided operands, which come after it */
  shape(_shape: Dims): void {}

  read(_x: Operand | null, _words: number): void {}
  write(_x: Operand | null, _words: number): void {}
  /** reads and writes */
  update(x: Operand | null, words: number): void {
    this.read(x, words);
    this.write(x, words);
  }
  readStrided(_x: Operand, _strides: Dims): void {}
  writeStrided(_x: Operand, _strides: Dims): void {}
  /** reads `count` whole numbers, which must lie from `low` to below `high` */
  readIndices(x: Operand, count: number, _low: number, _high: number): void {
    this.read(x, count);
  }

  /** floating-point operations of products, two per fused multiply-add */
  flops(_n: number): void {}
}

function reduction(v: Visitor, { outer, reduce, inner, a, out }: Sum): void {
  v.size(outer);
  v.size(reduce);
  v.size(inner);
  v.read(a, outer * reduce * inner);
  v.write(out, outer * inner);
}

export const KERNELS = {
  gemm(v: Visitor, g: Gemm): void {
    v.size(g.m);
    v.size(g.n);
    v.size(g.k);
    v.read(g.a, g.m * g.k);
    v.whole(g.aRow);
    v.whole(g.aCol);
    v.read(g.b, g.k * g.n);
    v.whole(g.bRow);
    v.whole(g.bCol);
    v.read(g.bias, g.n);
    v.write(g.out, g.m * g.n);
    v.whole(g.outRow);
    v.choice(ACTIVATION, g.activation);
    v.read(g.y, g.m * g.n);
    v.flops(2 * g.m * g.n * g.k);
  },

  unary(v: Visitor, { op, shape, a, aStrides, out, outStrides }: Unary): void {
    v.choice(UNARY, op);
    v.shape(shape);
    v.readStrided(a, aStrides);
    v.writeStrided(out, outStrides);
  },

  binary(v: Visitor, { op, shape, a, aStrides, b, bStrides, out, outStrides }: Binary): void {
    v.choice(BINARY, op);
    v.shape(shape);
    v.readStrided(a, aStrides);
    v.readStrided(b, bStrides);
    v.writeStrided(out, outStrides);
  },

  copy(v: Visitor, { shape, a, aStrides, out, outStrides }: Copy): void {
    v.shape(shape);
    v.readStrided(a, aStrides);
    v.writeStrided(out, outStrides);
  },

  fill(v: Visitor, { n, value, out }: Fill): void {
    v.size(n);
    v.real(value);
    v.write(out, n);
  },

  sum: reduction,

  max(v: Visitor, m: Max): void {
    reduction(v, m);
    v.write(m.index, m.outer * m.inner);
  },

  gatherRows(v: Visitor, g: GatherRows): void {
    const { n, rows, width, tableRow, table, index, fromEnd, out } = g;
    v.size(n);
    v.size(rows);
    v.size(width);
    v.whole(tableRow);
    v.read(table, n * width);
    v.readIndices(index, n, fromEnd ? -rows : 0, rows);
    v.flag(fromEnd);
    v.write(out, n * width);
  },

  scatterAddRows(v: Visitor, { n, rows, width, a, index, table }: ScatterAddRows): void {
    v.size(n);
    v.size(rows);
    v.size(width);
    v.read(a, n * width);
    v.readIndices(index, n, -rows, rows);
    v.update(table, n * width);
  },

  softmax(v: Visitor, { rows, cols, a, out, log }: Softmax): void {
    v.size(rows);
    v.size(cols);
    v.read(a, rows * cols);
    v.write(out, rows * cols);
    v.flag(log);
  },

  crossEntropy(v: Visitor, { rows, cols, logits, targets, scale, loss, grad }: CrossEntropy): void {
    v.size(rows);
    v.size(cols);
    v.read(logits, rows * cols);
    v.readIndices(targets, rows, 0, cols);
    v.real(scale);
    v.write(loss, rows);
    v.write(grad, rows * cols);
  },

  sgd(v: Visitor, { n, param, grad, rate }: Sgd): void {
    v.size(n);
    v.update(param, n);
    v.read(grad, n);
    v.read(rate, 1);
  },

  sgdMomentum(v: Visitor, { n, param, grad, buf, scalars, nesterov }: SgdMomentum): void {
    v.size(n);
    v.update(param, n);
    v.read(grad, n);
    v.update(buf, n);
    v.read(scalars, 4);
    v.flag(nesterov);
  },

  adamw(v: Visitor, { n, param, grad, avg, sq, scalars }: AdamW): void {
    v.size(n);
    v.update(param, n);
    v.read(grad, n);
    v.update(avg, n);
    v.update(sq, n);
    v.read(scalars, 7);
  },

  linearCrossEntropy: layerRows.linearCrossEntropy,
  linearCrossEntropyBackward: layerRows.linearCrossEntropyBackward,

  cumsum(v: Visitor, { outer, reduce, inner, a, out, reverse }: CumSum): void {
    v.size(outer);
    v.size(reduce);
    v.size(inner);
    v.read(a, outer * reduce * inner);
    v.write(out, outer * reduce * inner);
    v.flag(reverse);
  },

  embeddingLinear: layerRows.embeddingLinear,
  embeddingLinearBackward: layerRows.embeddingLinearBackward,
  linearShardBlocks: layerRows.linearShardBlocks,
  blockLosses: layerRows.blockLosses,
  linearShardBackward: layerRows.linearShardBackward,
} as const;

export type KernelName = keyof typeof KERNELS;
/** The arguments of a kernel, as the contract (kernels.ts) names them. */
export type Arguments<K extends KernelName> = Parameters<(typeof KERNELS)[K]>[1];

/** The position of a name is the kernel's number at the native border. */
export const KERNEL_NAMES = Object.freeze(Object.keys(KERNELS)) as readonly KernelName[];

/** The kernels that check indices or targets return a position, or -1. */
type Checked = { readonly rows: number } & (
  { readonly index: Operand } | { readonly targets: Operand }
);

/** The contract as functions. */
export type Kernels = { readonly name: BackendName } & {
  readonly [K in KernelName]: (args: Arguments<K>) => Arguments<K> extends Checked ? number : void;
};

/** Any kernel's row, to be called with arguments of that kernel. */
export const rowOf = (kernel: KernelName): ((visitor: Visitor, args: object) => void) =>
  KERNELS[kernel] as (visitor: Visitor, args: object) => void;
