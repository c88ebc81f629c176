/**
 * The lecture before this one: the next character from the one before it, counted or learned. What
 * an MLP must beat.
 */
import { checkAtLeast0 } from "../check.js";
import type { Batch } from "../data/examples/batches.js";
import { datasetOf } from "../data/examples/dataset.js";
import { DataError, ValueError } from "../errors.js";
import { Module } from "../nn/index.js";
import type { Generator } from "../random/index.js";
import { checkGenerator } from "../random/generator.js";
import { embedding, randn, type Tensor, tensor } from "../tensor/index.js";
import {
  checkContexts,
  checkMatrix,
  checkSizes,
  checkTokenIds,
  checkVocabularySize,
  learned,
} from "./check.js";
import { trainedFamily } from "./family.js";
import type { LanguageModel } from "./model.js";

/**
 * A table of logits, W [V, V]: row a says what follows character a. One-hot x W is the row W[ix],
 * so it is the lecture's linear layer too. Contexts may have any width; their last character
 * counts.
 */
export class Bigram extends Module implements LanguageModel {
  /** It looks back one character. */
  readonly blockSize = 1;
  /** V: how many tokens it knows */
  readonly vocabularySize: number;
  /** float32 [V, V] */
  readonly W: Tensor;

  /** From a table of logits W [V, V], which will require gradients. */
  constructor(W: Tensor) {
    super();
    const [V] = checkMatrix("Bigram: W", W).shape;
    ({ W: this.W } = learned("Bigram", { W }, { W: [V, V] }));
    this.vocabularySize = V;
  }

  /**
   * Standard normal, as in the lecture.
   * @throws ValueError for a vocabulary of more than 8192 tokens
   */
  static create(vocabularySize: number, generator: Generator): Bigram {
    checkVocabularySize("Bigram.create: vocabularySize", vocabularySize);
    if (vocabularySize > LARGEST_TABLE)
      throw new ValueError(
        `bigram: expected at most ${LARGEST_TABLE} tokens for a table of V x V, got ` +
          `${vocabularySize}: know fewer, or count n-grams (model kneser-ney)`,
      );
    checkGenerator("Bigram.create: generator", generator);
    return new Bigram(randn([vocabularySize, vocabularySize], { generator }));
  }

  /** contexts int32 [n, any] -> logits float32 [n, V]: the rows of W of the last characters */
  forward(contexts: Tensor): Tensor {
    checkContexts("Bigram: contexts", contexts, 1, true);
    return embedding(contexts.select(1, -1), this.W);
  }
}

/**
 * 256 MB of table, and as much for each of its gradient, an optimizer's averages, and what a
 * training that diverged goes back to.
 */
export const LARGEST_TABLE = 8192;

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
  checkAtLeast0("countBigram: smoothing", smoothing);
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

export const bigramFamily = trainedFamily({
  name: "bigram",
  description: "a table of V x V",
  settings: {},
  blockSize: () => 1,
  create: (_, { vocabularySize }, generator) => Bigram.create(vocabularySize, generator),
  restore: (saved, _, { size }) => new Bigram(saved.parameters({ W: [size, size] }).W),
});
