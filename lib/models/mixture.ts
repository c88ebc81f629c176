/** Two models as one: P = w P1 + (1 - w) P2. */
import { checkArguments, checkFunction, checkTyped, listOf, optional, refuse } from "../check.js";
import type { Batch } from "../data/examples/batches.js";
import { type Dataset, datasetOf } from "../data/examples/dataset.js";
import { DataError, ValueError } from "../errors.js";
import { softmax, type Tensor, tensor } from "../tensor/index.js";
import { reductionOf } from "../tensor/ops/loss.js";
import { checkContexts, checkTargets } from "./check.js";
import {
  checkModel,
  type LanguageModel,
  logitsOf,
  lossOf,
  type LossOptions,
  predicting,
  seenBy,
} from "./model.js";
import { NgramCounts, treeOf } from "./ngram/counts.js";
import { frequencyBin } from "./ngram/deleted-interpolation.js";
import { reduced } from "./ngram/probability-model.js";

/** EM ends where no weight moves by more than this. */
const STILL = 1e-6;
const MOST_ITERATIONS = 1000;

/**
 * Which weight a context has: a number per example, from contexts of at least `blockSize` words.
 */
type Bins = ((contexts: Tensor) => Int32Array) & { readonly blockSize?: number };

const checkModels = listOf(checkModel);

/** Two models over one vocabulary. */
function checkPair(what: string, models: readonly [LanguageModel, LanguageModel]): void {
  checkModels(what, models);
  const [a, b, ...more]: readonly LanguageModel[] = models;
  if (b === undefined || more.length > 0)
    throw new ValueError(`${what}: expected two, got ${models.length}`);
  if (a.vocabularySize !== b.vocabularySize)
    throw new ValueError(
      `${what}: expected models of one vocabulary, got ${a.vocabularySize} and ` +
        `${b.vocabularySize} tokens`,
    );
}

const checkWeight = (what: string, w: number): unknown =>
  (typeof w === "number" && w >= 0 && w <= 1) || refuse(what, "a number from 0 to 1", w);

const KINDS = {
  models: checkPair,
  weights: listOf(checkWeight),
  bins: optional(checkFunction<Bins>),
};

/**
 * Two models as one, P = w P1 + (1 - w) P2; w is one number, or one per frequency of the context,
 * as the paper has them.
 */
export class Mixture implements LanguageModel {
  /** the two models, over one vocabulary */
  readonly models: readonly [LanguageModel, LanguageModel];
  /** of the first model, 0 to 1, by bin */
  readonly weights: readonly number[];
  /** that of the model that looks back further */
  readonly blockSize: number;
  /** V: how many tokens it knows */
  readonly vocabularySize: number;

  /**
   * @param weights of the first model, 0 to 1, by bin; a single one needs no `bins`.
   * @throws ValueError for other weights and for two vocabularies
   */
  constructor(
    models: readonly [LanguageModel, LanguageModel],
    weights: readonly number[],
    private readonly bins?: Bins,
  ) {
    checkArguments("Mixture", { models, weights, bins }, KINDS);
    const [a, b] = models;
    this.models = Object.freeze([a, b] as const);
    this.weights = Object.freeze([...weights]);
    if (weights.length === 0)
      throw new ValueError("Mixture: weights: expected at least one, got none");
    if (bins === undefined && weights.length > 1)
      throw new ValueError(
        `Mixture: bins: expected a function that chooses one of ${weights.length} ` +
          "weights, got none",
      );
    this.blockSize = Math.max(a.blockSize, b.blockSize, bins?.blockSize ?? 1);
    this.vocabularySize = a.vocabularySize;
  }

  /**
   * The weights that make `examples` most likely (EM): one, or with `train` one for each frequency
   * of the last two words there, as the paper's (c).
   * @throws DataError without examples
   */
  static fit(
    models: readonly [LanguageModel, LanguageModel],
    examples: Batch,
    train?: Batch,
  ): Mixture {
    checkArguments("Mixture.fit", { models }, { models: checkPair });
    const dataset = datasetOf("Mixture.fit: examples", examples);
    if (dataset.count === 0)
      throw new DataError("Mixture.fit", "expected at least one example, got none");
    const V = models[0].vocabularySize;
    const bins = train === undefined ? undefined : frequencyBins(train, V);
    if (bins) checkContexts("Mixture.fit: examples", dataset.X, bins.blockSize, true);
    const bin = bins?.(dataset.X);
    const most = bin?.reduce((m, b) => Math.max(m, b), 0) ?? 0;
    let weights = new Array<number>(most + 1).fill(0.5);
    const [p, q] = models.map((m) => likelihoods(m, dataset));
    for (let i = 0, moved = 1; i < MOST_ITERATIONS && moved > STILL; i++) {
      const [share, count] = [weights.map(() => 0), weights.map(() => 0)];
      for (let t = 0; t < p.length; t++) {
        const b = bin?.[t] ?? 0;
        const all = weights[b] * p[t] + (1 - weights[b]) * q[t];
        // Impossible to both, it says nothing.
        share[b] += all > 0 ? (weights[b] * p[t]) / all : weights[b];
        count[b]++;
      }
      const next = weights.map((w, b) => (count[b] > 0 ? share[b] / count[b] : w));
      moved = next.reduce((most, w, b) => Math.max(most, Math.abs(w - weights[b])), 0);
      weights = next;
    }
    return new Mixture(models, weights, bins);
  }

  /** weights float32 [bins]: of the first model */
  stateDict(): Record<"weights", Tensor> {
    return { weights: tensor([...this.weights]) };
  }

  private weightsOf(contexts: Tensor): (i: number) => number {
    checkContexts("Mixture: contexts", contexts, this.blockSize, true);
    const bin = this.bins?.(contexts);
    if (bin !== undefined) {
      checkTyped("Mixture: what bins returned", bin, "Int32Array");
      if (bin.length !== contexts.shape[0] || bin.some((b) => b < 0))
        throw new ValueError("Mixture: bins: expected a number of 0 or more for each context");
    }
    const last = this.weights.length - 1;
    return (i) => this.weights[bin === undefined ? 0 : Math.min(bin[i], last)];
  }

  /** contexts int32 [n, blockSize] or wider -> logarithms of probabilities float32 [n, V] */
  forward(contexts: Tensor): Tensor {
    const weight = this.weightsOf(contexts);
    const [p, q] = this.models.map((m) =>
      predicting(m, () => softmax(logitsOf(m, seenBy(m, contexts)), 1).toTypedArray()),
    );
    const V = this.vocabularySize;
    const logits = Float32Array.from(p, (x, at) =>
      Math.log(weight(Math.floor(at / V)) * x + (1 - weight(Math.floor(at / V))) * q[at]),
    );
    return tensor(logits, { shape: [contexts.shape[0], V] });
  }

  /** Mean of -log P(target) in nats, computed from the losses of both models. */
  loss(contexts: Tensor, targets: Tensor, options?: LossOptions): Tensor {
    const reduction = reductionOf("Mixture.loss", options);
    const weight = this.weightsOf(contexts);
    checkTargets("Mixture.loss: targets", targets, contexts.shape[0]);
    const [p, q] = this.models.map((m) => losses(m, contexts, targets));
    const mixed = Float32Array.from(
      p,
      (x, i) => -Math.log(weight(i) * Math.exp(-x) + (1 - weight(i)) * Math.exp(-q[i])),
    );
    return reduced(mixed, reduction);
  }
}

const losses = (model: LanguageModel, contexts: Tensor, targets: Tensor) =>
  predicting(model, () => lossOf(model, contexts, targets, { reduction: "none" }).toTypedArray());

function likelihoods(model: LanguageModel, examples: Dataset): Float64Array {
  const out = new Float64Array(examples.count);
  let at = 0;
  for (const { X, Y } of examples.blocks(4096)) {
    out.set(
      Float64Array.from(losses(model, X, Y), (loss) => Math.exp(-loss)),
      at,
    ); // in float32 a loss of 104 would be a probability of 0
    at += Y.numel;
  }
  return out;
}

/** By how often the last two words of a context were seen in `train`. */
function frequencyBins(train: Batch, vocabularySize: number): Bins & { blockSize: number } {
  const tree = treeOf(NgramCounts.of(train, 3, vocabularySize));
  const total = tree.totals();
  const BACK = 2;
  const bins = (contexts: Tensor) => {
    const words = contexts.toTypedArray();
    const [n, width] = contexts.shape;
    return Int32Array.from({ length: n }, (_, i) => {
      const node = tree.context(words, (i + 1) * width, BACK);
      return frequencyBin(node < 0 ? 0 : total[node], total[0]);
    });
  };
  return Object.assign(bins, { blockSize: BACK });
}
