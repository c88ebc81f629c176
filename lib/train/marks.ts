/** Whether a sample occurs in train or dev. */
import { splitPositions } from "../data/splits.js";
import { WordIndex } from "../data/word-index.js";
import { bytesOf, WordList, type Words } from "../data/word-list.js";
import { problemOf } from "../data/words.js";

/** In the train words, else in the dev words, else in neither. The test words are not looked at. */
export type Mark = "train" | "dev" | "new";

export const MARK_TEXT: Readonly<Record<Mark, string>> = {
  train: "in train",
  dev: "in dev",
  new: "new",
};

/**
 * The mark of each sample. The samples are few and the words many: these are gone through once, in
 * their order.
 * @param words all words of the run's corpus, in their order
 */
export function markSamples(samples: readonly string[], words: Words, splitSeed: number): Mark[] {
  const asked = [...new Set(samples)].filter(isWord);
  const marks = new Map<string, Mark>();
  if (asked.length > 0) {
    const list = WordList.of(words);
    const index = new WordIndex(WordList.of(asked), [...asked.keys()]);
    const inList = bytesOf(list);
    const isAsked = new Uint8Array(list.length);
    for (let i = 0; i < list.length; i++) if (index.find(inList, i) >= 0) isAsked[i] = 1;
    // Of a long list the shuffle takes longest: where no sample occurs it is not needed.
    const splits = isAsked.includes(1) ? splitPositions(list.length, splitSeed) : undefined;
    // A word that is in both is known from train.
    for (const part of ["dev", "train"] as const) {
      for (const i of splits?.[part] ?? [])
        if (isAsked[i] === 1) marks.set(asked[index.find(inList, i)], part);
    }
  }
  return samples.map((word) => marks.get(word) ?? "new");
}

/** A model may make up the empty word, which no list has. */
const isWord = (word: string): boolean => problemOf(word) === undefined;
