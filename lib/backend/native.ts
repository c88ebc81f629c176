/**
 * The native backend: the kernel contract as calls of the addon (native/).
 *
 * A call writes its integers into `control`, memory that the addon reads, and passes the buffers of its operands as arguments, which
 * keeps them alive. The addon checks everything again. The layout of `control` per kernel is shared with native/napi/prepare.cc.
 */
import { loadBinding, type NativeBinding } from "./binding.js";
import {
  A_STRIDE, ADAMW, B_STRIDE, BINARY_KERNEL, COPY, CROSS_ENTROPY, FILL, FIRST, GATHER_ROWS, GEMM, LINEAR_CROSS_ENTROPY,
  LINEAR_CROSS_ENTROPY_BACKWARD, LOSS_FIRST, MAX, NO_MEMORY, noMemory, OUT_STRIDE, SCATTER_ADD_ROWS, SGD, SGD_MOMENTUM, SHAPE,
  SOFTMAX, SUM, UNARY_KERNEL,
} from "./control.js";
import { defaultThreads } from "./default-threads.js";
import type { Activation, BinaryOp, Dims, Kernels, Operand, UnaryOp } from "./kernels.js";
import { ACTIVATION, BINARY, UNARY } from "./kernels.js";
import type { Command, Plan, Transfer } from "./plan.js";
import { sealed } from "./native-plan.js";

export interface NativeKernels extends Kernels {
  readonly name: "native";
  /** The instruction set in use: the best one, or the one that MM_ISA names. */
  readonly isa: string;
  /** Those that this CPU and operating system can use, best first. */
  readonly supportedIsas: readonly string[];
  readonly threads: number;
  /** 1 to 256, for this thread's calls. The results do not depend on it. */
  setThreads(count: number): void;
  /** Commands checked once, to be run in one call. */
  plan(commands: readonly Command[], feeds: readonly Transfer[], fetches: readonly Transfer[]): Plan;
  /** Takes in new memory: asks for large pages; returns the words to skip so that the rest is 64-byte aligned. */
  settle(buffer: ArrayBuffer): number;
  /** Fused multiply-adds in registers, on one core: what bounds every product. Returns the floating-point operations done. */
  fmaPeak(rounds: number): number;
}

class Native implements NativeKernels {
  readonly name = "native";
  readonly isa: string;
  readonly supportedIsas: readonly string[];
  private readonly control: Int32Array;
  private readonly scalars: Float32Array;

  constructor(
    private readonly binding: NativeBinding,
    private readonly run: NativeBinding["run"] = binding.run,
  ) {
    this.isa = binding.isa();
    this.supportedIsas = binding.supportedIsas();
    this.control = binding.control;
    this.scalars = new Float32Array(binding.control.buffer);
  }

  get threads(): number {
    return this.binding.threads();
  }

  setThreads(count: number): void {
    this.binding.setThreads(count);
  }

  plan(commands: readonly Command[], feeds: readonly Transfer[], fetches: readonly Transfer[]): Plan {
    return sealed(this.binding, (run) => new Native(this.binding, run), commands, feeds, fetches);
  }

  settle(buffer: ArrayBuffer): number {
    return this.binding.settle(buffer);
  }

  fmaPeak(rounds: number): number {
    return this.binding.fmaPeak(rounds);
  }

  gemm(
    m: number, n: number, k: number,
    a: Operand, aRow: number, aCol: number,
    b: Operand, bRow: number, bCol: number,
    bias: Operand | null, out: Operand, outRow: number, activation: Activation, y?: Operand,
  ): void {
    const c = this.control;
    c[0] = a.storage.start + a.offset;
    c[1] = b.storage.start + b.offset;
    c[2] = out.storage.start + out.offset;
    c[FIRST] = m;
    c[FIRST + 1] = n;
    c[FIRST + 2] = k;
    c[FIRST + 3] = aRow;
    c[FIRST + 4] = aCol;
    c[FIRST + 5] = bRow;
    c[FIRST + 6] = bCol;
    c[FIRST + 7] = outRow;
    c[FIRST + 8] = ACTIVATION.indexOf(activation);
    c[FIRST + 9] = bias === null ? 0 : 1;
    c[FIRST + 10] = y === undefined ? 0 : 1;
    if (bias !== null) c[3] = bias.storage.start + bias.offset;
    if (y !== undefined) c[4] = y.storage.start + y.offset;
    this.run(GEMM, a.storage.slab.buffer, b.storage.slab.buffer, out.storage.slab.buffer, bias?.storage.slab.buffer, y?.storage.slab.buffer);
  }

  unary(op: UnaryOp, shape: Dims, a: Operand, aStrides: Dims, out: Operand, outStrides: Dims): void {
    this.control[FIRST + 1] = UNARY.indexOf(op);
    this.one(UNARY_KERNEL, shape, a, aStrides, out, outStrides);
  }

  copy(shape: Dims, a: Operand, aStrides: Dims, out: Operand, outStrides: Dims): void {
    this.one(COPY, shape, a, aStrides, out, outStrides);
  }

  private one(kernel: number, shape: Dims, a: Operand, aStrides: Dims, out: Operand, outStrides: Dims): void {
    const c = this.control;
    c[0] = a.storage.start + a.offset;
    c[1] = out.storage.start + out.offset;
    c[FIRST] = shape.length;
    for (let d = 0; d < shape.length; d++) {
      c[SHAPE + d] = shape[d];
      c[A_STRIDE + d] = aStrides[d];
      c[OUT_STRIDE + d] = outStrides[d];
    }
    this.run(kernel, a.storage.slab.buffer, out.storage.slab.buffer);
  }

  binary(
    op: BinaryOp, shape: Dims, a: Operand, aStrides: Dims, b: Operand, bStrides: Dims, out: Operand, outStrides: Dims,
  ): void {
    const c = this.control;
    c[0] = a.storage.start + a.offset;
    c[1] = b.storage.start + b.offset;
    c[2] = out.storage.start + out.offset;
    c[FIRST] = shape.length;
    c[FIRST + 1] = BINARY.indexOf(op);
    for (let d = 0; d < shape.length; d++) {
      c[SHAPE + d] = shape[d];
      c[A_STRIDE + d] = aStrides[d];
      c[B_STRIDE + d] = bStrides[d];
      c[OUT_STRIDE + d] = outStrides[d];
    }
    this.run(BINARY_KERNEL, a.storage.slab.buffer, b.storage.slab.buffer, out.storage.slab.buffer);
  }

  fill(n: number, value: number, out: Operand): void {
    const c = this.control;
    c[0] = out.storage.start + out.offset;
    c[FIRST] = n;
    this.scalars[FIRST + 1] = value;
    this.run(FILL, out.storage.slab.buffer);
  }

  sum(outer: number, reduce: number, inner: number, a: Operand, out: Operand): void {
    const c = this.control;
    c[0] = a.storage.start + a.offset;
    c[1] = out.storage.start + out.offset;
    c[FIRST] = outer;
    c[FIRST + 1] = reduce;
    c[FIRST + 2] = inner;
    this.run(SUM, a.storage.slab.buffer, out.storage.slab.buffer);
  }

  max(outer: number, reduce: number, inner: number, a: Operand, out: Operand, index: Operand): void {
    this.three(MAX, outer, reduce, inner, a, out, index);
  }

  gatherRows(n: number, rows: number, width: number, tableRow: number, table: Operand, index: Operand, out: Operand): number {
    this.control[FIRST + 3] = tableRow;
    return this.three(GATHER_ROWS, n, rows, width, table, index, out);
  }

  scatterAddRows(n: number, rows: number, width: number, a: Operand, index: Operand, table: Operand): number {
    return this.three(SCATTER_ADD_ROWS, n, rows, width, a, index, table);
  }

  private three(kernel: number, n0: number, n1: number, n2: number, o0: Operand, o1: Operand, o2: Operand): number {
    const c = this.control;
    c[0] = o0.storage.start + o0.offset;
    c[1] = o1.storage.start + o1.offset;
    c[2] = o2.storage.start + o2.offset;
    c[FIRST] = n0;
    c[FIRST + 1] = n1;
    c[FIRST + 2] = n2;
    return this.run(kernel, o0.storage.slab.buffer, o1.storage.slab.buffer, o2.storage.slab.buffer);
  }

  softmax(rows: number, cols: number, a: Operand, out: Operand, log: boolean): void {
    const c = this.control;
    c[0] = a.storage.start + a.offset;
    c[1] = out.storage.start + out.offset;
    c[FIRST] = rows;
    c[FIRST + 1] = cols;
    c[FIRST + 2] = log ? 1 : 0;
    this.run(SOFTMAX, a.storage.slab.buffer, out.storage.slab.buffer);
  }

  crossEntropy(rows: number, cols: number, logits: Operand, targets: Operand, scale: number, loss: Operand, grad: Operand): number {
    const c = this.control;
    c[0] = logits.storage.start + logits.offset;
    c[1] = targets.storage.start + targets.offset;
    c[2] = loss.storage.start + loss.offset;
    c[3] = grad.storage.start + grad.offset;
    c[FIRST] = rows;
    c[FIRST + 1] = cols;
    this.scalars[FIRST + 2] = scale;
    return this.run(
      CROSS_ENTROPY, logits.storage.slab.buffer, targets.storage.slab.buffer, loss.storage.slab.buffer, grad.storage.slab.buffer,
    );
  }

  sgd(n: number, param: Operand, grad: Operand, rate: Operand): void {
    const c = this.control;
    c[0] = param.storage.start + param.offset;
    c[1] = grad.storage.start + grad.offset;
    c[2] = rate.storage.start + rate.offset;
    c[FIRST] = n;
    this.run(SGD, param.storage.slab.buffer, grad.storage.slab.buffer, rate.storage.slab.buffer);
  }

  sgdMomentum(n: number, param: Operand, grad: Operand, buf: Operand | null, scalars: Operand, nesterov: boolean): void {
    const c = this.control;
    c[0] = param.storage.start + param.offset;
    c[1] = grad.storage.start + grad.offset;
    c[2] = scalars.storage.start + scalars.offset;
    c[FIRST] = n;
    c[FIRST + 1] = nesterov ? 1 : 0;
    c[FIRST + 2] = buf === null ? 0 : 1;
    const [p, g, s] = [param.storage.slab.buffer, grad.storage.slab.buffer, scalars.storage.slab.buffer];
    if (buf === null) {
      this.run(SGD_MOMENTUM, p, g, s);
      return;
    }
    c[3] = buf.storage.start + buf.offset;
    this.run(SGD_MOMENTUM, p, g, s, buf.storage.slab.buffer);
  }

  adamw(n: number, param: Operand, grad: Operand, avg: Operand, sq: Operand, scalars: Operand): void {
    const c = this.control;
    c[0] = param.storage.start + param.offset;
    c[1] = grad.storage.start + grad.offset;
    c[2] = avg.storage.start + avg.offset;
    c[3] = sq.storage.start + sq.offset;
    c[4] = scalars.storage.start + scalars.offset;
    c[FIRST] = n;
    this.run(
      ADAMW, param.storage.slab.buffer, grad.storage.slab.buffer, avg.storage.slab.buffer, sq.storage.slab.buffer, scalars.storage.slab.buffer,
    );
  }

  linearCrossEntropy(
    rows: number, inner: number, cols: number, x: Operand, weight: Operand, bias: Operand, targets: Operand,
    loss: Operand, stats: Operand, spare: Operand | null,
  ): number {
    const operands = [x, weight, bias, targets, stats, loss];
    return this.loss(LINEAR_CROSS_ENTROPY, rows, inner, cols, spare !== null, 0, 0, spare === null ? operands : [...operands, spare]);
  }

  linearCrossEntropyBackward(
    rows: number, inner: number, cols: number, x: Operand, weight: Operand, bias: Operand, targets: Operand, stats: Operand,
    kept: boolean, scale: number, upstream: Operand, upstreamStride: 0 | 1, gradX: Operand, gradWeight: Operand, gradBias: Operand,
  ): number {
    const operands = [x, weight, bias, targets, stats, upstream, gradX, gradWeight, gradBias];
    return this.loss(LINEAR_CROSS_ENTROPY_BACKWARD, rows, inner, cols, kept, scale, upstreamStride, operands);
  }

  private loss(
    kernel: number, rows: number, inner: number, cols: number, kept: boolean, scale: number, upstreamStride: 0 | 1, operands: Operand[],
  ): number {
    const c = this.control;
    for (let i = 0; i < operands.length; i++) c[i] = operands[i].storage.start + operands[i].offset;
    c[LOSS_FIRST] = rows;
    c[LOSS_FIRST + 1] = inner;
    c[LOSS_FIRST + 2] = cols;
    c[LOSS_FIRST + 3] = kept ? 1 : 0;
    this.scalars[LOSS_FIRST + 4] = scale;
    c[LOSS_FIRST + 5] = upstreamStride;
    const position = this.run(kernel, ...(operands.map((x) => x.storage.slab.buffer) as [ArrayBuffer]));
    if (position === NO_MEMORY) throw noMemory("linearCrossEntropy");
    return position;
  }
}

let loaded: Native | undefined;

/** Loads the addon, once. Throws a BackendError that says what to do where it cannot be used. */
export function loadNative(): NativeKernels {
  if (loaded === undefined) {
    const threads = defaultThreads();
    const binding = loadBinding();
    const native = new Native(binding);
    native.setThreads(threads);
    loaded = native;
  }
  return loaded;
}
