/** Where made-up words are known from. */
import { splitWords } from "../data/index.js";

/** In the train words, else in the dev words, else in neither. The test words are not looked at. */
export type Mark = "train" | "dev" | "new";

export const MARK_TEXT: Readonly<Record<Mark, string>> = { train: "in train", dev: "in dev", new: "new" };

/** The mark of each sample. @param words all words of the run's corpus, in their order */
export function markSamples(samples: readonly string[], words: readonly string[], splitSeed: number): Mark[] {
  if (samples.length === 0) return [];
  const splits = splitWords(words, splitSeed);
  const [train, dev] = [new Set(splits.train), new Set(splits.dev)];
  return samples.map((word) => (train.has(word) ? "train" : dev.has(word) ? "dev" : "new"));
}
