import type { Tensor } from "../tensor/index.js";

/** What evaluation, sampling and the trainer need of a model over a vocabulary of characters (or words). */
export interface LanguageModel {
  /** how many previous characters it sees */
  readonly blockSize: number;
  readonly vocabularySize: number;
  /** width of the layer that dropout masks; undefined for a model that has none */
  readonly hidden?: number;
  /** contexts int32 [n, blockSize] -> logits float32 [n, vocabularySize]; in training, the hidden layer times `mask` [n, hidden] */
  forward(contexts: Tensor, mask?: Tensor): Tensor;
  /** by the names under which they are saved; insertion order is the order of initialisation */
  readonly parameters: Readonly<Record<string, Tensor>>;
}

/** Number of trained numbers. */
export function countParameters(model: LanguageModel): number {
  return Object.values(model.parameters).reduce((n, p) => n + p.numel, 0);
}
