/** The tokens of a large text: kept in blocks, in as few bytes as fit, and read in parts. */
import { requireMemory } from "../files/memory.js";

/** Tokens of all blocks but the last. */
export const TOKENS_PER_BLOCK = 1 << 16;

/** Tokens, each as the number of its type. */
export interface TokenStore {
  readonly length: number;
  /** Writes tokens [from, to) into `into`. */
  read(from: number, to: number, into: Int32Array): void;
}

/** Numbers of a block: two bytes each where they fit, else four. */
export type PackedIds = Uint16Array | Int32Array;

/** A copy of a block's numbers. */
export function packed(ids: Int32Array): PackedIds {
  let largest = 0;
  for (let i = 0; i < ids.length; i++) largest |= ids[i];
  return largest < 1 << 16 ? new Uint16Array(ids) : ids.slice();
}

/** Goes through tokens [from, to), a block at a time. */
export function* blocksOf(store: TokenStore, from = 0, to = store.length): Iterable<Int32Array> {
  const ids = new Int32Array(TOKENS_PER_BLOCK);
  for (let at = from; at < to;) {
    // Up to the end of a block of the store.
    const end = Math.min(to, at - (at % TOKENS_PER_BLOCK) + TOKENS_PER_BLOCK);
    store.read(at, end, ids);
    yield ids.subarray(0, end - at);
    at = end;
  }
}

/** Bytes that are asked for at a time. */
const GRANT = 1 << 26;

/** Tokens in memory. */
export class TokensInMemory implements TokenStore {
  private readonly blocks: PackedIds[] = [];
  private bytes = 0;
  /** bytes that the machine has */
  private granted = 0;
  length = 0;

  /** @param source names the text in errors */
  constructor(private readonly source: string) {}

  /** Adds a block. @throws DataError where there is no memory for it */
  add(ids: Int32Array): void {
    const block = packed(ids);
    this.bytes += block.byteLength;
    if (this.bytes > this.granted) {
      this.granted = this.bytes + GRANT;
      requireMemory(this.source, this.granted);
    }
    this.blocks.push(block);
    this.length += ids.length;
  }

  /** @inheritdoc */
  read(from: number, to: number, into: Int32Array): void {
    for (let at = from; at < to;) {
      const within = at % TOKENS_PER_BLOCK;
      const block = this.blocks[(at - within) / TOKENS_PER_BLOCK];
      const end = Math.min(block.length, within + to - at);
      into.set(block.subarray(within, end), at - from);
      at += end - within;
    }
  }
}
