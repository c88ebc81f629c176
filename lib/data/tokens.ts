/** A text as tokens: words and punctuation in one stream, before any vocabulary. */
import { checkArray, checkMemory, checkObject, checkText, checkTyped } from "../check.js";
import { DataError, IndexError, quote } from "../errors.js";
import { longer } from "./longer.js";
import { mostTypes, refuseTypes } from "./memory.js";
import { readUtf8 } from "./text-file.js";
import { TokenDigest } from "./token-digest.js";
import { addTokens } from "./token-runs.js";
import { quoteWord } from "./words.js";

/** Every token as the number of its type; types in order of first occurrence. Not an array of strings: a million of those are 60 MB. */
export interface TokenText {
  /** every different token once */
  readonly types: readonly string[];
  /** [tokens], each a position in `types` */
  readonly ids: Int32Array<ArrayBuffer>;
  /** SHA-256 of the tokens, one per line */
  readonly digest: string;
}

/** @throws ValueError, IndexError unless `value` is a text; returns a copy, but for the ids */
export function checkTokenText(what: string, value: TokenText): TokenText {
  const { types, ids, digest } = checkObject(what, value);
  const list = [...checkArray(`${what}.types`, types)];
  for (const type of list) checkText(`${what}.types`, type);
  checkMemory(`${what}.ids`, checkTyped(`${what}.ids`, ids, "Int32Array"));
  const known = list.length;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i];
    if (!(id >= 0 && id < known)) throw new IndexError(what, id, known, `id ${id} is not one of its ${known} types`);
  }
  return { types: list, ids, digest: checkText(`${what}.digest`, digest) };
}

/** Collects tokens one by one. */
export class TokenCollector {
  private readonly numbers = new Map<string, number>();
  private ids = new Int32Array(1 << 16);
  private count = 0;
  private readonly lines = new TokenDigest();
  private readonly mostTypes = mostTypes();

  /** @param source names the tokens in errors */
  constructor(private readonly source = "words") {}

  /** Returns the number of the token's type. @throws DataError with its 1-based position for what is no token */
  add(token: string): number {
    let id = this.numbers.get(token);
    if (id === undefined && !isToken(token)) {
      const what = "expected words (not empty, without line breaks, NUL and halves of surrogate pairs)";
      throw new DataError(this.source, `${what}, got ${typeof token === "string" ? quoteWord(token) : quote(token)}`, this.count + 1);
    }
    const full = this.numbers.size === this.mostTypes;
    if (id === undefined && full) refuseTypes(this.source, this.mostTypes);
    // A slice of a file's text would keep the whole text alive: the copy does not.
    if (id === undefined) this.numbers.set(Buffer.from(token).toString(), (id = this.numbers.size));
    this.lines.add(token);
    this.push(id);
    return id;
  }

  /** Adds a token that `add` has given this number, and which is bytes [from, to). */
  repeat(id: number, bytes: Uint8Array, from: number, to: number): void {
    this.lines.addBytes(bytes, from, to);
    this.push(id);
  }

  private push(id: number): void {
    if (this.count === this.ids.length) this.ids = longer(this.ids, 2 * this.count);
    this.ids[this.count++] = id;
  }

  text(): TokenText {
    const types = [...this.numbers.keys()];
    const ids = this.ids.slice(0, this.count);
    return { types, ids, digest: this.lines.digest() };
  }
}

/** What vocabulary.json and the digest, one token per line, can hold: JavaScript strings may be more. */
const isToken = (token: unknown): boolean => typeof token === "string" && token !== "" && !/[\r\n\0]|\p{Surrogate}/u.test(token);

/** A list of tokens. @throws DataError as `TokenCollector.add` */
export function collect(tokens: Iterable<string>, source?: string): TokenText {
  const collector = new TokenCollector(source);
  for (const token of tokens) collector.add(token);
  return collector.text();
}

/**
 * A word (letters, digits, and within it apostrophes, hyphens, points and commas: "don't", "twenty-one", "3.14"), or one other character. Longer
 * ones are no words, and without a limit they overflow the regular expression's stack.
 */
const TOKEN = /[\p{L}\p{N}\p{M}]{1,999}(?:['’\-.,][\p{L}\p{N}\p{M}]{1,999}){0,99}|\S/gu;

/** The tokens of a piece of text, case kept. */
export const tokenize = (text: string): string[] => checkText("tokenize: text", text).match(TOKEN) ?? [];

/** The same one by one: of a text without blanks the list of all would be more memory than the text. */
function* eachToken(text: string): Iterable<string> {
  for (const [token] of text.matchAll(TOKEN)) yield token;
}

/** Characters whose tokens may be a list. */
const SHORT = 1 << 12;

const NEWLINE = 10;

/**
 * Reads a UTF-8 text file as tokens.
 * @throws DataError naming the file: not readable, not UTF-8, binary, larger than memory, no tokens
 */
export function readTokens(file: string): TokenText {
  const bytes = readUtf8(file);
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    const line = linesIn(bytes.subarray(0, nul));
    throw new DataError(file, "a NUL byte: expected a text, not a binary file", line);
  }
  const collector = new TokenCollector(file);
  addTokens(bytes, (text) => (text.length <= SHORT ? tokenize(text) : eachToken(text)), collector);
  const tokens = collector.text();
  if (tokens.ids.length === 0) throw new DataError(file, "no words: expected a text");
  return tokens;
}

const linesIn = (bytes: Uint8Array): number =>
  bytes.reduce((lines, byte) => lines + Number(byte === NEWLINE), 1);
