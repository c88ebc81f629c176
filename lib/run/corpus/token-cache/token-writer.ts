/** Tokens on their way into a file; where that cannot be written, into memory. */
import { constants, openSync, renameSync, writeSync } from "node:fs";
import {
  blocksOf,
  packed,
  TokensInMemory,
  type TokenStore,
} from "../../../data/texts/token-store.js";
import { quietly, remove, stagedName } from "../../disk/file.js";
import { BlockTable, digestOfBlock, Handle, StoredTokens } from "./stored-tokens.js";

const { O_RDWR, O_CREAT, O_EXCL } = constants;
const { O_NOFOLLOW = 0 } = constants; // Windows lacks it

/** A file that is written, under a name that nobody else has, and its blocks so far. */
interface Writing {
  readonly name: string;
  readonly handle: Handle;
  readonly table: BlockTable;
}

export class TokenWriter {
  private writing: Writing | undefined;
  private memory: TokensInMemory;

  /**
   * @param file what the file will be; undefined: tokens stay in memory
   * @param first where blocks begin in it
   * @param source names the text in errors
   * @param onFailure told the error of a file that cannot be written
   */
  constructor(
    private readonly file: string | undefined,
    first: number,
    private readonly source: string,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.memory = new TokensInMemory(source);
    if (file === undefined) return;
    const name = stagedName(file);
    try {
      const handle = new Handle(openSync(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666));
      this.writing = { name, handle, table: new BlockTable(first) };
    } catch (error) {
      onFailure(error);
    }
  }

  /** Adds a block. @throws DataError where there is no memory for it */
  add(ids: Int32Array): void {
    const { writing } = this;
    if (writing === undefined) {
      this.memory.add(ids);
      return;
    }
    const { width, bytes } = packed(ids);
    try {
      writeAt(writing.handle, bytes, writing.table.end);
      writing.table.add(ids.length, width, digestOfBlock(bytes));
    } catch (error) {
      this.giveUp(writing, error);
      this.memory.add(ids);
    }
  }

  /** The tokens so far, all blocks of which are full but for the last. */
  tokens(): TokenStore {
    const { writing } = this;
    if (writing === undefined) return this.memory;
    return new StoredTokens(writing.name, writing.handle, writing.table, true);
  }

  /**
   * Writes what stands before and behind the blocks, and puts the file in its place. Returns the
   * tokens: those in the file, or in memory.
   */
  finish(around: (table: BlockTable) => { before: Uint8Array; behind: Uint8Array }): TokenStore {
    const { writing, file } = this;
    if (writing === undefined || file === undefined) return this.memory;
    const { name, handle, table } = writing;
    try {
      const { before, behind } = around(table);
      writeAt(handle, behind, table.end);
      writeAt(handle, before, 0); // last: until then it is no such file
      // Another handle, since the disk of a file that could be written cannot be taken away.
      const reading = new Handle(openSync(name, constants.O_RDONLY));
      renameSync(name, file);
      handle.close();
      this.writing = undefined;
      return new StoredTokens(file, reading, table, true);
    } catch (error) {
      this.giveUp(writing, error);
      return this.memory;
    }
  }

  /** Takes the tokens into memory, and removes the file. Returns them. @param why it is no file */
  keepInMemory(why: unknown): TokenStore {
    if (this.writing !== undefined) this.giveUp(this.writing, why);
    return this.memory;
  }

  /** Removes what will be no file. */
  discard(): void {
    const { writing } = this;
    this.writing = undefined;
    if (writing === undefined) return;
    quietly(() => writing.handle.close());
    quietly(() => remove(writing.name));
  }

  /** Takes back into memory what was written. */
  private giveUp({ handle, table, name }: Writing, error: unknown): void {
    this.memory = new TokensInMemory(this.source);
    for (const ids of blocksOf(new StoredTokens(name, handle, table))) this.memory.add(ids);
    this.discard();
    this.onFailure(error);
  }
}

/** Writes all bytes at a place of a file. */
function writeAt({ number }: Handle, bytes: Uint8Array, place: number): void {
  for (let at = 0; at < bytes.length;)
    at += writeSync(number, bytes, at, bytes.length - at, place + at);
}
