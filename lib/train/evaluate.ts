/** The loss of a whole split. */
import { checkFunction, checkNumber } from "../check.js";
import type { Batch } from "../data/batches.js";
import { datasetOf } from "../data/dataset.js";
import { DataError, ValueError } from "../errors.js";
import { type LanguageModel, lossOf } from "../models/index.js";
import { checkModel, parametersOf } from "../models/model.js";
import { noGrad } from "../tensor/index.js";
import { notFinite } from "./finite.js";
import { atOnce, type Task } from "./turns.js";

/** Examples per forward pass: their hidden layer (H = 200) is 3 MB, which stays in the cache. */
const BLOCK = 4096;

/**
 * Mean cross-entropy per character (word) of a split, in nats; block sums are added in double. Infinity where the model holds
 * an example for impossible.
 * @param onBlock called after each block with how many examples it had
 * @throws DataError for an empty split; ValueError where the predictions are not numbers, naming the parameter at fault
 */
export function evaluate(model: LanguageModel, split: Batch, onBlock?: (examples: number) => void): number {
  if (onBlock !== undefined) checkFunction("evaluate: onBlock", onBlock);
  const loss = atOnce(evaluation(model, split, onBlock));
  if (!Number.isNaN(loss)) return loss;
  const flaw = notFinite(parametersOf("evaluate: model", model));
  const why = flaw ?? "its parameters are finite, but its predictions are not numbers";
  throw new ValueError(`evaluate: the model's loss is NaN: ${why}`);
}

/** How many equally likely tokens a model hesitates between: exp(loss), a number also where that is too large for one. */
export const perplexity = (loss: number): number => Math.min(Math.exp(checkNumber("perplexity: loss", loss)), Number.MAX_VALUE);

/**
 * `evaluate` as a task that yields after every block; its result may be NaN.
 * @param onBlock called with the number of examples in each block that is done
 */
export function* evaluation(model: LanguageModel, split: Batch, onBlock?: (examples: number) => void): Task<number> {
  checkModel("evaluate: model", model);
  const examples = datasetOf("evaluate: split", split);
  const n = examples.count;
  if (n === 0) throw new DataError("evaluate", "expected at least one example, got none");
  let total = 0;
  for (const { X, Y } of examples.blocks(BLOCK)) {
    total += noGrad(() => lossOf(model, X, Y, { reduction: "sum" }).item());
    onBlock?.(Y.numel);
    yield;
  }
  return total / n;
}
