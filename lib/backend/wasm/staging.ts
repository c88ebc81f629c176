/**
 * Operands of one call, staged in the memory of an instance: storages are copied in, and those that
 * the kernel wrote are copied back.
 */
import type { Dims, Operand } from "../kernels.js";
import { Marshal, MAX_OPERANDS } from "../native/marshal.js";
import type { Storage } from "../storage.js";
import { CONTROL_WORDS, type Instance, type Place } from "./instance.js";

/** Words of a storage in the stage: whole cache lines. */
const wordsOf = ({ length }: Storage): number => (length + 15) & -16;

export class Staging extends Marshal {
  /** the storages of the call, each with the place of its words in the stage */
  readonly #storages = new Array<Storage | undefined>(MAX_OPERANDS).fill(undefined);
  readonly #places = new Int32Array(MAX_OPERANDS);
  /** whether the kernel may see what the storage held, and whether it writes there */
  readonly #comesIn = new Uint8Array(MAX_OPERANDS);
  readonly #goesOut = new Uint8Array(MAX_OPERANDS);
  #used = 0;
  #words = 0;
  #stage: Place | undefined;

  constructor(private readonly instance: Instance) {
    super(new Int32Array(CONTROL_WORDS));
  }

  override begin(): void {
    super.begin();
    this.#used = 0;
    this.#words = 0;
  }

  override read(x: Operand | null): void {
    this.operand(x, true, false);
  }

  override readStrided(x: Operand, strides: Dims): void {
    this.operand(x, true, false);
    this.shape(strides);
  }

  override readIndices(x: Operand): void {
    this.operand(x, true, false);
  }

  override write(x: Operand | null, words: number): void {
    // What is written in part keeps the rest.
    const whole = x !== null && x.offset === 0 && words === x.storage.length;
    this.operand(x, !whole, true);
  }

  override writeStrided(x: Operand, strides: Dims): void {
    this.operand(x, true, true);
    this.shape(strides);
  }

  override update(x: Operand | null): void {
    this.operand(x, true, true);
  }

  protected override operand(x: Operand | null, comesIn = true, goesOut = false): void {
    this.control[this.count++] =
      x === null ? -1 : this.#placeOf(x.storage, comesIn, goesOut) + x.offset;
  }

  #placeOf(storage: Storage, comesIn: boolean, goesOut: boolean): number {
    let i = 0;
    while (i < this.#used && this.#storages[i] !== storage) i++;
    if (i === this.#used) {
      this.#used++;
      this.#storages[i] = storage;
      this.#places[i] = this.#words;
      this.#comesIn[i] = this.#goesOut[i] = 0;
      this.#words += wordsOf(storage);
    }
    if (comesIn) this.#comesIn[i] = 1;
    if (goesOut) this.#goesOut[i] = 1;
    return this.#places[i];
  }

  /** Copies control words and storages into the instance. */
  enter(): void {
    const { instance, control } = this;
    this.#stage = instance.room(this.#stage, this.#words);
    const base = this.#stage.at;
    for (let i = 0; i < this.count; i++) if (control[i] !== -1) control[i] += base;
    const { words } = instance;
    words.set(control, instance.control);
    for (let i = 0; i < this.#used; i++) {
      if (this.#comesIn[i] === 0) continue;
      const { slab, start, length } = this.#storages[i] as Storage;
      words.set(slab.i32.subarray(start, start + length), base + this.#places[i]);
    }
  }

  /** Copies back what the kernel wrote, if it did, and lets the storages go. */
  leave(written: boolean): void {
    const { words } = this.instance; // scratch may have made the memory grow
    const base = (this.#stage as Place).at;
    for (let i = 0; i < this.#used; i++) {
      const { slab, start, length } = this.#storages[i] as Storage;
      this.#storages[i] = undefined;
      if (!written || this.#goesOut[i] === 0) continue;
      const from = base + this.#places[i];
      slab.i32.set(words.subarray(from, from + length), start);
    }
  }
}
