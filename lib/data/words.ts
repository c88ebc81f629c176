/** What a word is, checked once so that nothing further down has to doubt it. */

import { checkArray, checkText } from "../check.js";
import { DataError, quote } from "../errors.js";

/** Stands before and after every word; token 0 of every vocabulary. A word cannot contain it. */
export const BOUNDARY = ".";

/**
 * The checks of `readWords` for words that come from a program: at least one word, none of them empty, none with the boundary
 * `.`, a line break, a NUL or half of a surrogate pair. Nothing is trimmed; returns a copy of the list.
 *
 * @param source stands where the file name would; the 1-based position of the word where the line would.
 * @throws DataError
 */
export function checkWords(words: readonly string[], source = "words"): readonly string[] {
  const copy = [...checkArray("checkWords: words", words)];
  checkText("checkWords: source", source);
  if (copy.length === 0) throw new DataError(source, "no words: expected at least one");
  for (let i = 0; i < copy.length; i++) {
    const problem = problemOf(copy[i]);
    if (problem !== undefined) throw new DataError(source, problem, i + 1);
  }
  return copy;
}

/** What makes the word unusable, or undefined. */
export function problemOf(word: unknown): string | undefined {
  if (typeof word !== "string") return `expected a word, got ${quote(word)}`;
  if (word === "") return "the word is empty";
  if (word.includes("\0")) return "a NUL byte: expected text with one word per line, not a binary file";
  if (word.includes(BOUNDARY)) return `the word ${quoteWord(word)} contains "${BOUNDARY}", which marks the end of a word: remove it`;
  if (/[\r\n]/.test(word)) return `the word ${quoteWord(word)} contains a line break: end every line with \\n or \\r\\n`;
  // JavaScript strings may hold half a surrogate pair; UTF-8, and so vocabulary.json, cannot.
  if (/\p{Surrogate}/u.test(word)) return `the word ${quoteWord(word)} contains half of a surrogate pair`;
  return undefined;
}

/** The word in quotes, cut where a line of prose would flood the message. */
export function quoteWord(word: string): string {
  const characters = [...word];
  return JSON.stringify(characters.length > 40 ? `${characters.slice(0, 40).join("")}...` : word);
}
