/** Tokens in a file: read where they are needed, each block checked when it is first touched. */
import { createHash } from "node:crypto";
import { closeSync, readSync } from "node:fs";
import { TOKENS_PER_BLOCK, type TokenStore, unpack } from "../../../data/texts/token-store.js";
import { DataError } from "../../../errors.js";

/** Bytes of a digest that are kept of each block. */
export const DIGEST_BYTES = 8;
/** Bytes of a token at most. */
const MOST_BYTES = 3;

/** Where the blocks of a file are. */
export class BlockTable {
  /** where each block begins */
  readonly offsets: number[] = [];
  /** bytes of each token of a block: 2 or 3 */
  readonly widths: number[] = [];
  readonly digests: Buffer[] = [];
  /** tokens of all blocks */
  tokens = 0;

  /** @param end where the blocks end */
  constructor(public end: number) {}

  add(tokens: number, width: number, digest: Buffer): void {
    this.offsets.push(this.end);
    this.widths.push(width);
    this.digests.push(digest);
    this.end += tokens * width;
    this.tokens += tokens;
  }
}

/** What is kept of a block to know it again. */
export const digestOfBlock = (bytes: Uint8Array): Buffer =>
  createHash("sha256").update(bytes).digest().subarray(0, DIGEST_BYTES);

/** Closes the files of corpora that nobody holds any more. */
const unused = new FinalizationRegistry<number>((number) => closeSync(number));

/** An open file, closed once nobody holds this. */
export class Handle {
  constructor(readonly number: number) {
    unused.register(this, number, this);
  }

  close(): void {
    unused.unregister(this);
    closeSync(this.number);
  }
}

/** Tokens in an open file. */
export class StoredTokens implements TokenStore {
  readonly length: number;
  /** of each block: 1 once it is known to be whole */
  private readonly isWhole: Uint8Array;
  /** of a part of a block */
  private readonly bytes = new Uint8Array(MOST_BYTES * TOKENS_PER_BLOCK);

  /**
   * @param file names it in errors
   * @param isKnown whether this process wrote it, so that no block needs a check
   */
  constructor(
    private readonly file: string,
    private readonly handle: Handle,
    private readonly table: BlockTable,
    isKnown = false,
  ) {
    this.length = table.tokens;
    this.isWhole = new Uint8Array(table.offsets.length).fill(Number(isKnown));
  }

  /** @throws DataError where the file cannot be read, or is not what was written */
  read(from: number, to: number, into: Int32Array): void {
    for (let at = from; at < to;) {
      const within = at % TOKENS_PER_BLOCK;
      const block = (at - within) / TOKENS_PER_BLOCK;
      const count = Math.min(TOKENS_PER_BLOCK - within, to - at);
      if (this.isWhole[block] === 0) this.check(block);
      const width = this.table.widths[block];
      this.load(block, within * width, (within + count) * width);
      unpack({ width, bytes: this.bytes }, [0, count], into, at - from);
      at += count;
    }
  }

  /** Reads all blocks. @throws DataError for the first that is not what was written */
  checkAll(): void {
    for (let block = 0; block < this.isWhole.length; block++) this.check(block);
  }

  private check(block: number): void {
    const { widths, digests } = this.table;
    const before = block * TOKENS_PER_BLOCK;
    const bytes = Math.min(TOKENS_PER_BLOCK, this.length - before) * widths[block];
    this.load(block, 0, bytes);
    if (!digestOfBlock(this.bytes.subarray(0, bytes)).equals(digests[block])) this.refuse();
    this.isWhole[block] = 1;
  }

  /** Bytes [from, to) of a block. */
  private load(block: number, from: number, to: number): void {
    const place = this.table.offsets[block] + from;
    let length = 0;
    try {
      for (let got = -1; length < to - from && got !== 0; length += got)
        got = readSync(this.handle.number, this.bytes, length, to - from - length, place + length);
    } catch (error) {
      throw new DataError(this.file, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
    if (length < to - from) this.refuse();
  }

  private refuse(): never {
    throw new DataError(
      this.file,
      "the tokens of a text, kept here, are damaged: remove this file and start again (a run " +
        "goes on with --resume)",
    );
  }
}
