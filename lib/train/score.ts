/** How well a model expects given words. */
import type { Batch } from "../data/batches.js";
import { checkWords, type Vocabulary } from "../data/index.js";
import { DataError } from "../errors.js";
import type { LanguageModel } from "../models/index.js";
import { tensor } from "../tensor/index.js";
import { evaluate } from "./evaluate.js";

export interface Score {
  readonly word: string;
  /** predictions made: the characters and the end of the word */
  readonly characters: number;
  /** mean cross-entropy of those predictions in nats, as `evaluate` measures splits */
  readonly loss: number;
  /** of the model making exactly this word: exp(-loss * characters); 0 where that is too small for a number */
  readonly probability: number;
}

/**
 * Loss per character and probability of each word.
 * @throws DataError with the 1-based position of a word that is empty or no word, or has a character that the model does not know
 */
export function score(model: LanguageModel, vocabulary: Vocabulary, words: readonly string[]): Score[] {
  checkWords(words);
  const encoded = words.map((word, i) => {
    const stranger = [...word].find((character) => !vocabulary.stoi.has(character));
    if (stranger === undefined) return vocabulary.encode(word);
    throw new DataError("words", `the model does not know the character ${JSON.stringify(stranger)}`, i + 1);
  });
  return words.map((word, i) => {
    const characters = encoded[i].length + 1;
    const loss = lossOf(model, encoded[i]);
    return { word, characters, loss, probability: Math.exp(-loss * characters) };
  });
}

/** Mean cross-entropy over the characters of one word and its end; the word may be empty. */
export function lossOf(model: LanguageModel, ids: readonly number[]): number {
  return evaluate(model, predictions(ids, model.blockSize));
}

/** What `buildContexts` makes of a word, from its tokens. */
function predictions(ids: readonly number[], blockSize: number): Batch {
  const n = ids.length + 1;
  const padded = [...new Array<number>(blockSize).fill(0), ...ids];
  const contexts = Int32Array.from({ length: n * blockSize }, (_, p) => padded[Math.floor(p / blockSize) + (p % blockSize)]);
  return { X: tensor(contexts, { shape: [n, blockSize] }), Y: tensor(Int32Array.from([...ids, 0])) };
}
