/** The loss of a whole split, and that of its known words. */
import { checkArguments, checkFunction, checkNumber, objectWith, optional } from "../check.js";
import type { Batch } from "../data/examples/batches.js";
import { type Dataset, datasetOf } from "../data/examples/dataset.js";
import type { Tokens } from "../data/index.js";
import { checkLevel } from "../data/vocabulary/vocabulary.js";
import { DataError, ValueError } from "../errors.js";
import { type LanguageModel, lossOf } from "../models/index.js";
import { checkModel, predicting, stateOf } from "../models/model.js";
import { Module } from "../nn/index.js";
import { sum, type Tensor, tensor, zeros } from "../tensor/index.js";
import { ExampleLosses, repeats } from "./example-losses.js";
import { notFinite } from "./finite.js";
import { atOnce, type Task } from "./event-loop.js";

/**
 * Examples whose losses are added in float32: their hidden layer (H = 200) is 3 MB, which stays in
 * the cache.
 */
const BLOCK = 4096;

/**
 * How long a part of a block should take, in milliseconds; a block of words, with thousands of
 * logits for each, takes hundreds. The first part has so many examples, later ones are adapted.
 */
const PART_MS = 8;
const FIRST_PART = 256;

/**
 * Mean cross-entropy per character (word) of a split, in nats; block sums are added in double.
 * Infinity where the model holds an example for impossible.
 * @param onBlock called after each block with how many examples it had
 * @throws DataError for an empty split; ValueError where the predictions are not numbers, naming
 *   the parameter at fault
 */
export function evaluate(
  model: LanguageModel,
  split: Batch,
  onBlock?: (examples: number) => void,
): number {
  checkArguments(
    "evaluate",
    { model, onBlock },
    { model: checkModel, onBlock: optional(checkFunction) },
  );
  return numberOf(model, atOnce(evaluation(model, split, onBlock)));
}

/** @throws ValueError for NaN, naming the parameter at fault */
function numberOf(model: LanguageModel, loss: number): number {
  if (!Number.isNaN(loss)) return loss;
  const flaw = notFinite(stateOf("evaluate: model", model));
  const why = flaw ?? "its parameters are finite, but its predictions are not numbers";
  throw new ValueError(`evaluate: the model's loss is NaN: ${why}`);
}

/**
 * How many equally likely tokens a model hesitates between: exp(loss), a number also where that is
 * too large for one.
 */
export const perplexity = (loss: number): number =>
  Math.min(Math.exp(checkNumber("perplexity: loss", loss)), Number.MAX_VALUE);

/**
 * `evaluate` as a task that yields every few milliseconds; its result may be NaN.
 * @param onBlock called with the number of examples in each block that is done
 */
export function* evaluation(
  model: LanguageModel,
  split: Batch,
  onBlock?: (examples: number) => void,
): Task<number> {
  const examples = datasetOf("evaluate: split", split);
  const n = examples.count;
  if (n === 0) throw new DataError("evaluate", "expected at least one example, got none");
  const parts = isDivisible(model) ? new SumInParts(model) : undefined;
  const known = parts && n > BLOCK && repeats(model, n) ? new ExampleLosses(model) : undefined;
  let total = 0;
  for (const { X, Y } of examples.blocks(BLOCK)) {
    if (known !== undefined) total += predicting(model, () => sum(known.of({ X, Y })).item());
    else total += parts === undefined ? blockSum(model, X, Y) : yield* parts.block(X, Y);
    onBlock?.(Y.numel);
    yield;
  }
  return total / n;
}

const blockSum = (model: LanguageModel, X: Tensor, Y: Tensor): number =>
  predicting(model, () => lossOf(model, X, Y, { reduction: "sum" }).item());

/**
 * Whether the sum of a block is the operation `sum` over its losses, as `crossEntropy` adds them:
 * then parts of a block give the same bits. Other models add as they like.
 */
const isDivisible = (model: LanguageModel): boolean =>
  model instanceof Module || model.loss === undefined;

/** The losses of blocks, part by part, so that a large model does not keep the thread. */
class SumInParts {
  private size = FIRST_PART;

  constructor(private readonly model: LanguageModel) {}

  *block(X: Tensor, Y: Tensor): Task<number> {
    const n = Y.numel;
    if (n <= this.size) return this.timed(() => blockSum(this.model, X, Y));
    const losses = zeros([n]);
    for (let from = 0, to = 0; from < n; from = to) {
      to = Math.min(from + this.size, n);
      const part = [X.slice(0, from, to), Y.slice(0, from, to)] as const;
      this.timed(() => {
        predicting(this.model, () => {
          const ofPart = lossOf(this.model, ...part, { reduction: "none" });
          losses.slice(0, from, to).copy_(ofPart);
        });
      });
      if (to < n) yield;
    }
    return predicting(this.model, () => sum(losses).item());
  }

  /** Does a part, and adapts the size of the next to the time it took. */
  private timed<T>(part: () => T): T {
    const began = performance.now();
    const result = part();
    const took = performance.now() - began;
    if (took < PART_MS / 2) this.size *= 2;
    else if (took > PART_MS) this.size = Math.max(1, this.size / 2);
    return result;
  }
}

/** Predictions of words that a model does not know, and the loss without them. */
export interface KnownWords {
  /** predictions of them all */
  readonly predictions: number;
  /** those of words that the vocabulary does not have: of `<unk>` */
  readonly unknown: number;
  /** mean loss of the others, in nats; null where there are none */
  readonly knownLoss: number | null;
}

/** A loss, and of words how much of it is about unknown ones. */
export interface KnownLoss {
  /** mean cross-entropy in nats, over all */
  readonly loss: number;
  /** of a model of words */
  readonly known?: KnownWords;
}

/** The word that stands for all unknown ones. */
const UNKNOWN = 0;

/**
 * `evaluate`, and of a model of words (not of characters) how much of it is about unknown words.
 * All of them are one, and it is frequent: the more words a model does not know, the better it
 * does. Compare losses of models with one vocabulary, or those of the same known words.
 * @param onBlock called after each block with how many examples it had
 * @throws as `evaluate`
 */
export function evaluateKnown(
  model: LanguageModel,
  vocabulary: Pick<Tokens, "level">,
  split: Batch,
  onBlock?: (examples: number) => void,
): KnownLoss {
  checkArguments(
    "evaluateKnown",
    { vocabulary },
    { vocabulary: objectWith({ level: checkLevel }) },
  );
  const loss = evaluate(model, split, onBlock);
  if (vocabulary.level !== "word") return { loss };
  const examples = datasetOf("evaluateKnown: split", split);
  const predictions = examples.count;
  const unknowns = partLoss(model, examples, (word) => word === UNKNOWN);
  const unknown = unknowns.count;
  if (unknown === 0 || unknown === predictions)
    return { loss, known: { predictions, unknown, knownLoss: unknown === 0 ? loss : null } };
  // Unknown words are few: theirs is measured, not that of all others, unless nothing is left of a
  // difference.
  const total = Number.isFinite(loss)
    ? Math.max(0, loss * predictions - unknowns.total)
    : partLoss(model, examples, (word) => word !== UNKNOWN).total;
  return {
    loss,
    known: { predictions, unknown, knownLoss: numberOf(model, total / (predictions - unknown)) },
  };
}

/** The sum of the losses of some targets, and how many they are. */
function partLoss(
  model: LanguageModel,
  examples: Dataset,
  isOne: (word: number) => boolean,
): { total: number; count: number } {
  let [total, count] = [0, 0];
  for (const { X, Y } of examples.blocks(BLOCK)) {
    const targets = Y.toTypedArray();
    const rows = Int32Array.from(targets.keys()).filter((i) => isOne(targets[i]));
    if (rows.length === 0) continue;
    const ix = tensor(rows);
    total += predicting(model, () =>
      lossOf(model, X.index(ix), Y.index(ix), { reduction: "sum" }).item(),
    );
    count += rows.length;
  }
  return { total, count };
}
