import { checkInt32 } from "../../data/examples/batches.js";
import type { Tensor } from "../../tensor/index.js";
import { checkTokenIds, checkVocabularySize } from "../check.js";

/**
 * The logarithm of each token's share of the targets, with one more of each: a bias that predicts
 * unigrams.
 * @throws IndexError on a token out of range
 */
export function unigramBias(targets: Tensor, vocabularySize: number): Float32Array {
  checkVocabularySize("unigramBias: vocabularySize", vocabularySize);
  const tokens = checkInt32("unigramBias: targets", targets).toTypedArray();
  checkTokenIds("unigramBias", tokens, vocabularySize);
  const counts = new Float64Array(vocabularySize);
  for (const token of tokens) counts[token]++;
  return biasOfCounts(counts);
}

/** `unigramBias` of targets that were counted. */
export function biasOfCounts(counts: Float64Array): Float32Array {
  const total = counts.reduce((sum, count) => sum + count, counts.length);
  return Float32Array.from(counts, (count) => Math.log((count + 1) / total));
}
