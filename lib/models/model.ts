import type { Tensor } from "../tensor/index.js";

/** What evaluation, sampling and the trainer need of a model over a vocabulary of characters (or words). */
export interface LanguageModel {
  /** how many previous characters it sees */
  readonly blockSize: number;
  readonly vocabularySize: number;
  /** contexts int32 [n, blockSize] -> logits float32 [n, vocabularySize] */
  forward(contexts: Tensor): Tensor;
  /** by the names under which they are saved; insertion order is the order of initialisation */
  readonly parameters: Readonly<Record<string, Tensor>>;
}

/** Number of trained numbers. */
export function countParameters(model: LanguageModel): number {
  return Object.values(model.parameters).reduce((n, p) => n + p.numel, 0);
}
