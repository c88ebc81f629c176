/** A text as tokens: words and punctuation in one stream, before any vocabulary. */
import { createHash } from "node:crypto";
import { DataError } from "../errors.js";
import { longer } from "./longer.js";
import { readText } from "./words.js";

/** Every token as the number of its type; types in order of first occurrence. Not an array of strings: a million of those are 60 MB. */
export interface TokenText {
  /** every different token once */
  readonly types: readonly string[];
  /** [tokens], each a position in `types` */
  readonly ids: Int32Array<ArrayBuffer>;
  /** SHA-256 of the tokens, one per line */
  readonly digest: string;
}

/** Collects tokens one by one. */
export class TokenCollector {
  private readonly numbers = new Map<string, number>();
  private ids = new Int32Array(1 << 16);
  private count = 0;

  add(token: string): void {
    let id = this.numbers.get(token);
    // A slice of a file's text would keep the whole text alive: the copy does not.
    if (id === undefined) this.numbers.set(Buffer.from(token).toString(), (id = this.numbers.size));
    if (this.count === this.ids.length) this.ids = longer(this.ids, 2 * this.count);
    this.ids[this.count++] = id;
  }

  text(): TokenText {
    const types = [...this.numbers.keys()];
    const ids = this.ids.slice(0, this.count);
    const hash = createHash("sha256");
    const LINES = 1 << 16;
    for (let from = 0; from < ids.length; from += LINES) {
      let lines = "";
      for (const id of ids.subarray(from, from + LINES)) lines += `${types[id]}\n`;
      hash.update(lines);
    }
    return { types, ids, digest: hash.digest("hex") };
  }
}

/** A list of tokens. */
export function collect(tokens: Iterable<string>): TokenText {
  const collector = new TokenCollector();
  for (const token of tokens) collector.add(token);
  return collector.text();
}

/** A word (letters, digits, and within it apostrophes, hyphens, points and commas: "don't", "twenty-one", "3.14"), or one other character. */
const TOKEN = /[\p{L}\p{N}\p{M}]+(?:['’\-.,][\p{L}\p{N}\p{M}]+)*|\S/gu;

/** The tokens of a piece of text, case kept. */
export const tokenize = (text: string): string[] => text.match(TOKEN) ?? [];

/**
 * Reads a UTF-8 text file as tokens.
 * @throws DataError naming the file: not readable, not UTF-8, no tokens
 */
export function readTokens(file: string): TokenText {
  const text = collect(tokenize(readText(file, "a text")));
  if (text.ids.length === 0) throw new DataError(file, "no words: expected a text");
  return text;
}
