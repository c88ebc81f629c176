/** What follows a prefix, as the model sees it. */
import type { Tokens } from "../../../lib/data/index.js";
import { showStranger } from "../../../lib/data/vocabulary/vocabulary.js";
import { logitsOf, predicting, type LanguageModel } from "../../../lib/models/model.js";
import { softmax, tensor } from "../../../lib/tensor/index.js";
import type { Likely } from "../protocol.js";

/** More are not shown. */
const MOST = 30;

/** The likeliest tokens and their probabilities, the likeliest first. */
export function likelyNext(model: LanguageModel, vocabulary: Tokens, prefix: string): Likely[] {
  const start = new Array<number>(model.blockSize).fill(vocabulary.start);
  const context = [...start, ...vocabulary.encode(prefix)].slice(-model.blockSize);
  const probabilities = predicting(model, () =>
    softmax(logitsOf(model, tensor([context], { dtype: "int32" })), 1),
  ).toTypedArray();
  return Array.from(probabilities, (probability, token) => ({ token, probability }))
    .sort((a, b) => b.probability - a.probability || a.token - b.token)
    .slice(0, MOST);
}

/** One line for a prefix with a character that the model does not know. */
export function problemOf(vocabulary: Tokens, prefix: string): string | undefined {
  const stranger = vocabulary.stranger(prefix);
  return stranger === undefined
    ? undefined
    : `${showStranger(stranger, vocabulary)} is not a character of the list`;
}
