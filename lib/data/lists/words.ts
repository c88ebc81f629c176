/** What a word is, checked once so that nothing further down has to doubt it. */

import { checkArguments, checkArray, checkText } from "../../check.js";
import { DataError, quote } from "../../errors.js";
import { BadLines } from "../files/bad-lines.js";

/**
 * How token 0, the boundary before and after every word, is shown where no word has a ".". Of any
 * other vocabulary `boundary` says it.
 */
export const BOUNDARY = ".";

/** How it is shown instead: the first of these that is in no word. */
const OTHER_BOUNDARIES = ["·", "•", "¦", "¶", "◦"];
/** The first of the geometric shapes: where the words have all of them, what follows is tried. */
const FURTHER = 0x25a0;

/** How the boundary is shown where the words have these characters. */
export function boundaryFor(codes: ReadonlySet<number>): string {
  const isFree = (symbol: string): boolean => !codes.has(symbol.codePointAt(0) as number);
  const symbol = [BOUNDARY, ...OTHER_BOUNDARIES].find(isFree);
  if (symbol !== undefined) return symbol;
  let code = FURTHER;
  while (codes.has(code)) code++;
  return String.fromCodePoint(code);
}

/**
 * The checks of `readWords` for words that come from a program: at least one word, none of them
 * empty, none with a line break, a NUL or half of a surrogate pair. Nothing is trimmed; returns a
 * copy of the list.
 *
 * @param source stands where the file name would; the 1-based position of the word where the line
 *   would.
 * @throws DataError
 */
export function checkWords(words: readonly string[], source = "words"): readonly string[] {
  checkArguments("checkWords", { words, source }, { words: checkArray, source: checkText });
  return copyWords(words, source);
}

/** `checkWords` of an array. */
export function copyWords(words: readonly string[], source: string): readonly string[] {
  const copy = [...words];
  if (copy.length === 0) throw new DataError(source, "no words: expected at least one");
  const bad = new BadLines(source, "words");
  for (let i = 0; i < copy.length; i++) bad.add(i + 1, problemOf(copy[i]));
  bad.throwIfAny();
  return copy;
}

/** What makes the word unusable, or undefined. */
export function problemOf(word: unknown): string | undefined {
  if (typeof word !== "string") return `expected a word, got ${quote(word)}`;
  if (word === "") return "the word is empty";
  if (word.includes("\0"))
    return "a NUL byte: expected text with one word per line, not a binary file";
  if (/[\r\n]/.test(word))
    return `the word ${quoteWord(word)} contains a line break: end every line with \\n or \\r\\n`;
  // JavaScript strings may hold half a surrogate pair; UTF-8, and so vocabulary.json, cannot.
  if (/\p{Surrogate}/u.test(word))
    return `the word ${quoteWord(word)} contains half of a surrogate pair`;
  return undefined;
}

/** The word in quotes, cut where a line of prose would flood the message. */
export function quoteWord(word: string): string {
  const characters = [...word];
  return JSON.stringify(characters.length > 40 ? `${characters.slice(0, 40).join("")}...` : word);
}
