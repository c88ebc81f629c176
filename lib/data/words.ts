/** Text in: a file with one word per line, checked once so that nothing further down has to doubt its words. */

import { checkArray, checkText } from "../check.js";
import { DataError, quote } from "../errors.js";
import { readText } from "./text-file.js";

/** Stands before and after every word; token 0 of every vocabulary. A word cannot contain it. */
export const BOUNDARY = ".";

/**
 * Reads one word per line from a UTF-8 file, in the file's order, repetitions kept.
 *
 * Any alphabet. Lines end with `\n` or `\r\n`; a byte order mark, blank lines and the whitespace around a word are dropped
 * (whitespace inside a word stays). No case folding and no Unicode normalization: the characters are the file's own.
 *
 * @throws DataError naming the file, and the 1-based line where there is one: not readable, no words, binary or not UTF-8,
 * a word that `checkWords` refuses.
 */
export function readWords(file: string): string[] {
  const text = readText(file, "one word per line");
  const words: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    // trim() also takes the `\r` of `\r\n` and the byte order mark, which JavaScript counts as whitespace.
    const word = line.trim();
    if (word === "") continue;
    const problem = problemOf(word);
    if (problem !== undefined) throw new DataError(file, problem, index + 1);
    words.push(word);
  }

  if (words.length === 0) {
    throw new DataError(file, `${text === "" ? "the file is empty" : "only blank lines"}: expected one word per line`);
  }
  return words;
}

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
function problemOf(word: unknown): string | undefined {
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
