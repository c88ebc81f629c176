/** How well a model expects given words. */
import { checkArray, checkText } from "../check.js";
import { checkWords, type Tokens } from "../data/index.js";
import { checkTokens, showStranger } from "../data/vocabulary.js";
import { DataError, ValueError } from "../errors.js";
import type { LanguageModel } from "../models/index.js";
import { checkModel } from "../models/model.js";
import { tensor } from "../tensor/index.js";
import { evaluate } from "./evaluate.js";

/** How well a model expects one word. */
export interface Score {
  /** the word, as it came */
  readonly word: string;
  /** predictions made: the characters and the end of the word */
  readonly characters: number;
  /** mean cross-entropy of those predictions in nats, as `evaluate` measures splits */
  readonly loss: number;
  /** of the model making exactly this word: exp(-loss * characters); 0 where that is too small for a number */
  readonly probability: number;
}

/**
 * Loss per character and probability of each word; of a model of words, of each text.
 * @throws DataError with the 1-based position of a word that is empty or no word, or has a character that the model does not know
 */
export function score(model: LanguageModel, vocabulary: Tokens, words: readonly string[]): Score[] {
  checkSpeaker("score", model, vocabulary);
  const given = [...checkArray("score: words", words)];
  if (vocabulary.level === "character") checkWords(given);
  for (const [i, word] of given.entries()) {
    if (checkText("score: words", word).trim() === "") throw new DataError("words", "the text is empty", i + 1);
    const stranger = vocabulary.level === "character" ? vocabulary.stranger(word) : undefined;
    if (stranger !== undefined) throw new DataError("words", `the model does not know the character ${showStranger(stranger, vocabulary)}`, i + 1);
  }
  return given.map((word) => {
    const { loss, predictions } = scoreText(model, vocabulary, word);
    return { word, characters: predictions, loss, probability: Math.exp(-loss * predictions) };
  });
}

/** A model and what its integers stand for. @throws ValueError */
export function checkSpeaker(operation: string, model: LanguageModel, vocabulary: Tokens): void {
  checkModel(`${operation}: model`, model);
  checkTokens(`${operation}: vocabulary`, vocabulary);
  if (model.vocabularySize === vocabulary.size) return;
  throw new ValueError(`${operation}: expected a vocabulary of the model's ${model.vocabularySize} tokens, got ${vocabulary.size}`);
}

/**
 * Mean cross-entropy over the tokens of a text that begins as made-up ones do; over the characters of a word (it may be empty) and its end. A
 * sentence has its end in itself.
 */
export function scoreText(model: LanguageModel, vocabulary: Tokens, text: string): { loss: number; predictions: number } {
  const ids = vocabulary.encode(text);
  const targets = vocabulary.level === "character" ? [...ids, 0] : ids;
  const { blockSize } = model;
  const [n, padded] = [targets.length, [...new Array<number>(blockSize).fill(vocabulary.start), ...ids]];
  const contexts = Int32Array.from({ length: n * blockSize }, (_, p) => padded[Math.floor(p / blockSize) + (p % blockSize)]);
  const batch = { X: tensor(contexts, { shape: [n, blockSize] }), Y: tensor(Int32Array.from(targets)) };
  return { loss: evaluate(model, batch), predictions: n };
}
