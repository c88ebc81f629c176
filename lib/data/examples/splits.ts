/** Three splits of a corpus: one to learn from, one to choose by, one to look at rarely. */

import { checkArguments, checkText } from "../../check.js";
import { DataError } from "../../errors.js";
import { PythonRandom } from "../../random/index.js";
import { checkList, type Words } from "../lists/word-list.js";

/** The words of each split. */
export interface Splits {
  /** 80 %: fits the parameters. */
  train: string[];
  /** 10 %: chooses the hyperparameters. */
  dev: string[];
  /** 10 %: the final number. */
  test: string[];
}

/** Below 6 words one of the cuts leaves a split empty: int(.8 * 5) = int(.9 * 5) = 4. */
const FEWEST_WORDS = 6;

/**
 * The lecture's split, word for word: Python's `random.seed(seed); random.shuffle(words)`, cut at
 * `int(.8 n)` and `int(.9 n)`.
 *
 * Shuffles a copy. A word that occurs twice may land in two splits.
 *
 * @param seed an integer, as for `PythonRandom`
 * @param source names the words in errors
 * @throws DataError with fewer than 6 words
 */
export function splitWords(words: Words, seed = 42, source = "words"): Splits {
  checkArguments("splitWords", { words, source }, { words: checkList, source: checkText });
  const list = [...words];
  const { train, dev, test } = splitPositions(list.length, seed, source);
  const at = (positions: Int32Array): string[] => Array.from(positions, (i) => list[i]);
  return { train: at(train), dev: at(dev), test: at(test) };
}

/** `splitWords` of n words, as positions in their list. */
export function splitPositions(
  n: number,
  seed: number,
  source = "words",
): Record<keyof Splits, Int32Array> {
  const [n1, n2] = cuts(n, source);
  const positions = new Int32Array(n);
  for (let i = 0; i < n; i++) positions[i] = i;
  new PythonRandom(seed).shuffle(positions);
  const split = (from: number, to = n) => positions.subarray(from, to);
  return { train: split(0, n1), dev: split(n1, n2), test: split(n2) };
}

/** Where train and dev end: int(.8 n) and int(.9 n). @throws DataError with fewer than 6 words */
export function cuts(n: number, source: string, unit = "words"): readonly [number, number] {
  if (n < FEWEST_WORDS)
    throw new DataError(
      source,
      `at least ${FEWEST_WORDS} ${unit} are needed for train, dev and test, got ${n}: add ${unit}`,
    );
  return [Math.trunc(0.8 * n), Math.trunc(0.9 * n)];
}
