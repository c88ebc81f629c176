/** How well a model expects given words. */
import { checkArguments, checkText, listOf } from "../check.js";
import type { Batch } from "../data/examples/batches.js";
import { type Tokens } from "../data/index.js";
import { copyWords } from "../data/lists/words.js";
import { checkTokens, showStranger } from "../data/vocabulary/vocabulary.js";
import { DataError, ValueError } from "../errors.js";
import type { LanguageModel } from "../models/index.js";
import { checkModel } from "../models/model.js";
import { tensor } from "../tensor/index.js";
import { evaluate, evaluateKnown } from "../train/evaluate.js";

/** How well a model expects one word. */
export interface Score {
  /** the word, as it came */
  readonly word: string;
  /** predictions made: the characters and the end of the word */
  readonly characters: number;
  /** mean cross-entropy of those predictions in nats, as `evaluate` measures splits */
  readonly loss: number;
  /**
   * of the model making exactly this word: exp(-loss * characters); 0 where that is too small for a
   * number
   */
  readonly probability: number;
  /**
   * of a model of words: predictions of words that it does not know, each as likely as all of them
   * together
   */
  readonly unknown?: number;
  /** of a model of words: mean of the other predictions; null where there are none */
  readonly knownLoss?: number | null;
}

/**
 * Loss per character and probability of each word; of a model of words, of each text.
 * @throws DataError with the 1-based position of a word that is empty or no word, or has a
 *   character that the model does not know
 */
export function score(model: LanguageModel, vocabulary: Tokens, words: readonly string[]): Score[] {
  checkModelAndVocabulary("score", model, vocabulary);
  checkArguments("score", { words }, { words: listOf(checkText) });
  const given = vocabulary.level === "character" ? copyWords(words, "words") : [...words];
  for (const [i, word] of given.entries()) {
    if (word.trim() === "") throw new DataError("words", "the text is empty", i + 1);
    const stranger = vocabulary.level === "character" ? vocabulary.stranger(word) : undefined;
    if (stranger !== undefined)
      throw new DataError(
        "words",
        `the model does not know the character ${showStranger(stranger, vocabulary)}`,
        i + 1,
      );
  }
  return given.map((word) => {
    const { X, Y } = examplesOfText(model, vocabulary, word);
    const predictions = Y.numel;
    const { loss, known } = evaluateKnown(model, vocabulary, { X, Y });
    const probability = Math.exp(-loss * predictions);
    return {
      word,
      characters: predictions,
      loss,
      probability,
      ...(known && { unknown: known.unknown, knownLoss: known.knownLoss }),
    };
  });
}

/** A model and what its integers stand for. @throws ValueError */
export function checkModelAndVocabulary(
  operation: string,
  model: LanguageModel,
  vocabulary: Tokens,
): void {
  checkArguments(operation, { model, vocabulary }, { model: checkModel, vocabulary: checkTokens });
  if (model.vocabularySize === vocabulary.size) return;
  throw new ValueError(
    `${operation}: expected a vocabulary of the model's ${model.vocabularySize} tokens, got ` +
      `${vocabulary.size}`,
  );
}

/**
 * Mean cross-entropy over the tokens of a text that begins as made-up ones do, and over its end
 * where it has one of its own: after the characters of a word (it may be empty), and after a line
 * that is a sentence. A sentence of a running text has its end in itself.
 */
export function scoreText(
  model: LanguageModel,
  vocabulary: Tokens,
  text: string,
): { loss: number; predictions: number } {
  const examples = examplesOfText(model, vocabulary, text);
  return { loss: evaluate(model, examples), predictions: examples.Y.numel };
}

function examplesOfText({ blockSize }: LanguageModel, vocabulary: Tokens, text: string): Batch {
  const { start, end } = vocabulary;
  const ids = vocabulary.encode(text);
  const targets = end === undefined ? ids : [...ids, end];
  const [n, padded] = [targets.length, [...new Array<number>(blockSize).fill(start), ...ids]];
  const contexts = Int32Array.from(
    { length: n * blockSize },
    (_, p) => padded[Math.floor(p / blockSize) + (p % blockSize)],
  );
  return { X: tensor(contexts, { shape: [n, blockSize] }), Y: tensor(Int32Array.from(targets)) };
}
