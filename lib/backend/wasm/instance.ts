/** An instance of the kernels' WebAssembly module: its functions, and its one memory. */
import { BackendError, ValueError } from "../../errors.js";

/** What the module exports (native/wasm/border.cc). Addresses count bytes. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  isa(): number;
  controlWords(): number;
  mistakeText(): number;
  take(words: number): number;
  give(at: number): void;
  run(kernel: number): number;
  createPlan(
    commands: number,
    count: number,
    feeds: number,
    feedCount: number,
    fetches: number,
    fetchCount: number,
  ): number;
  runPlan(plan: number, steps: number, fed: number, fetched: number, failure: number): number;
  fmaLanes(n: number, a: number, b: number, c: number, out: number): void;
  fmaPeak(rounds: number, lanes: number, out: number): number;
}

/** What this package uses of WebAssembly; undefined where there is none. */
export const webAssembly = (
  globalThis as {
    WebAssembly?: {
      validate(bytes: Uint8Array): boolean;
      Module: new (bytes: Uint8Array) => Module;
      Instance: new (module: Module, imports: object) => { readonly exports: object };
    };
  }
).WebAssembly;
/** Compiled code, of which any number of instances can be made. */
export type Module = object;

/** Words of `control`. */
export const CONTROL_WORDS = 64;

/** A run of words in the memory of an instance. */
export interface Place {
  /** its first word */
  readonly at: number;
  readonly words: number;
}

export class Instance {
  readonly exports: Exports;
  /** the first of the module's control words */
  readonly control: number;
  #words: Int32Array<ArrayBuffer>;

  constructor(module: Module) {
    if (webAssembly === undefined) throw new BackendError("wasm backend: no WebAssembly here");
    this.exports = new webAssembly.Instance(module, {}).exports as Exports;
    this.#words = new Int32Array(this.exports.memory.buffer);
    this.control = this.exports.controlWords() / 4;
  }

  /**
   * The memory. To be asked for again after every call that may take some (`take`, a kernel with
   * scratch): when it grows, older views are empty, and what is written to them is lost unsaid.
   */
  get words(): Int32Array<ArrayBuffer> {
    if (this.#words.length === 0) this.#words = new Int32Array(this.exports.memory.buffer);
    return this.#words;
  }

  /** `length` words on a 64-byte boundary. @throws ValueError where there is no memory for them */
  take(length: number): Place {
    const words = Math.max(1, length);
    const address = words < 2 ** 29 ? this.exports.take(words) >>> 0 : 0;
    if (address === 0)
      throw new ValueError(`wasm backend: no memory for ${(words / 2 ** 18).toFixed(0)} MiB`);
    return { at: address / 4, words };
  }

  give({ at }: Place): void {
    this.exports.give(at * 4);
  }

  /** `place` if it has room for so many words, or a new one in its stead, with room for twice. */
  room(place: Place | undefined, words: number): Place {
    if (place !== undefined && words <= place.words) return place;
    if (place !== undefined) this.give(place);
    return this.take(2 * words);
  }

  /** A copy of these words in the memory. */
  put(words: ArrayLike<number>): Place {
    const place = this.take(words.length);
    this.words.set(words, place.at);
    return place;
  }

  /** What was wrong with the last call, or name of the instruction set: text of the module's. */
  text(address: number): string {
    const bytes = new Uint8Array(this.exports.memory.buffer);
    return new TextDecoder().decode(bytes.subarray(address, bytes.indexOf(0, address)));
  }
}
