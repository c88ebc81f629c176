/** A text as tokens: words and punctuation in one stream, before any vocabulary. */
import { checkArray, checkMemory, checkObject, checkText, checkTyped } from "../check.js";
import { DataError, IndexError, quote } from "../errors.js";
import { longer } from "./longer.js";
import { mostTypes, refuseTypes } from "./memory.js";
import { readUtf8 } from "./text-file.js";
import { TokenDigest } from "./token-digest.js";
import { addTokens } from "./token-runs.js";
import {
  checkLineRule,
  checkTokenRule,
  eachToken,
  type LineRule,
  markWithin,
  SENTENCE_END,
  splitsAtBlanks,
  tokenize,
  type TokenRule,
  unmarked,
  type VocabularyTokens,
} from "./tokenizer.js";
import { quoteWord } from "./words.js";

/**
 * Every token as the number of its type; types in order of first occurrence. Not an array of
 * strings: a million of those are 60 MB.
 */
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
    if (!(id >= 0 && id < known))
      throw new IndexError(what, id, known, `id ${id} is not one of its ${known} types`);
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

  /**
   * Returns the number of the token's type.
   * @throws DataError with its 1-based position for what is no token
   */
  add(token: string): number {
    let id = this.numbers.get(token);
    if (id === undefined && !isToken(token)) {
      const what =
        "expected words (not empty, without line breaks, NUL and halves of surrogate pairs)";
      throw new DataError(
        this.source,
        `${what}, got ${typeof token === "string" ? quoteWord(token) : quote(token)}`,
        this.count + 1,
      );
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

  /** Tokens so far. */
  get length(): number {
    return this.count;
  }

  text(): TokenText {
    const types = [...this.numbers.keys()];
    const ids = this.ids.slice(0, this.count);
    return { types, ids, digest: this.lines.digest() };
  }
}

/** SHA-256 of tokens, one per line. */
export function digestOfTokens(types: readonly string[], ids: Int32Array): string {
  const lines = new TokenDigest();
  for (let i = 0; i < ids.length; i++) lines.add(types[ids[i]]);
  return lines.digest();
}

/**
 * What vocabulary.json and the digest, one token per line, can hold: JavaScript strings may be
 * more.
 */
const isToken = (token: unknown): boolean =>
  typeof token === "string" && token !== "" && !/[\r\n\0]|\p{Surrogate}/u.test(token);

/** A list of tokens. @throws DataError as `TokenCollector.add` */
export function collect(tokens: Iterable<string>, source?: string): TokenText {
  const collector = new TokenCollector(source);
  for (const token of tokens) collector.add(token);
  return collector.text();
}

/** Bytes of a text that are a string at a time. */
const PIECE = 1 << 20;

/** Pieces of a text's bytes as strings, each of whole tokens: all of them may not fit the heap. */
function* pieces(bytes: Buffer, breaks: readonly number[]): Iterable<string> {
  for (let from = 0; from < bytes.length;) {
    // No token goes on after a blank, no sentence after the end of a line.
    let to = Math.min(from + PIECE, bytes.length);
    while (to < bytes.length && !breaks.includes(bytes[to])) to++;
    yield bytes.toString("utf8", from, to);
    from = to;
  }
}

const [SPACE, NEWLINE] = [32, 10];

/** How a text is read. */
export interface ReadOptions {
  /** what a token is: a rule's name */
  tokens?: TokenRule;
  /** whether each line is a sentence, and ends in the token `</s>` */
  lines?: LineRule;
}

/**
 * Reads a UTF-8 text file as tokens.
 * @throws DataError naming the file: not readable, not UTF-8, binary, larger than memory, no tokens
 */
export function readTokens(file: string, options: ReadOptions = {}): TokenText {
  const { tokens = "text", lines = "text" } = checkObject("readTokens: options", options);
  checkTokenRule("readTokens: tokens", tokens);
  const collector = new TokenCollector(file);
  const sentences = checkLineRule("readTokens: lines", lines) === "sentences";
  addFile(collector, file, { tokens, split: (text) => tokenize(text, tokens), sentences });
  return collector.text();
}

/**
 * Adds the tokens of a file, found by `split`, which follows the rule `tokens`.
 * @throws as `readTokens`
 */
export function addFile(
  collector: TokenCollector,
  file: string,
  from: {
    tokens: VocabularyTokens;
    split: (text: string) => readonly string[];
    sentences: boolean;
  },
): void {
  const { tokens, split, sentences } = from;
  const bytes = withoutMark(readUtf8(file));
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    const line = linesIn(bytes.subarray(0, nul));
    throw new DataError(file, "a NUL byte: expected a text, not a binary file", line);
  }
  const before = collector.length;
  if (sentences) {
    let line = 1;
    for (const piece of pieces(bytes, [NEWLINE]))
      line = addSentences(collector, piece, { split, source: file, line });
  } else if (splitsAtBlanks(tokens))
    addTokens(bytes, tokens === "text" ? eachToken : split, collector);
  else
    for (const piece of pieces(bytes, [SPACE, NEWLINE]))
      for (const token of split(piece)) collector.add(token);
  if (collector.length === before) throw new DataError(file, "no words: expected a text");
}

/**
 * Adds the sentence of each line, and its end; lines without words are none. Returns the last
 * line's number.
 */
export function addSentences(
  collector: TokenCollector,
  text: string,
  from: { split: (text: string) => readonly string[]; source: string; line: number },
): number {
  const lines = text.split("\n");
  for (const [i, content] of lines.entries()) {
    const words = unmarked(from.split(content));
    const mark = markWithin(words);
    if (mark !== undefined) {
      const what = `${mark} within a sentence: expected it at a line's start or end only`;
      throw new DataError(from.source, `${what}, remove it`, from.line + i);
    }
    for (const word of words) collector.add(word);
    if (words.length > 0) collector.add(SENTENCE_END);
  }
  return from.line + lines.length - 1;
}

/** Without the byte order mark, which a rule might take for a part of the first word. */
const withoutMark = (bytes: Buffer): Buffer =>
  bytes.subarray(0, 3).toString() === "\ufeff" ? bytes.subarray(3) : bytes;

const linesIn = (bytes: Uint8Array): number =>
  bytes.reduce((lines, byte) => lines + Number(byte === NEWLINE), 1);
