/**
 * Memory. Numbers live in a few large buffers ("slabs"); a Storage is a run of 32-bit words inside
 * one.
 *
 * Slabs are filled front to back; the garbage collector frees a slab when the last storage in it is
 * gone. So a training loop needs no `dispose`, and one tensor costs two small objects instead of a
 * typed array (0.4-0.8 us each). Memory is used again in workspaces only (workspace.ts).
 */

import { ValueError } from "../errors.js";

let storages = 0;

/** A block of memory seen as both word types; the same bytes. */
class Slab {
  readonly buffer: ArrayBuffer;
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  constructor(bytes: number) {
    try {
      this.buffer = new ArrayBuffer(bytes);
    } catch (error) {
      throw new ValueError(
        `tensor: no memory for ${(bytes / 2 ** 20).toFixed(0)} MiB in one piece ` +
          `(${(error as Error).message})`,
      );
    }
    this.f32 = new Float32Array(this.buffer);
    this.i32 = new Int32Array(this.buffer);
  }
}

/**
 * Who may refer to a storage: anyone; only the workspace that made it; or only the one outside it
 * to whom the workspace handed it.
 */
export type Holder = "anyone" | "workspace" | "one";

/**
 * `length` 32-bit words from word `start` of `slab`. Tensors that are views of each other share one
 * Storage object.
 */
export class Storage {
  readonly #slab: Slab;
  /** in the order of making, over all storages */
  readonly serial = storages++;
  /**
   * how often its numbers were changed in place: a gradient that needs them as they were can tell
   */
  version = 0;
  #holder: Holder;
  constructor(
    slab: Slab,
    readonly start: number,
    readonly length: number,
    holder: Holder = "anyone",
  ) {
    this.#slab = slab;
    this.#holder = holder;
  }

  get holder(): Holder {
    return this.#holder;
  }

  /** It goes to somebody outside its workspace. */
  handOut(): void {
    this.#holder = this.#holder === "workspace" ? "one" : "anyone";
  }

  /** Somebody sees it who may keep it. */
  expose(): void {
    this.#holder = "anyone";
  }

  /**
   * where the words are; no property of its own, so that nothing that copies properties reaches it
   */
  get slab(): Slab {
    return this.#slab;
  }
}

/**
 * Words per cache line: every storage starts on one, so that a 16-lane load never straddles two.
 */
export const LINE = 16;

/** The serial number of the next storage. */
export const nextSerial = (): number => storages;

/** Bump allocator over slabs of one size. */
export class Arena {
  private slab: Slab | undefined;
  private next = 0;
  private end = 0;
  constructor(private readonly words: number) {}

  take(length: number): Storage {
    const size = Math.max(LINE, (length + LINE - 1) & -LINE);
    if (this.slab === undefined || this.next + size > this.end) {
      this.slab = new Slab((this.words + LINE) * 4);
      this.next = settle(this.slab.buffer);
      this.end = this.next + this.words;
    }
    const storage = new Storage(this.slab, this.next, length);
    this.next += size;
    return storage;
  }
}

/**
 * What a backend does with a new slab, since JavaScript sees no addresses; returns the words to
 * skip so that the rest is 64-byte aligned.
 */
let settle: (buffer: ArrayBuffer) => number = () => 0;
export function setSettle(how: (buffer: ArrayBuffer) => number): void {
  settle = how;
}

/**
 * 512 KiB: the forward pass of a lecture step (batch 32) fills a fourteenth. A slab is cleared when
 * it is made: a larger one would drive more of what is in use out of the cache.
 */
export const SLAB_WORDS = 1 << 17;
const SMALL_WORDS = 1 << 14;
// A kept loss of one number pins a 64 KiB slab of its likes, not one of activations.
export const SMALL = 64;
const shared = new Arena(SLAB_WORDS);
const small = new Arena(SMALL_WORDS);

/** Memory for `length` words that nobody had before, all 0; `regular`: the arena of most sizes. */
export function fresh(length: number, regular = shared): Storage {
  if (length <= SMALL) return small.take(length);
  if (length <= SLAB_WORDS / 4) return regular.take(length);
  const slab = new Slab((length + LINE) * 4);
  return new Storage(slab, settle(slab.buffer), length);
}

type Allocator = (length: number) => Storage;
let allocator: Allocator = fresh;

/** Runs `body` with its memory from `take`. */
export function allocatingBy<T>(take: Allocator, body: () => T): T {
  const around = allocator;
  allocator = take;
  try {
    return body();
  } finally {
    allocator = around;
  }
}

/** Memory for `length` words: all 0, but in a workspace. */
export const allocate: Allocator = (length) => allocator(length);
