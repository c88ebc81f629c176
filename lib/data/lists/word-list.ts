/**
 * Words in one buffer. As JavaScript strings five million words are half a gigabyte of the heap;
 * here each takes its bytes,
 * a line break and a number.
 */
import { createHash } from "node:crypto";
import { checkArguments, checkArray, checkText } from "../../check.js";
import { DataError } from "../../errors.js";
import { MOST_BYTES } from "../files/memory.js";
import { sourceName } from "../files/standard-input.js";
import { readUtf8 } from "../files/text-file.js";
import { BadLines } from "../files/bad-lines.js";
import { codePointAt, trimEnd, trimStart } from "../unicode/utf8.js";
import { copyWords, problemOf } from "./words.js";

/** A list of words, as a program or a corpus has it. */
export type Words = readonly string[] | WordList;

/** What a list is made of: word i is bytes [starts[i], starts[i + 1] - 1). */
export interface WordBytes {
  /** UTF-8, a line break between two words */
  readonly bytes: Uint8Array;
  /** [words + 1]; the last is where one more word would begin */
  readonly starts: Uint32Array;
  /** code points of all words together */
  readonly characters: number;
}

/** What was read to make a list, and what was done to it. */
export interface Reading {
  /** lines of the file (of a table: rows), or words of a program */
  readonly lines: number;
  /** of them, those without a word, which were dropped */
  readonly blank: number;
  /** lines with whitespace around their word, which was dropped */
  readonly trimmed: number;
  /** words whose characters were brought to another normal form */
  readonly normalized: number;
  /** repeats of words, which were dropped */
  readonly repeats: number;
}

// The class sets these, since it alone reaches the private fields of a list; they are for this
// package, and no methods that a program would see.

/** The memory of a list, for reading. */
export let bytesOf: (list: WordList) => WordBytes;
/** The different code points. */
export let codePoints: (list: WordList) => ReadonlySet<number>;
/** Where a list comes from. */
export let readingOf: (list: WordList) => Reading;
/** The list of words with a line break between them, which were checked. */
export let listOf: (bytes: Buffer, count: number, reading: Partial<Reading>) => WordList;

/**
 * Words that were checked, in their order; a list that nobody can change. Spread into an array
 * (`[...words]`) they are strings.
 */
export class WordList implements Iterable<string> {
  /** Where there are no words: the list of a text. */
  static readonly none = new WordList(Buffer.alloc(0), 0);

  readonly #bytes: Buffer;
  readonly #starts: Uint32Array;
  readonly #characters: number;
  readonly #reading: Reading;
  /** once they were asked for */
  #codePoints: ReadonlySet<number> | undefined;

  static {
    codePoints = (list) => (list.#codePoints ??= codePointsIn(list.#bytes));
    readingOf = (list) => list.#reading;
    listOf = (bytes, count, reading) => new WordList(bytes, count, reading);
    bytesOf = (list) => ({
      bytes: list.#bytes,
      starts: list.#starts,
      characters: list.#characters,
    });
  }

  /** From `count` words with a line break between them. */
  private constructor(bytes: Buffer, count: number, reading: Partial<Reading> = {}) {
    this.#bytes = bytes;
    this.#reading = { lines: count, blank: 0, trimmed: 0, normalized: 0, repeats: 0, ...reading };
    this.#starts = new Uint32Array(count + 1);
    let word = 1;
    let rest = 0; // of characters of several bytes, all but the first
    for (let i = 0; i < bytes.length; i++) {
      if (bytes[i] === NEWLINE) this.#starts[word++] = i + 1;
      else if ((bytes[i] & 0xc0) === 0x80) rest++;
    }
    if (count > 0) this.#starts[count] = bytes.length + 1;
    this.#characters = this.#starts[count] - count - rest;
  }

  /**
   * The words of a file, one per line, as `readWords` reads them.
   * @throws DataError as `readWords`
   */
  static read(file: string): WordList {
    const bytes = readUtf8(file, "one word per line");
    const source = sourceName(file);
    const { length, count, reading } = compact(source, bytes);
    if (count > 0) return new WordList(bytes.subarray(0, length), count, reading);
    const found = bytes.length === 0 ? "the file is empty" : "only blank lines";
    throw new DataError(source, `${found}: expected one word per line`);
  }

  /**
   * The list of a program's words.
   * @param source names them in errors.
   * @throws DataError on words that `checkWords` refuses
   */
  static of(words: Words, source = "words"): WordList {
    if (words instanceof WordList) return words;
    const checked = copyWords(words, source);
    const length = checked.reduce((sum, word) => sum + Buffer.byteLength(word) + 1, -1);
    if (length > MOST_BYTES) throw new DataError(source, "more than 2 GiB: use a part of them");
    const bytes = Buffer.allocUnsafeSlow(length);
    let at = 0;
    for (const word of checked) {
      if (at > 0) bytes[at++] = NEWLINE;
      at += bytes.write(word, at);
    }
    return new WordList(bytes, checked.length);
  }

  /** How many words. */
  get length(): number {
    return this.#starts.length - 1;
  }

  /** The word at a position, from the end where it is negative; undefined where there is none. */
  at(position: number): string | undefined {
    const i = position < 0 ? position + this.length : position;
    return Number.isInteger(i) && i >= 0 && i < this.length ? this.#word(i) : undefined;
  }

  /** The words in their order. */
  *[Symbol.iterator](): Iterator<string> {
    for (let i = 0; i < this.length; i++) yield this.#word(i);
  }

  #word(i: number): string {
    return this.#bytes.toString("utf8", this.#starts[i], this.#starts[i + 1] - 1);
  }
}

const [NEWLINE, RETURN] = [10, 13];

/**
 * Moves the words of a file's lines to the front of its bytes, a line break between them, without
 * the whitespace around them
 * and without blank lines; returns the bytes and words that are left.
 */
function compact(source: string, bytes: Buffer) {
  let [length, count, trimmed, line] = [0, 0, 0, 1];
  const bad = new BadLines(source);
  for (let next = markLength(bytes); next < bytes.length; line++) {
    let suspect = false;
    const from = next;
    for (; next < bytes.length; next++) {
      const byte = bytes[next];
      if (byte === NEWLINE) break;
      suspect ||= isSuspect(byte);
    }
    const start = trimStart(bytes, from, next);
    const end = trimEnd(bytes, start, next);
    const lineEnd = next > from && bytes[next - 1] === RETURN ? next - 1 : next;
    next++;
    if (start === end) continue;
    if (start > from || end < lineEnd) trimmed++;
    if (suspect) bad.add(line, problemIn(bytes, start, end));
    if (count++ > 0) bytes[length++] = NEWLINE;
    if (start === length) length = end;
    else for (let i = start; i < end; i++) bytes[length++] = bytes[i];
  }
  bad.throwIfAny();
  const lines = line - 1;
  return { length, count, reading: { lines, blank: lines - count, trimmed } };
}

/** Bytes of the byte order mark that a file may begin with. */
const markLength = (bytes: Buffer): number =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;

/** NUL and carriage return: what no word has; a carriage return may stand behind one. */
const isSuspect = (byte: number): boolean => byte === RETURN || byte === 0;

function problemIn(bytes: Buffer, start: number, end: number): string | undefined {
  let i = start;
  while (i < end && !isSuspect(bytes[i])) i++;
  return i < end ? problemOf(bytes.toString("utf8", start, end)) : undefined;
}

/**
 * Reads one word per line from a UTF-8 file, in the file's order, repetitions kept.
 *
 * Any alphabet, in UTF-8 or UTF-16, also packed by gzip; `-` is standard input. Lines end with `\n`
 * or `\r\n`; a byte order mark, blank lines and the whitespace around a word are dropped
 * (whitespace inside a word stays). No case folding and no Unicode normalization: the characters
 * are the file's own.
 *
 * @throws DataError naming the file, and the 1-based line where there is one: not readable, larger
 * than memory, no words,
 * binary or not UTF-8, a word that `checkWords` refuses.
 */
export function readWords(file: string): string[] {
  checkArguments("readWords", { file }, { file: checkText });
  return [...WordList.read(file)];
}

/** @throws ValueError for what is neither an array nor a WordList */
export const checkList = (what: string, words: Words): Words =>
  words instanceof WordList ? words : checkArray(what, words);

function codePointsIn(bytes: Uint8Array): ReadonlySet<number> {
  const ascii = new Uint8Array(128);
  const found = new Set<number>();
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte < 128) ascii[byte] = 1;
    else if (byte >= 0xc0) found.add(codePointAt(bytes, i));
  }
  ascii[NEWLINE] = 0;
  for (const [code, seen] of ascii.entries()) if (seen === 1) found.add(code);
  return found;
}

/** SHA-256 of the words, one per line, and of their weights, if they have any. */
export const digestOf = (list: WordList, weights: Float64Array = new Float64Array(0)): string =>
  createHash("sha256")
    .update(bytesOf(list).bytes)
    .update(list.length > 0 ? "\n" : "")
    .update(weights)
    .digest("hex");
