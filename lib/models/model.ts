import { crossEntropy, type Reduction, type Tensor } from "../tensor/index.js";

/** How a model's loss is computed. */
export interface LossOptions {
  /** of the hidden layer, in training with dropout */
  mask?: Tensor;
  /** mean (default), sum or none, over the examples */
  reduction?: Reduction;
}

/** What evaluation, sampling and the trainer need of a model over a vocabulary of characters (or words). */
export interface LanguageModel {
  /** how many previous characters it sees */
  readonly blockSize: number;
  /** V: how many tokens it knows */
  readonly vocabularySize: number;
  /** width of the layer that dropout masks; undefined for a model that has none */
  readonly hidden?: number;
  /** contexts int32 [n, blockSize] -> logits float32 [n, vocabularySize]; in training, the hidden layer times `mask` [n, hidden] */
  forward(contexts: Tensor, mask?: Tensor): Tensor;
  /** the cross-entropy of `forward` for int32 targets [n], in nats, where the model can compute it in less memory; the same bits */
  loss?(contexts: Tensor, targets: Tensor, options?: LossOptions): Tensor;
  /** names of the parameters that weight decay leaves alone; none where left out */
  readonly undecayed?: readonly string[];
  /** by the names under which they are saved; insertion order is the order of initialisation */
  readonly parameters: Readonly<Record<string, Tensor>>;
}

/** How many numbers the parameters hold. */
export function countParameters(model: LanguageModel): number {
  return Object.values(model.parameters).reduce((n, p) => n + p.numel, 0);
}

/** The last tokens of contexts [n, blockSize] or wider, as many as the model looks back. */
export const seenBy = ({ blockSize }: LanguageModel, contexts: Tensor): Tensor =>
  contexts.shape[1] > blockSize ? contexts.slice(1, contexts.shape[1] - blockSize) : contexts;

/** Cross-entropy of a model's predictions in nats: contexts int32 [n, blockSize] or wider, targets int32 [n]. @throws IndexError on a token or target out of range */
export function lossOf(model: LanguageModel, contexts: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
  const seen = seenBy(model, contexts);
  return model.loss?.(seen, targets, options) ?? crossEntropy(model.forward(seen, options.mask), targets, options);
}
