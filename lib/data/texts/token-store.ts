/** The tokens of a large text: kept in blocks, in as few bytes as fit, and read in parts. */
import { requireMemory } from "../files/memory.js";

/** Tokens of all blocks but the last. */
export const TOKENS_PER_BLOCK = 1 << 15;

/** Tokens, each as the number of its type. */
export interface TokenStore {
  readonly length: number;
  /** Writes tokens [from, to) into `into`. */
  read(from: number, to: number, into: Int32Array): void;
}

/** The numbers of a block, the lowest byte first: two bytes each where they fit, else three. */
export interface Packed {
  readonly width: number;
  readonly bytes: Uint8Array;
}

/** A block's numbers; a text has at most 2^24 types. */
export function packed(ids: Int32Array): Packed {
  let bits = 0;
  for (let i = 0; i < ids.length; i++) bits |= ids[i];
  const width = bits < 1 << 16 ? 2 : 3;
  const bytes = new Uint8Array(width * ids.length);
  if (width === 2)
    for (let i = 0, at = 0; i < ids.length; i++, at += 2) {
      bytes[at] = ids[i];
      bytes[at + 1] = ids[i] >>> 8;
    }
  else
    for (let i = 0, at = 0; i < ids.length; i++, at += 3) {
      bytes[at] = ids[i];
      bytes[at + 1] = ids[i] >>> 8;
      bytes[at + 2] = ids[i] >>> 16;
    }
  return { width, bytes };
}

/** Writes `count` numbers of a block, from number `first`, into `into` from `place` on. */
export function unpack(
  { width, bytes }: Packed,
  [first, count]: readonly [number, number],
  into: Int32Array,
  place: number,
): void {
  let at = width * first;
  if (width === 2)
    for (let i = 0; i < count; i++, at += 2) into[place + i] = bytes[at] | (bytes[at + 1] << 8);
  else
    for (let i = 0; i < count; i++, at += 3)
      into[place + i] = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
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

/** The tokens of a text that is small enough to have them all as a list. */
export class TokenList implements TokenStore {
  constructor(readonly ids: Int32Array<ArrayBuffer>) {}

  get length(): number {
    return this.ids.length;
  }

  /** @inheritdoc */
  read(from: number, to: number, into: Int32Array): void {
    into.set(this.ids.subarray(from, to));
  }
}

/** Bytes that are asked for at a time. */
const GRANT = 1 << 26;

/** Tokens in memory. */
export class TokensInMemory implements TokenStore {
  private readonly blocks: Packed[] = [];
  private bytes = 0;
  /** bytes that the machine has */
  private granted = 0;
  length = 0;

  /** @param source names the text in errors */
  constructor(private readonly source: string) {}

  /** Adds a block. @throws DataError where there is no memory for it */
  add(ids: Int32Array): void {
    const block = packed(ids);
    this.bytes += block.bytes.length;
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
      const count = Math.min(TOKENS_PER_BLOCK - within, to - at);
      const block = this.blocks[(at - within) / TOKENS_PER_BLOCK];
      unpack(block, [within, count], into, at - from);
      at += count;
    }
  }
}
