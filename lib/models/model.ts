import { checkFunction, checkObject, checkWhole } from "../check.js";
import { ShapeError } from "../errors.js";
import { crossEntropy, type Reduction, type Tensor } from "../tensor/index.js";
import { show } from "../tensor/shape.js";
import { checkTensor } from "../tensor/tensor.js";
import { checkContexts, checkTargets, checkTensors, checkVocabularySize } from "./check.js";

/** How a model's loss is computed. */
export interface LossOptions {
  /** of the hidden layer, in training with dropout */
  mask?: Tensor;
  /** mean (default), sum or none, over the examples */
  reduction?: Reduction;
}

/**
 * What evaluation, sampling and the trainer need of a model over a vocabulary of characters (or
 * words).
 */
export interface LanguageModel {
  /** how many previous characters it sees */
  readonly blockSize: number;
  /** V: how many tokens it knows */
  readonly vocabularySize: number;
  /** width of the layer that dropout masks; undefined for a model that has none */
  readonly hidden?: number;
  /**
   * contexts int32 [n, blockSize] -> logits float32 [n, vocabularySize]; in training, the hidden
   * layer times `mask` [n, hidden]
   */
  forward(contexts: Tensor, mask?: Tensor): Tensor;
  /**
   * the cross-entropy of `forward` for int32 targets [n], in nats, where the model can compute it
   * in less memory; the same bits
   */
  loss?(contexts: Tensor, targets: Tensor, options?: LossOptions): Tensor;
  /** names of the parameters that weight decay leaves alone; none where left out */
  readonly undecayed?: readonly string[];
  /** by the names under which they are saved; insertion order is the order of initialisation */
  readonly parameters: Readonly<Record<string, Tensor>>;
}

/**
 * An object that can be asked for predictions. Its parameters are another question
 * (`parametersOf`): n-grams build theirs when they are asked.
 * @throws ValueError
 */
export function checkModel(what: string, value: LanguageModel): LanguageModel {
  const { forward, loss, blockSize, vocabularySize } = checkObject(what, value);
  checkFunction(`${what}.forward`, forward);
  if (loss !== undefined) checkFunction(`${what}.loss`, loss);
  checkWhole(`${what}.blockSize`, blockSize, 1);
  checkVocabularySize(`${what}.vocabularySize`, vocabularySize);
  return value;
}

/** A model's parameters by name, in a copy. @throws ValueError */
export const parametersOf = (
  what: string,
  model: LanguageModel,
): Readonly<Record<string, Tensor>> =>
  checkTensors(`${what}.parameters`, checkModel(what, model).parameters);

/** How many numbers the parameters hold. */
export function countParameters(model: LanguageModel): number {
  return Object.values(parametersOf("countParameters: model", model)).reduce(
    (n, p) => n + p.numel,
    0,
  );
}

/** The last tokens of contexts [n, blockSize] or wider, as many as the model looks back. */
export function seenBy({ blockSize }: LanguageModel, contexts: Tensor): Tensor {
  checkContexts("contexts", contexts, blockSize, true);
  return contexts.shape[1] > blockSize
    ? contexts.slice(1, contexts.shape[1] - blockSize)
    : contexts;
}

/**
 * What a model, whoever wrote it, predicts for contexts [n, blockSize].
 * @throws ValueError, ShapeError where that is not [n, vocabularySize]
 */
export function logitsOf(model: LanguageModel, contexts: Tensor, mask?: Tensor): Tensor {
  const logits = checkTensor("the model's forward", model.forward(contexts, mask));
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
  options: LossOptions = {},
): Tensor {
  checkModel("lossOf: model", model);
  const { mask, reduction } = checkObject("lossOf: options", options);
  const seen = seenBy(model, contexts);
  checkTargets("lossOf: targets", targets, seen.shape[0]);
  if (model.loss !== undefined)
    return checkTensor("the model's loss", model.loss(seen, targets, { mask, reduction }));
  return crossEntropy(logitsOf(model, seen, mask), targets, { reduction });
}
