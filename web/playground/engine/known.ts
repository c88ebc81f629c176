/** Whether words occur in a list, asked again and again. */
import { splitPositions } from "../../../lib/data/examples/splits.js";
import { WordIndex } from "../../../lib/data/lists/word-index.js";
import type { WordList } from "../../../lib/data/lists/word-list.js";
import type { Mark } from "../../../lib/run/known-samples.js";

export class KnownWords {
  readonly #train: WordIndex;
  readonly #dev: WordIndex;

  constructor(words: WordList, splitSeed: number) {
    const { train, dev } = splitPositions(words.length, splitSeed);
    this.#train = new WordIndex(words, train);
    this.#dev = new WordIndex(words, dev);
  }

  /** As `markSamples`: a word that is in both is known from train. */
  mark(word: string): Mark {
    return this.#train.has(word) ? "train" : this.#dev.has(word) ? "dev" : "new";
  }
}
