/** The lecture's network: Bengio et al. (2003) over characters, without direct connections. */
import { calculateGain, type Generator } from "../random/index.js";
import { crossEntropy, linear, linearCrossEntropy, randn, type Tensor, zeros } from "../tensor/index.js";
import type { LanguageModel, LossOptions } from "./model.js";

/** The sizes of the lecture's network. */
export interface MLPShape {
  /** V: characters it knows, the boundary included */
  vocabularySize: number;
  /** characters of context */
  blockSize: number;
  /** numbers per character in C */
  embedding: number;
  /** tanh units */
  hidden: number;
}

/** From this vocabulary on logits are computed in tiles, twice, instead of being stored: [256, 1024] of them fill a cache of 1 MiB. */
const TILED = 1024;

/**
 * `normal`: everything standard normal, as in the lecture. `kaiming`: W1 scaled so that its outputs suit tanh (5/3 / sqrt(blockSize * E)), and zeros
 * for the biases and W2, so that training starts at the loss of guessing, log(V), and no step is spent on squashing wild logits.
 */
export type Init = "normal" | "kaiming";

/** The lecture's parameters: C [V, E], W1 [blockSize * E, H], b1 [H], W2 [H, V], b2 [V]. */
export type MLPParameters = Record<"C" | "W1" | "b1" | "W2" | "b2", Tensor>;

/** The lecture's network: logits = tanh(C[X] W1 + b1) W2 + b2, with C[X] the embeddings of the context side by side. 11,897 numbers by default. */
export class MLP implements LanguageModel {
  /** characters (words) of context that the model sees */
  readonly blockSize: number;
  /** V: how many tokens it knows */
  readonly vocabularySize: number;
  /** H: tanh units */
  readonly hidden: number;
  /** C [V, E], W1 [blockSize * E, H], b1 [H], W2 [H, V], b2 [V]; float32 */
  readonly parameters: Readonly<MLPParameters>;

  /** From parameters, which will require gradients. `MLP.create` draws fresh ones. */
  constructor(parameters: MLPParameters) {
    const { C, W1, W2 } = parameters;
    for (const p of Object.values(parameters)) p.requiresGrad = true;
    this.parameters = parameters;
    [this.hidden, this.vocabularySize] = W2.shape;
    this.blockSize = W1.shape[0] / C.shape[1];
  }

  /** Parameters are drawn in the order C, W1, b1, W2, b2 as in the lecture; those that start at 0 are not drawn. */
  static create({ vocabularySize: V, blockSize, embedding: E, hidden: H }: MLPShape, generator: Generator, init: Init = "normal"): MLP {
    const normal = (...shape: number[]) => randn(shape, { generator });
    if (init === "kaiming") {
      const C = normal(V, E);
      const W1 = normal(blockSize * E, H).mul(calculateGain("tanh") / Math.sqrt(blockSize * E));
      return new MLP({ C, W1, b1: zeros([H]), W2: zeros([H, V]), b2: zeros([V]) });
    }
    return new MLP({ C: normal(V, E), W1: normal(blockSize * E, H), b1: normal(H), W2: normal(H, V), b2: normal(V) });
  }

  /** contexts int32 [n, blockSize] -> logits float32 [n, V]; the hidden layer times `mask` [n, H] in training with dropout */
  forward(contexts: Tensor, mask?: Tensor): Tensor {
    const { W2, b2 } = this.parameters;
    return linear(this.hiddenLayer(contexts, mask), W2, b2); // [n, V]
  }

  /** Mean cross-entropy in nats for int32 targets [n]; large vocabularies in tiles, to the same bits. */
  loss(contexts: Tensor, targets: Tensor, { mask, reduction }: LossOptions = {}): Tensor {
    const { W2, b2 } = this.parameters;
    if (this.vocabularySize < TILED) return crossEntropy(this.forward(contexts, mask), targets, { reduction });
    return linearCrossEntropy(this.hiddenLayer(contexts, mask), W2, b2, targets, { reduction });
  }

  /** contexts -> [n, H] */
  private hiddenLayer(contexts: Tensor, mask?: Tensor): Tensor {
    const { C, W1, b1 } = this.parameters;
    const emb = C.index(contexts); // [n, blockSize, E]
    const h = linear(emb.view([-1, W1.shape[0]]), W1, b1, "tanh");
    return mask === undefined ? h : h.mul(mask);
  }
}
