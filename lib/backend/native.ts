/**
 * The native backend: the kernel contract as calls of the addon (native/).
 *
 * A call writes its integers into `control`, memory that the addon reads, and passes the buffers of
 * its operands as arguments, which keeps them alive. The addon checks everything again. The layout
 * of `control` per kernel is shared with native/napi/prepare.cc.
 */
import { loadBinding, type NativeBinding } from "./binding.js";
import {
  A_STRIDE,
  ADAMW,
  B_STRIDE,
  BINARY_KERNEL,
  COPY,
  CROSS_ENTROPY,
  FILL,
  FIRST,
  GATHER_ROWS,
  GEMM,
  LINEAR_CROSS_ENTROPY,
  LINEAR_CROSS_ENTROPY_BACKWARD,
  LOSS_FIRST,
  MAX,
  NO_MEMORY,
  noMemory,
  OUT_STRIDE,
  SCATTER_ADD_ROWS,
  SGD,
  SGD_MOMENTUM,
  SHAPE,
  SOFTMAX,
  SUM,
  UNARY_KERNEL,
} from "./control.js";
import { defaultThreads } from "./default-threads.js";
import type { Activation, BinaryOp, Dims, Kernels, Operand, UnaryOp } from "./kernels.js";
import { ACTIVATION, BINARY, UNARY } from "./kernels.js";
import type { Command, Plan, Transfer } from "./plan.js";
import { sealed } from "./native-plan.js";
import { warn } from "../warn.js";

export interface NativeKernels extends Kernels {
  readonly name: "native";
  /** The instruction set in use: the best one, or the one that MM_ISA names. */
  readonly isa: string;
  /** Those that this CPU and operating system can use, best first. */
  readonly supportedIsas: readonly string[];
  readonly threads: number;
  /**
   * 1 to 256, for this thread's calls. The results do not depend on it. Where the system refuses to
   * make so many, fewer do the work, and standard error says so once.
   */
  setThreads(count: number): void;
  /** Commands checked once, to be run in one call. */
  plan(
    commands: readonly Command[],
    feeds: readonly Transfer[],
    fetches: readonly Transfer[],
  ): Plan;
  /**
   * Takes in new memory: asks for large pages; returns the words to skip so that the rest is
   * 64-byte aligned.
   */
  settle(buffer: ArrayBuffer): number;
  /**
   * Fused multiply-adds in registers, on one core: what bounds every product. Returns the
   * floating-point operations done.
   */
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
    this.supportedIsas = Object.freeze(binding.supportedIsas());
    this.control = binding.control;
    this.scalars = new Float32Array(binding.control.buffer);
  }

  get threads(): number {
    return this.binding.threads();
  }

  setThreads(count: number): void {
    const there = this.binding.setThreads(count);
    if (there === undefined) return;
    warn(
      `the system makes no more threads: ${there} of ${count} do the work, with the same results; ` +
        `raise the limit (ulimit -u, ulimit -v, the container's) or ask for ${there} (MM_THREADS, setThreads)`,
    );
  }

  plan(
    commands: readonly Command[],
    feeds: readonly Transfer[],
    fetches: readonly Transfer[],
  ): Plan {
    return sealed(this.binding, (run) => new Native(this.binding, run), commands, feeds, fetches);
  }

  settle(buffer: ArrayBuffer): number {
    return this.binding.settle(buffer);
  }

  fmaPeak(rounds: number): number {
    return this.binding.fmaPeak(rounds);
  }

  /** Tells the addon where operand `i` begins; its buffer goes along as an argument. */
  private put(i: number, { storage, offset }: Operand): ArrayBuffer {
    this.control[i] = storage.start + offset;
    return storage.slab.buffer;
  }

  gemm(
    m: number,
    n: number,
    k: number,
    a: Operand,
    aRow: number,
    aCol: number,
    b: Operand,
    bRow: number,
    bCol: number,
    bias: Operand | null,
    out: Operand,
    outRow: number,
    activation: Activation,
    y?: Operand,
  ): void {
    const c = this.control;
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
    this.run(
      GEMM,
      this.put(0, a),
      this.put(1, b),
      this.put(2, out),
      bias === null ? undefined : this.put(3, bias),
      y === undefined ? undefined : this.put(4, y),
    );
  }

  unary(
    op: UnaryOp,
    shape: Dims,
    a: Operand,
    aStrides: Dims,
    out: Operand,
    outStrides: Dims,
  ): void {
    this.control[FIRST + 1] = UNARY.indexOf(op);
    this.strided(shape, aStrides, outStrides);
    this.run(UNARY_KERNEL, this.put(0, a), this.put(1, out));
  }

  copy(shape: Dims, a: Operand, aStrides: Dims, out: Operand, outStrides: Dims): void {
    this.strided(shape, aStrides, outStrides);
    this.run(COPY, this.put(0, a), this.put(1, out));
  }

  binary(
    op: BinaryOp,
    shape: Dims,
    a: Operand,
    aStrides: Dims,
    b: Operand,
    bStrides: Dims,
    out: Operand,
    outStrides: Dims,
  ): void {
    this.control[FIRST + 1] = BINARY.indexOf(op);
    this.strided(shape, aStrides, outStrides);
    for (let d = 0; d < shape.length; d++) this.control[B_STRIDE + d] = bStrides[d];
    this.run(BINARY_KERNEL, this.put(0, a), this.put(1, b), this.put(2, out));
  }

  private strided(shape: Dims, aStrides: Dims, outStrides: Dims): void {
    const c = this.control;
    c[FIRST] = shape.length;
    for (let d = 0; d < shape.length; d++) {
      c[SHAPE + d] = shape[d];
      c[A_STRIDE + d] = aStrides[d];
      c[OUT_STRIDE + d] = outStrides[d];
    }
  }

  fill(n: number, value: number, out: Operand): void {
    this.control[FIRST] = n;
    this.scalars[FIRST + 1] = value;
    this.run(FILL, this.put(0, out));
  }

  sum(outer: number, reduce: number, inner: number, a: Operand, out: Operand): void {
    this.sizes(outer, reduce, inner);
    this.run(SUM, this.put(0, a), this.put(1, out));
  }

  max(
    outer: number,
    reduce: number,
    inner: number,
    a: Operand,
    out: Operand,
    index: Operand,
  ): void {
    this.sizes(outer, reduce, inner);
    this.run(MAX, this.put(0, a), this.put(1, out), this.put(2, index));
  }

  gatherRows(
    n: number,
    rows: number,
    width: number,
    tableRow: number,
    table: Operand,
    index: Operand,
    out: Operand,
  ): number {
    this.sizes(n, rows, width);
    this.control[FIRST + 3] = tableRow;
    return this.run(GATHER_ROWS, this.put(0, table), this.put(1, index), this.put(2, out));
  }

  scatterAddRows(
    n: number,
    rows: number,
    width: number,
    a: Operand,
    index: Operand,
    table: Operand,
  ): number {
    this.sizes(n, rows, width);
    return this.run(SCATTER_ADD_ROWS, this.put(0, a), this.put(1, index), this.put(2, table));
  }

  private sizes(n0: number, n1: number, n2: number): void {
    const c = this.control;
    c[FIRST] = n0;
    c[FIRST + 1] = n1;
    c[FIRST + 2] = n2;
  }

  softmax(rows: number, cols: number, a: Operand, out: Operand, log: boolean): void {
    this.sizes(rows, cols, log ? 1 : 0);
    this.run(SOFTMAX, this.put(0, a), this.put(1, out));
  }

  crossEntropy(
    rows: number,
    cols: number,
    logits: Operand,
    targets: Operand,
    scale: number,
    loss: Operand,
    grad: Operand,
  ): number {
    this.control[FIRST] = rows;
    this.control[FIRST + 1] = cols;
    this.scalars[FIRST + 2] = scale;
    return this.run(
      CROSS_ENTROPY,
      this.put(0, logits),
      this.put(1, targets),
      this.put(2, loss),
      this.put(3, grad),
    );
  }

  sgd(n: number, param: Operand, grad: Operand, rate: Operand): void {
    this.control[FIRST] = n;
    this.run(SGD, this.put(0, param), this.put(1, grad), this.put(2, rate));
  }

  sgdMomentum(
    n: number,
    param: Operand,
    grad: Operand,
    buf: Operand | null,
    scalars: Operand,
    nesterov: boolean,
  ): void {
    this.sizes(n, nesterov ? 1 : 0, buf === null ? 0 : 1);
    this.run(
      SGD_MOMENTUM,
      this.put(0, param),
      this.put(1, grad),
      this.put(2, scalars),
      buf === null ? undefined : this.put(3, buf),
    );
  }

  adamw(
    n: number,
    param: Operand,
    grad: Operand,
    avg: Operand,
    sq: Operand,
    scalars: Operand,
  ): void {
    this.control[FIRST] = n;
    this.run(
      ADAMW,
      this.put(0, param),
      this.put(1, grad),
      this.put(2, avg),
      this.put(3, sq),
      this.put(4, scalars),
    );
  }

  linearCrossEntropy(
    rows: number,
    inner: number,
    cols: number,
    x: Operand,
    weight: Operand,
    bias: Operand,
    targets: Operand,
    loss: Operand,
    stats: Operand,
    spare: Operand | null,
  ): number {
    const operands = [x, weight, bias, targets, stats, loss];
    return this.loss(
      LINEAR_CROSS_ENTROPY,
      rows,
      inner,
      cols,
      spare !== null,
      0,
      0,
      spare === null ? operands : [...operands, spare],
    );
  }

  linearCrossEntropyBackward(
    rows: number,
    inner: number,
    cols: number,
    x: Operand,
    weight: Operand,
    bias: Operand,
    targets: Operand,
    stats: Operand,
    kept: boolean,
    scale: number,
    upstream: Operand,
    upstreamStride: 0 | 1,
    gradX: Operand,
    gradWeight: Operand,
    gradBias: Operand,
  ): number {
    const operands = [x, weight, bias, targets, stats, upstream, gradX, gradWeight, gradBias];
    return this.loss(
      LINEAR_CROSS_ENTROPY_BACKWARD,
      rows,
      inner,
      cols,
      kept,
      scale,
      upstreamStride,
      operands,
    );
  }

  private loss(
    kernel: number,
    rows: number,
    inner: number,
    cols: number,
    kept: boolean,
    scale: number,
    upstreamStride: 0 | 1,
    operands: Operand[],
  ): number {
    const c = this.control;
    c[LOSS_FIRST] = rows;
    c[LOSS_FIRST + 1] = inner;
    c[LOSS_FIRST + 2] = cols;
    c[LOSS_FIRST + 3] = kept ? 1 : 0;
    this.scalars[LOSS_FIRST + 4] = scale;
    c[LOSS_FIRST + 5] = upstreamStride;
    const position = this.run(kernel, ...(operands.map((x, i) => this.put(i, x)) as [ArrayBuffer]));
    if (position === NO_MEMORY) throw noMemory();
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
