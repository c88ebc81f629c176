import { checkFunction, objectWith, optional, whole } from "../check.js";
import { ShapeError } from "../errors.js";
import { Module } from "../nn/index.js";
import { crossEntropy, noGrad, type ReductionOptions, type Tensor } from "../tensor/index.js";
import { show } from "../tensor/shape.js";
import { reductionOf } from "../tensor/ops/loss.js";
import { checkTensor } from "../tensor/tensor.js";
import { checkTensors, checkVocabularySize } from "./check.js";

/** What becomes of the losses of a model's examples. */
export type LossOptions = ReductionOptions;

/**
 * What evaluation and sampling need of a model over a vocabulary of characters (or words). One that
 * is a `Module` too can be trained.
 */
export interface LanguageModel {
  /** how many previous characters it sees */
  readonly blockSize: number;
  /** V: how many tokens it knows */
  readonly vocabularySize: number;
  /** contexts int32 [n, blockSize] -> logits float32 [n, vocabularySize] */
  forward(contexts: Tensor): Tensor;
  /**
   * the cross-entropy of `forward` for int32 targets [n], in nats, where the model can compute it
   * in less memory; the same bits
   */
  loss?(contexts: Tensor, targets: Tensor, options?: LossOptions): Tensor;
  /** names of the parameters that weight decay leaves alone; none where left out */
  readonly undecayed?: readonly string[];
  /** what is saved of it, by name */
  stateDict(): Readonly<Record<string, Tensor>>;
}

/** @throws ValueError for what cannot be asked for predictions */
export const checkModel = objectWith<LanguageModel>({
  forward: checkFunction,
  loss: optional(checkFunction),
  blockSize: whole(1),
  vocabularySize: checkVocabularySize,
});

/** What is saved of a model, by name. @throws ValueError */
export function stateOf(what: string, model: LanguageModel): Readonly<Record<string, Tensor>> {
  objectWith<LanguageModel>({ stateDict: checkFunction })(what, model);
  return checkTensors(`${what}.stateDict()`, model.stateDict());
}

/** How many numbers a model has learned: those of its parameters, or of what was counted. */
export function countParameters(model: LanguageModel): number {
  const learned =
    model instanceof Module
      ? model.parameters()
      : Object.values(stateOf("countParameters: model", model));
  return learned.reduce((n, p) => n + p.numel, 0);
}

/**
 * Runs `body` as predictions are asked for: without the tape, and with the model, if it is a
 * `Module`, in evaluation (`eval()`) meanwhile.
 */
export function predicting<T>(model: LanguageModel, body: () => T): T {
  const inTraining = model instanceof Module ? model.modules().filter((m) => m.training) : [];
  for (const module of inTraining) module.training = false;
  try {
    return noGrad(body);
  } finally {
    for (const module of inTraining) module.training = true;
  }
}

/** The last tokens of contexts [n, blockSize] or wider, as many as the model looks back. */
export function seenBy({ blockSize }: LanguageModel, contexts: Tensor): Tensor {
  const { shape } = checkTensor("contexts", contexts);
  return shape.length === 2 && shape[1] > blockSize
    ? contexts.slice(1, shape[1] - blockSize)
    : contexts;
}

/**
 * What a model, whoever wrote it, predicts for contexts [n, blockSize].
 * @throws ValueError, ShapeError where that is not [n, vocabularySize]
 */
export function logitsOf(model: LanguageModel, contexts: Tensor): Tensor {
  const logits = checkTensor("the model's forward", model.forward(contexts));
  const [n, V] = [contexts.shape[0], model.vocabularySize];
  if (logits.rank === 2 && logits.shape[0] === n && logits.shape[1] === V) return logits;
  throw new ShapeError(
    "the model's forward",
    [logits.shape],
    `expected logits [${n}, ${V}], got ${show(logits.shape)}`,
  );
}

/**
 * Cross-entropy of a model's predictions in nats: contexts int32 [n, blockSize] or wider, targets
 * int32 [n].
 * @throws IndexError on a token or target out of range
 */
export function lossOf(
  model: LanguageModel,
  contexts: Tensor,
  targets: Tensor,
  options?: LossOptions,
): Tensor {
  checkModel("lossOf: model", model);
  const reduction = reductionOf("lossOf", options);
  const seen = seenBy(model, contexts);
  if (model.loss !== undefined)
    return checkTensor("the model's loss", model.loss(seen, targets, { reduction }));
  return crossEntropy(logitsOf(model, seen), targets, { reduction });
}
