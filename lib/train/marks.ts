/** Whether a sample occurs in train or dev. */
import { splitPositions } from "../data/splits.js";
import { WordIndex } from "../data/word-index.js";
import { WordList, type Words } from "../data/word-list.js";

/** In the train words, else in the dev words, else in neither. The test words are not looked at. */
export type Mark = "train" | "dev" | "new";

export const MARK_TEXT: Readonly<Record<Mark, string>> = { train: "in train", dev: "in dev", new: "new" };

/** The mark of each sample. @param words all words of the run's corpus, in their order */
export function markSamples(samples: readonly string[], words: Words, splitSeed: number): Mark[] {
  if (samples.length === 0) return [];
  const list = WordList.of(words);
  const splits = splitPositions(list.length, splitSeed);
  const [train, dev] = [new WordIndex(list, splits.train), new WordIndex(list, splits.dev)];
  return samples.map((word) => (train.has(word) ? "train" : dev.has(word) ? "dev" : "new"));
}
