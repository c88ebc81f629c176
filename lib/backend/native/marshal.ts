/**
 * Calls of the addon: a kernel's arguments written into `control`, memory that the addon reads.
 *
 * First come the offsets of the operands, in words of their buffers (-1: none), then everything
 * else, each in the order of the kernel table; dimensions take nine words, how many there are and
 * places for eight. The buffers go along as arguments of the call, which keeps them alive.
 */
import { Visitor } from "../kernel-table.js";
import { type Dims, MAX_RANK, type Operand } from "../kernels.js";

/** The most operands of a kernel: the words of `control` that their offsets take. */
export const MAX_OPERANDS = 9;

export class Marshal extends Visitor {
  /** of the call's operands, `count` of them */
  readonly buffers = new Array<ArrayBuffer | undefined>(MAX_OPERANDS).fill(undefined);
  count = 0;
  readonly #control: Int32Array;
  readonly #reals: Float32Array;
  #word = MAX_OPERANDS;

  constructor(control: Int32Array) {
    super();
    this.#control = control;
    this.#reals = new Float32Array(control.buffer);
  }

  /** Begins the next call. */
  begin(): void {
    this.count = 0;
    this.#word = MAX_OPERANDS;
  }

  /** Lets the buffers go: a tensor that nobody holds any more must not live on in the last call. */
  release(): void {
    for (let i = 0; i < this.count; i++) this.buffers[i] = undefined;
  }

  override size(n: number): void {
    this.#control[this.#word++] = n;
  }

  override whole(n: number): void {
    this.#control[this.#word++] = n;
  }

  override real(x: number): void {
    this.#reals[this.#word++] = x;
  }

  override flag(on: boolean): void {
    this.#control[this.#word++] = on ? 1 : 0;
  }

  override choice<T extends string>(names: readonly T[], name: T): void {
    this.#control[this.#word++] = names.indexOf(name);
  }

  override shape(shape: Dims): void {
    const word = this.#word;
    this.#control[word] = shape.length;
    for (let d = 0; d < shape.length; d++) this.#control[word + 1 + d] = shape[d];
    this.#word = word + 1 + MAX_RANK;
  }

  override read(x: Operand | null): void {
    this.#operand(x);
  }

  override write(x: Operand | null): void {
    this.#operand(x);
  }

  override update(x: Operand | null): void {
    this.#operand(x);
  }

  override readStrided(x: Operand, strides: Dims): void {
    this.#operand(x);
    this.shape(strides);
  }

  override writeStrided(x: Operand, strides: Dims): void {
    this.#operand(x);
    this.shape(strides);
  }

  override readIndices(x: Operand): void {
    this.#operand(x);
  }

  #operand(x: Operand | null): void {
    const i = this.count++;
    if (x === null) {
      this.#control[i] = -1;
      this.buffers[i] = undefined;
    } else {
      this.#control[i] = x.storage.start + x.offset;
      this.buffers[i] = x.storage.slab.buffer;
    }
  }
}
