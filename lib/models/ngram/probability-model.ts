/** What models have in common that compute probabilities rather than logits. */
import { type Reduction, type Tensor, tensor } from "../../tensor/index.js";
import { reductionOf } from "../../tensor/ops/loss.js";
import { checkContexts, checkTargets, checkTokenIds } from "../check.js";
import type { LanguageModel, LossOptions } from "../model.js";

/** Losses of examples as a tensor, their sum or their mean (added in double). */
export function reduced(losses: Float32Array, reduction: Reduction): Tensor {
  if (reduction === "none") return tensor(losses);
  const sum = losses.reduce((total, loss) => total + loss, 0);
  return tensor(reduction === "sum" ? sum : sum / losses.length);
}

/**
 * A model that computes probabilities rather than logits: softmax of their logarithms gives them
 * back.
 */
export abstract class ProbabilityModel implements LanguageModel {
  /** characters (words) of context that the model sees */
  abstract readonly blockSize: number;
  /** V: how many tokens it knows */
  abstract readonly vocabularySize: number;
  /** what a run folder keeps of it */
  abstract stateDict(): Readonly<Record<string, Tensor>>;

  /** P(word | the `blockSize` words of `contexts` before position `end`) */
  protected abstract probability(contexts: Int32Array, end: number, word: number): number;
  /** The same for every word. */
  protected abstract distribution(contexts: Int32Array, end: number, out: Float64Array): void;

  /**
   * Logarithms of probabilities [n, V]; of contexts wider than the model's only the last words
   * count.
   * @throws IndexError on a token out of range
   */
  forward(contexts: Tensor): Tensor {
    const words = this.wordsOf("contexts", contexts);
    const [n, width] = contexts.shape;
    const V = this.vocabularySize;
    const logits = new Float32Array(n * V);
    const row = new Float64Array(V);
    for (let i = 0; i < n; i++) {
      this.distribution(words, (i + 1) * width, row);
      for (let w = 0; w < V; w++) logits[i * V + w] = Math.log(row[w]);
    }
    return tensor(logits, { shape: [n, V] });
  }

  /**
   * Mean of -log P(target) in nats: contexts int32 [n, blockSize] or wider, targets int32 [n].
   * @throws IndexError on a token or target out of range
   */
  loss(contexts: Tensor, targets: Tensor, options?: LossOptions): Tensor {
    const reduction = reductionOf("loss", options);
    const [words, ids] = this.numbersOf("loss", contexts, targets);
    const [n, width] = contexts.shape;
    const losses = new Float32Array(n);
    for (let i = 0; i < n; i++)
      losses[i] = -Math.log(this.probability(words, (i + 1) * width, ids[i]));
    return reduced(losses, reduction);
  }

  /** @throws ShapeError, IndexError for what are no examples */
  protected numbersOf(what: string, contexts: Tensor, targets: Tensor): [Int32Array, Int32Array] {
    const words = this.wordsOf(`${what}: contexts`, contexts);
    checkTargets(`${what}: targets`, targets, contexts.shape[0]);
    const ids = targets.toTypedArray() as Int32Array;
    checkTokenIds(`${what}: targets`, ids, this.vocabularySize);
    return [words, ids];
  }

  private wordsOf(what: string, contexts: Tensor): Int32Array {
    checkContexts(what, contexts, this.blockSize, true);
    const words = contexts.toTypedArray() as Int32Array;
    checkTokenIds(what, words, this.vocabularySize, {
      width: contexts.shape[1],
      seen: this.blockSize,
    });
    return words;
  }
}
