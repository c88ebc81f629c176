/** Two models as one: P = w P1 + (1 - w) P2. */
import { type Batch, blocks } from "../data/batches.js";
import { ValueError } from "../errors.js";
import { softmax, type Tensor, tensor } from "../tensor/index.js";
import { type LanguageModel, lossOf, type LossOptions, seenBy } from "./model.js";
import { NgramCounts } from "./ngram/counts.js";
import { frequencyBin } from "./ngram/deleted-interpolation.js";
import { reduced } from "./ngram/probability-model.js";

/** EM ends where no weight moves by more than this. */
const STILL = 1e-6;
const MOST_ITERATIONS = 1000;

/** Words of a context whose frequency chooses its weight, as for the trigram. */
const FREQUENCY_WORDS = 2;

/** Which weight a context has: a number per example. */
type Bins = (contexts: Tensor) => Int32Array;

/** Two models as one, P = w P1 + (1 - w) P2; w is one number, or one per frequency of the context, as the paper has them. */
export class Mixture implements LanguageModel {
  /** that of the model that looks back further; at least the two words that weights by frequency look at */
  readonly blockSize: number;
  /** V: how many tokens it knows */
  readonly vocabularySize: number;
  /** weights float32 [bins]: of the first model */
  readonly parameters: Readonly<Record<string, Tensor>>;

  /** @param weights of the first model, 0 to 1, by bin; a single one needs no `bins`. @throws ValueError for other weights and for two vocabularies */
  constructor(
    /** the two models, over one vocabulary */
    readonly models: readonly [LanguageModel, LanguageModel],
    /** of the first model, 0 to 1, by bin */
    readonly weights: readonly number[],
    private readonly bins?: Bins,
  ) {
    const [a, b] = models;
    if (a.vocabularySize !== b.vocabularySize) throw new ValueError(`Mixture: expected models of one vocabulary, got ${a.vocabularySize} and ${b.vocabularySize} tokens`);
    if (!weights.every((w) => w >= 0 && w <= 1)) throw new ValueError(`Mixture: expected weights from 0 to 1, got ${weights.join(", ")}`);
    this.blockSize = Math.max(a.blockSize, b.blockSize, bins === undefined ? 1 : FREQUENCY_WORDS);
    this.vocabularySize = a.vocabularySize;
    this.parameters = { weights: tensor([...weights]) };
  }

  /** The weights that make `examples` most likely (EM): one, or with `train` one for each frequency of the last two words there, as the paper's (c). */
  static fit(models: readonly [LanguageModel, LanguageModel], examples: Batch, train?: Batch): Mixture {
    const counts = train && NgramCounts.of(train, FREQUENCY_WORDS + 1, models[0].vocabularySize);
    const bins = counts && frequencyBins(counts, train.Y.numel);
    const bin = bins?.(examples.X);
    const most = bin?.reduce((m, b) => Math.max(m, b), 0) ?? 0;
    let weights = new Array<number>(most + 1).fill(0.5);
    const [p, q] = models.map((m) => likelihoods(m, examples));
    for (let i = 0, moved = 1; i < MOST_ITERATIONS && moved > STILL; i++) {
      const [share, count] = [weights.map(() => 0), weights.map(() => 0)];
      for (let t = 0; t < p.length; t++) {
        const b = bin?.[t] ?? 0;
        const both = weights[b] * p[t] + (1 - weights[b]) * q[t];
        share[b] += both > 0 ? (weights[b] * p[t]) / both : weights[b]; // what both find impossible speaks for neither
        count[b]++;
      }
      const next = weights.map((w, b) => (count[b] > 0 ? share[b] / count[b] : w));
      moved = next.reduce((most, w, b) => Math.max(most, Math.abs(w - weights[b])), 0);
      weights = next;
    }
    return new Mixture(models, weights, bins);
  }

  private weightsOf(contexts: Tensor): (i: number) => number {
    const bin = this.bins?.(contexts);
    const last = this.weights.length - 1;
    return (i) => this.weights[bin === undefined ? 0 : Math.min(bin[i], last)];
  }

  /** contexts int32 [n, blockSize] or wider -> logarithms of probabilities float32 [n, V] */
  forward(contexts: Tensor): Tensor {
    const weight = this.weightsOf(contexts);
    const [p, q] = this.models.map((m) => softmax(m.forward(seenBy(m, contexts)), 1).toTypedArray());
    const V = this.vocabularySize;
    const logits = Float32Array.from(p, (x, at) => Math.log(weight(Math.floor(at / V)) * x + (1 - weight(Math.floor(at / V))) * q[at]));
    return tensor(logits, { shape: [contexts.shape[0], V] });
  }

  /** Mean of -log P(target) in nats, computed from the losses of both models. */
  loss(contexts: Tensor, targets: Tensor, { reduction = "mean" }: LossOptions = {}): Tensor {
    const weight = this.weightsOf(contexts);
    const [p, q] = this.models.map((m) => losses(m, contexts, targets));
    const mixed = Float32Array.from(p, (x, i) => -Math.log(weight(i) * Math.exp(-x) + (1 - weight(i)) * Math.exp(-q[i])));
    return reduced(mixed, reduction);
  }
}

const losses = (model: LanguageModel, contexts: Tensor, targets: Tensor) =>
  lossOf(model, contexts, targets, { reduction: "none" }).toTypedArray();

function likelihoods(model: LanguageModel, examples: Batch): Float64Array {
  const out = new Float64Array(examples.Y.numel);
  let at = 0;
  for (const { X, Y } of blocks(examples, 4096)) {
    out.set(Float64Array.from(losses(model, X, Y), (loss) => Math.exp(-loss)), at); // in float32 a loss of 104 would be a probability of 0
    at += Y.numel;
  }
  return out;
}

function frequencyBins(counts: NgramCounts, corpus: number): Bins {
  const total = counts.totals();
  return (contexts) => {
    const words = contexts.toTypedArray();
    const [n, width] = contexts.shape;
    return Int32Array.from({ length: n }, (_, i) => {
      const node = counts.context(words, (i + 1) * width, FREQUENCY_WORDS);
      return frequencyBin(node < 0 ? 0 : total[node], corpus);
    });
  };
}
