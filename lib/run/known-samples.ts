/** Whether a sample occurs in the list that the model learned from. */
import { splitPositions } from "../data/examples/splits.js";
import { WordIndex } from "../data/lists/word-index.js";
import { bytesOf, WordList, type Words } from "../data/lists/word-list.js";
import { problemOf } from "../data/lists/words.js";

/** In the train words, else in the dev words, else in neither. The test words are not looked at. */
export type Mark = "train" | "dev" | "new";

export const MARK_TEXT: Readonly<Record<Mark, string>> = {
  train: "in train",
  dev: "in dev",
  new: "new",
};

/**
 * The positions in a list at which one of some words stands, in order, and that word. The words
 * are few and the list is long: it is gone through once.
 */
function occurrences(words: readonly string[], list: WordList): Map<number, string> {
  const asked = [...new Set(words)].filter(isWord);
  const found = new Map<number, string>();
  if (asked.length === 0) return found;
  const index = new WordIndex(WordList.of(asked), [...asked.keys()]);
  const inList = bytesOf(list);
  for (let i = 0; i < list.length; i++) {
    const word = index.find(inList, i);
    if (word >= 0) found.set(i, asked[word]);
  }
  return found;
}

/** A model may make up the empty word, which no list has. */
const isWord = (word: string): boolean => problemOf(word) === undefined;

/** Which of some words are in a list, whichever split they are in: the test split too. */
export function whichListed(words: readonly string[], list: WordList): boolean[] {
  const known = new Set(occurrences(words, list).values());
  return words.map((word) => known.has(word));
}

/**
 * The mark of each sample.
 * @param words all words of the run's corpus, in their order
 */
export function markSamples(samples: readonly string[], words: Words, splitSeed: number): Mark[] {
  const marks = new Map<string, Mark>();
  if (samples.some(isWord)) {
    const list = WordList.of(words);
    const found = occurrences(samples, list);
    // Of a long list the shuffle takes longest: where no sample occurs it is not needed.
    const splits = found.size > 0 ? splitPositions(list.length, splitSeed) : undefined;
    // A word that is in both is known from train.
    for (const part of ["dev", "train"] as const) {
      for (const i of splits?.[part] ?? []) {
        const word = found.get(i);
        if (word !== undefined) marks.set(word, part);
      }
    }
  }
  return samples.map((word) => marks.get(word) ?? "new");
}
