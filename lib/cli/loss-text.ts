/** Losses of words as `score` and `evaluate` print them. */
import { countOf, countText } from "../count-text.js";
import { type KnownWords, perplexity } from "../train/evaluate.js";

/** @param words of a model of words, whose losses are known by their perplexity */
export const lossText = (loss: number, words: boolean): string =>
  `${loss.toFixed(4)}${words ? ` (perplexity ${perplexity(loss).toFixed(2)})` : ""}`;

/** How many predictions are of unknown words, and the loss of the others. */
export function knownText({ predictions, unknown, knownLoss }: KnownWords): string {
  if (unknown === 0) return `${countOf(predictions, "prediction")}, none of unknown words`;
  const rest = knownLoss === null ? "" : `; without them loss ${lossText(knownLoss, true)}`;
  return `unknown words: ${countText(unknown)} of ${countOf(predictions, "prediction")}${rest}`;
}

export const knownJson = ({ predictions, unknown, knownLoss }: KnownWords): object => ({
  predictions,
  unknown,
  knownLoss,
  knownPerplexity: knownLoss === null ? null : perplexity(knownLoss),
});
