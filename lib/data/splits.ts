/** Three parts of a corpus: one to learn from, one to choose by, one to look at rarely. */

import { checkArray, checkText } from "../check.js";
import { DataError } from "../errors.js";
import { PythonRandom } from "../random/index.js";

/** The words of each part. */
export interface Splits {
  /** 80 %: fits the parameters. */
  train: string[];
  /** 10 %: chooses the hyperparameters. */
  dev: string[];
  /** 10 %: the final number. */
  test: string[];
}

/** Below 6 words one of the cuts leaves a part empty: int(.8 * 5) = int(.9 * 5) = 4. */
const FEWEST_WORDS = 6;

/**
 * The lecture's split, word for word: Python's `random.seed(seed); random.shuffle(words)`, cut at `int(.8 n)` and `int(.9 n)`.
 *
 * Shuffles a copy. A word that occurs twice may land in two parts.
 *
 * @param seed an integer, as for `PythonRandom`
 * @param source names the words in errors
 * @throws DataError with fewer than 6 words
 */
export function splitWords(words: readonly string[], seed = 42, source = "words"): Splits {
  const shuffled = [...checkArray("splitWords: words", words)];
  const [n1, n2] = cuts(shuffled.length, checkText("splitWords: source", source));
  new PythonRandom(seed).shuffle(shuffled);
  return { train: shuffled.slice(0, n1), dev: shuffled.slice(n1, n2), test: shuffled.slice(n2) };
}

/** Where train and dev end: int(.8 n) and int(.9 n). @throws DataError with fewer than 6 words */
export function cuts(n: number, source: string): readonly [number, number] {
  if (n < FEWEST_WORDS) throw new DataError(source, `at least ${FEWEST_WORDS} words are needed for train, dev and test, got ${n}: add words`);
  return [Math.trunc(0.8 * n), Math.trunc(0.9 * n)];
}
