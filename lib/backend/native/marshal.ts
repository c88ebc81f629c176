/**
 * Calls of compiled kernels: the arguments written into `control`, words that the border reads.
 *
 * First come the offsets of the operands, in words of the memory they are in (-1: none), then
 * everything else, each in the order of the kernel table; dimensions take nine words, how many
 * there are and places for eight.
 */
import { Visitor } from "../kernel-table.js";
import { type Dims, MAX_RANK, type Operand } from "../kernels.js";

/** The most operands of a kernel: the words of `control` that their offsets take. */
export const MAX_OPERANDS = 9;

export abstract class Marshal extends Visitor {
  /** how many operands the call has, up to now */
  count = 0;
  readonly #reals: Float32Array;
  #word = MAX_OPERANDS;

  constructor(protected readonly control: Int32Array) {
    super();
    this.#reals = new Float32Array(control.buffer);
  }

  /** Begins the next call. */
  begin(): void {
    this.count = 0;
    this.#word = MAX_OPERANDS;
  }

  /** Writes where the next operand begins into `control[count]`, and counts it. */
  protected abstract operand(x: Operand | null): void;

  override size(n: number): void {
    this.control[this.#word++] = n;
  }

  override whole(n: number): void {
    this.control[this.#word++] = n;
  }

  override real(x: number): void {
    this.#reals[this.#word++] = x;
  }

  override flag(on: boolean): void {
    this.control[this.#word++] = on ? 1 : 0;
  }

  override choice<T extends string>(names: readonly T[], name: T): void {
    this.control[this.#word++] = names.indexOf(name);
  }

  override shape(shape: Dims): void {
    const word = this.#word;
    this.control[word] = shape.length;
    for (let d = 0; d < shape.length; d++) this.control[word + 1 + d] = shape[d];
    this.#word = word + 1 + MAX_RANK;
  }

  override read(x: Operand | null, _words: number): void {
    this.operand(x);
  }

  override write(x: Operand | null, _words: number): void {
    this.operand(x);
  }

  override update(x: Operand | null, _words: number): void {
    this.operand(x);
  }

  override readStrided(x: Operand, strides: Dims): void {
    this.operand(x);
    this.shape(strides);
  }

  override writeStrided(x: Operand, strides: Dims): void {
    this.operand(x);
    this.shape(strides);
  }

  override readIndices(x: Operand): void {
    this.operand(x);
  }
}
