/** A text as tokens: words and punctuation in one stream, before any vocabulary. */
import { checkText, listOf, objectWith, typed } from "../../check.js";
import { DataError, IndexError, quote } from "../../errors.js";
import { longer } from "../lists/longer.js";
import { mostTypes, refuseTypes, requireMemory } from "../files/memory.js";
import { TokenDigest } from "./token-digest.js";
import { TOKENS_PER_BLOCK } from "./token-store.js";
import { quoteWord } from "../lists/words.js";

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

const checkParts = objectWith<TokenText>({
  types: listOf(checkText),
  ids: typed("Int32Array"),
  digest: checkText,
});

/** @throws ValueError, IndexError unless `text` is one */
export function checkTokenText(what: string, text: TokenText): TokenText {
  checkParts(what, text);
  const { types, ids } = text;
  const known = types.length;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i];
    if (!(id >= 0 && id < known))
      throw new IndexError(what, id, known, `id ${id} is not one of its ${known} types`);
  }
  return text;
}

/** Takes tokens that are collected, as the numbers of their types: a copy of what it keeps. */
export type TakeIds = (ids: Int32Array) => void;

/** Collects tokens one by one. */
export class TokenCollector {
  private readonly numbers = new Map<string, number>();
  private ids = new Int32Array(TOKENS_PER_BLOCK);
  private count = 0;
  /** tokens that were taken */
  private taken = 0;
  private readonly types: string[] = [];
  private lines = new TokenDigest();
  private readonly mostTypes = mostTypes();

  /**
   * @param source names the tokens in errors
   * @param take is given them `TOKENS_PER_BLOCK` at a time; left out: all are kept here
   */
  constructor(
    private readonly source = "words",
    private readonly take?: TakeIds,
  ) {}

  /**
   * Returns the number of the token's type.
   * @throws DataError with its 1-based position for what is no token
   */
  add(token: string): number {
    const id = this.numberOf(token);
    this.lines.add(token);
    this.push(id);
    return id;
  }

  /** The number of a type, which may be new. @throws as `add` */
  numberOf(token: string): number {
    const id = this.numbers.get(token);
    if (id !== undefined) return id;
    if (!isToken(token)) {
      const what =
        "expected words (not empty, without line breaks, NUL and halves of surrogate pairs)";
      throw new DataError(
        this.source,
        `${what}, got ${typeof token === "string" ? quoteWord(token) : quote(token)}`,
        this.length + 1,
      );
    }
    const fresh = this.numbers.size;
    if (fresh === this.mostTypes) refuseTypes(this.source, this.mostTypes);
    // A slice of a file's text would keep the whole text alive: the copy does not.
    const copy = Buffer.from(token).toString();
    this.numbers.set(copy, fresh);
    this.types.push(copy);
    return fresh;
  }

  /** Adds a token again, by its number. */
  again(id: number): void {
    this.lines.add(this.types[id]);
    this.push(id);
  }

  /** The same of a token which is bytes [from, to). */
  repeat(id: number, bytes: Uint8Array, from: number, to: number): void {
    this.lines.addBytes(bytes, from, to);
    this.push(id);
  }

  /** The same of one of at most eight bytes, which are those of two numbers, the lowest first. */
  repeatShort(id: number, low: number, high: number, length: number): void {
    this.lines.addShort(low, high, length);
    this.push(id);
  }

  /** Makes room for so many more tokens at once, rather than by growing. */
  reserve(tokens: number): void {
    if (this.take !== undefined) return;
    const needed = this.count + tokens;
    if (needed > this.ids.length) this.ids = longer(this.ids, needed);
  }

  private push(id: number): void {
    if (this.count === this.ids.length) this.makeRoom();
    this.ids[this.count++] = id;
  }

  private makeRoom(): void {
    if (this.take !== undefined) this.handOver();
    else {
      // The numbers, and while they are copied twice as many.
      requireMemory(this.source, 3 * this.ids.byteLength);
      this.ids = longer(this.ids, 2 * this.count);
    }
  }

  private handOver(): void {
    this.take?.(this.ids.subarray(0, this.count));
    this.taken += this.count;
    this.count = 0;
  }

  /** Tokens so far. */
  get length(): number {
    return this.taken + this.count;
  }

  /** Hands over the tokens that are left; returns the types of all. */
  finish(): string[] {
    if (this.count > 0) this.handOver();
    return [...this.types];
  }

  /** SHA-256 of the tokens since it was last asked for, one per line. */
  takeDigest(): string {
    const digest = this.lines.digest();
    this.lines = new TokenDigest();
    return digest;
  }

  /** @param digest of a text in several streams; left out: that of the tokens */
  text(digest = this.takeDigest()): TokenText {
    return { types: [...this.types], ids: this.ids.slice(0, this.count), digest };
  }
}

/**
 * What vocabulary.json and the digest, one token per line, can hold: JavaScript strings may be
 * more.
 */
const isToken = (token: unknown): boolean =>
  typeof token === "string" && token !== "" && !/[\r\n\0]|\p{Surrogate}/u.test(token);
