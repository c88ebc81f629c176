/**
 * What a kernel call costs, counted by the kernel table: the sizes it works on, floating-point
 * operations, bytes read and written.
 */
import { rowOf, Visitor } from "../../backend/kernel-table.js";
import type { Dims, Operand } from "../../backend/kernels.js";
import type { Command } from "../../backend/plan.js";
import type { Storage } from "../../backend/storage.js";

export interface Cost {
  /** the kernel's sizes, for a reader: 32x200x30 */
  readonly shape: string;
  /**
   * floating-point operations of products, two per fused multiply-add; 0 where time goes to memory
   * or to exp and tanh
   */
  readonly flops: number;
  /**
   * each operand once, what is read and written twice: what must move if nothing is in a register
   */
  readonly bytes: number;
}

class Counter extends Visitor {
  sizes: number[] = [];
  operations = 0;
  words = 0;
  /** the words used of each storage, at most as many as it has */
  readonly touched = new Map<Storage, number>();
  #elements = 0;

  override size(n: number): void {
    this.sizes.push(n);
  }

  override shape(shape: Dims): void {
    this.sizes.push(...shape);
    this.#elements = shape.reduce((n, size) => n * size, 1);
  }

  override flops(n: number): void {
    this.operations += n;
  }

  override read(x: Operand | null, words: number): void {
    if (x === null) return;
    this.words += words;
    const { storage } = x;
    const known = this.touched.get(storage) ?? 0;
    this.touched.set(storage, Math.max(known, Math.min(words, storage.length)));
  }

  override write(x: Operand | null, words: number): void {
    this.read(x, words);
  }

  override readStrided(x: Operand, strides: Dims): void {
    // With strides of 0 only, it is one number.
    this.read(x, strides.every((stride) => stride === 0) ? 1 : this.#elements);
  }

  override writeStrided(x: Operand): void {
    this.read(x, this.#elements);
  }
}

function counted({ kernel, args }: Command): Counter {
  const counter = new Counter();
  rowOf(kernel)(counter, args);
  return counter;
}

export function cost(command: Command): Cost {
  const { sizes, operations, words } = counted(command);
  return { shape: sizes.join("x"), flops: operations, bytes: 4 * words };
}

/** Of commands together. */
export function total(commands: readonly Command[]): Pick<Cost, "flops" | "bytes"> {
  let [flops, bytes] = [0, 0];
  for (const one of commands.map(cost)) {
    flops += one.flops;
    bytes += one.bytes;
  }
  return { flops, bytes };
}

/** Bytes of all memory that the commands touch: what has to fit into a cache to stay there. */
export function workingSet(commands: readonly Command[]): number {
  const words = new Map<Storage, number>();
  for (const command of commands)
    for (const [storage, touched] of counted(command).touched)
      words.set(storage, Math.max(words.get(storage) ?? 0, touched));
  return 4 * [...words.values()].reduce((sum, n) => sum + n, 0);
}
