/**
 * The lecture before this one: the next character from the one before it, counted or learned. What
 * an MLP must beat.
 */
import { backward } from "../autograd/index.js";
import { checkFunction, checkInstance, checkObject, checkWhole, refuse } from "../check.js";
import type { Batch } from "../data/batches.js";
import { datasetOf } from "../data/dataset.js";
import { DataError, ShapeError, ValueError } from "../errors.js";
import { Generator } from "../random/index.js";
import { crossEntropy, noGrad, randn, type Tensor, tensor } from "../tensor/index.js";
import { show } from "../tensor/shape.js";
import {
  checkContexts,
  checkMatrix,
  checkSizes,
  checkTokenIds,
  checkVocabularySize,
} from "./check.js";
import type { LanguageModel } from "./model.js";

/**
 * A table of logits, W [V, V]: row a says what follows character a. Contexts may have any width;
 * their last character counts.
 */
export class Bigram implements LanguageModel {
  /** It looks back one character. */
  readonly blockSize = 1;
  /** V: how many tokens it knows */
  readonly vocabularySize: number;
  /** W float32 [V, V] */
  readonly parameters: Readonly<Record<"W", Tensor>>;

  /** From a table of logits W [V, V]. */
  constructor(W: Tensor) {
    const [rows, columns] = checkMatrix("Bigram: W", W).shape;
    if (rows !== columns || W.dtype !== "float32")
      throw new ShapeError(
        "Bigram",
        [W.shape],
        `expected W float32 [V, V], got ${W.dtype} ${show(W.shape)}`,
      );
    this.vocabularySize = rows;
    this.parameters = Object.freeze({ W });
  }

  /** contexts int32 [n, any] -> logits float32 [n, V]: the rows of W of the last characters */
  forward(contexts: Tensor): Tensor {
    checkContexts("Bigram.forward: contexts", contexts, 1, true);
    return this.parameters.W.index(contexts.select(1, -1));
  }
}

/**
 * 256 MB of table, and as much for each of its gradient, an optimizer's averages, and what a
 * training that diverged goes back to.
 */
export const LARGEST_TABLE = 8192;

function checkLearnt(operation: string, vocabularySize: number): void {
  checkVocabularySize(`${operation}: vocabularySize`, vocabularySize);
  if (vocabularySize <= LARGEST_TABLE) return;
  throw new ValueError(
    `${operation}: expected at most ${LARGEST_TABLE} tokens for a table of V x V, got ${vocabularySize}: know fewer, or count n-grams (model kneser-ney)`,
  );
}

/** The same table as a linear layer to be trained: one-hot x W is the row W[ix]. */
export class NeuralBigram extends Bigram {
  /** From W [V, V], which will require gradients. `NeuralBigram.create` draws a fresh one. */
  constructor(W: Tensor) {
    super(W);
    W.requiresGrad = true;
  }

  /**
   * Standard normal, as in the lecture.
   * @throws ValueError for a vocabulary of more than 8192 tokens
   */
  static create(vocabularySize: number, generator: Generator): NeuralBigram {
    checkLearnt("bigram", vocabularySize);
    checkInstance("NeuralBigram.create: generator", generator, Generator, "a Generator");
    return new NeuralBigram(randn([vocabularySize, vocabularySize], { generator }));
  }
}

/**
 * The bigram model of the highest likelihood: logits are logs of (count + smoothing) / (sum of the
 * row). Without smoothing that is -Infinity for a pair that never occurs; a character that never
 * occurs is followed by every character alike.
 *
 * @param examples contexts of any width, of which the last character counts
 * @param smoothing added to every count, a number >= 0
 * @throws ValueError, DataError without examples, IndexError on tokens outside the vocabulary
 */
export function countBigram(examples: Batch, vocabularySize: number, smoothing = 1): Bigram {
  if (!isAtLeast0(smoothing)) refuse("countBigram: smoothing", "a number of 0 or more", smoothing);
  const V = vocabularySize;
  const counts = countPairs("countBigram", examples, V);
  const logits = new Float32Array(V * V);
  for (let row = 0; row < V * V; row += V) {
    let total = smoothing * V;
    for (let next = 0; next < V; next++) total += counts[row + next];
    if (total === 0) continue; // zeros: all alike
    for (let next = 0; next < V; next++)
      logits[row + next] = Math.log((counts[row + next] + smoothing) / total);
  }
  return new Bigram(tensor(logits, { shape: [V, V] }));
}

/** How `trainBigram` trains. */
export interface BigramTraining {
  /** gradient steps on all examples; 1000 where left out */
  steps?: number;
  /** learning rate; the lecture's is 50 */
  lr?: number;
  /**
   * weight of mean(W^2) in what is minimised: pulls the rows towards uniform as smoothing does; the
   * lecture's is 0.01
   */
  regularization?: number;
  /** draws the initial W */
  generator?: Generator;
  /** called after every step with what was minimised, before the update */
  onStep?: (step: number, loss: number) => void;
}

/**
 * Trains a `NeuralBigram` by gradient descent on all examples at once. On the lecture's names it
 * ends at 2.458; more steps approach the 2.454 that counting reaches at once.
 *
 * The default learning rate suits every corpus: the curvature of a row's cross-entropy is at most
 * 1/2, times the share of the examples in that row. Every rate below 2 / curvature = 4 / share goes
 * down; 3 / share of the largest row is taken.
 *
 * @throws ValueError, DataError without examples, IndexError on tokens outside the vocabulary
 */
export function trainBigram(
  examples: Batch,
  vocabularySize: number,
  options: BigramTraining = {},
): NeuralBigram {
  const {
    steps = 1000,
    lr: given,
    regularization = 0,
    generator = new Generator(2147483647),
    onStep,
  } = checkObject("trainBigram: options", options);
  checkWhole("trainBigram: steps", steps, 0);
  if (given !== undefined && !(isAtLeast0(given) && given > 0))
    refuse("trainBigram: lr", "a learning rate above 0", given);
  if (!isAtLeast0(regularization))
    refuse("trainBigram: regularization", "a number of 0 or more", regularization);
  checkInstance("trainBigram: generator", generator, Generator, "a Generator");
  if (onStep !== undefined) checkFunction("trainBigram: onStep", onStep);
  const V = vocabularySize;
  checkLearnt("trainBigram", V);
  const counts = countPairs("trainBigram", examples, V);
  const total = counts.reduce((sum, n) => sum + n, 0);
  const lr = given ?? 3 / largestShare(counts, V, total);

  // Equal examples have equal losses: 228,146 names' examples are 627 pairs, each weighted by how
  // often it occurs.
  const pairs: number[] = [];
  for (let pair = 0; pair < V * V; pair++) if (counts[pair] > 0) pairs.push(pair);
  const X = tensor(Int32Array.from(pairs, (pair) => Math.floor(pair / V)));
  const Y = tensor(Int32Array.from(pairs, (pair) => pair % V));
  const weights = tensor(Float32Array.from(pairs, (pair) => counts[pair] / total));

  const model = NeuralBigram.create(V, generator);
  const { W } = model.parameters;
  for (let step = 0; step < steps; step++) {
    const nll = crossEntropy(W.index(X), Y, { reduction: "none" }).mul(weights).sum();
    const loss = regularization === 0 ? nll : nll.add(W.pow(2).mean().mul(regularization));
    W.grad = null;
    backward(loss);
    noGrad(() => {
      if (W.grad !== null) W.add_(W.grad.mul(-lr));
    });
    onStep?.(step, loss.item());
  }
  W.grad = null;
  return model;
}

/** How often each character follows each: [V, V], row-major. */
function countPairs(operation: string, examples: Batch, V: number): Float64Array {
  checkTable(operation, V);
  const dataset = datasetOf(`${operation}: examples`, examples);
  if (dataset.count === 0)
    throw new DataError(operation, "expected at least one example, got none");
  const counts = new Float64Array(V * V);
  let from = 0;
  for (const { X, Y } of dataset.blocks(1 << 16)) {
    const before = X.select(1, -1).toTypedArray();
    const after = Y.toTypedArray();
    checkTokenIds(operation, after, V, { from });
    checkTokenIds(operation, before, V, { from });
    for (let i = 0; i < after.length; i++) counts[before[i] * V + after[i]]++;
    from += after.length;
  }
  return counts;
}

/** The V of a table [V, V]. */
function checkTable(operation: string, V: number): void {
  checkVocabularySize(`${operation}: vocabularySize`, V);
  checkSizes(operation, { W: [V, V] });
}

const isAtLeast0 = (x: unknown): boolean => typeof x === "number" && x >= 0 && x < Infinity;

/** The part of the examples that the most frequent character comes before. */
function largestShare(counts: Float64Array, V: number, total: number): number {
  const rows = Array.from({ length: V }, (_, a) =>
    counts.subarray(a * V, (a + 1) * V).reduce((sum, n) => sum + n, 0),
  );
  return rows.reduce((a, b) => Math.max(a, b)) / total;
}
