/** The lecture's network: Bengio et al. (2003) over characters, without direct connections. */
import { checkInstance, checkObject, checkWhole, refuse } from "../check.js";
import { calculateGain, Generator } from "../random/index.js";
import {
  crossEntropy,
  linear,
  linearCrossEntropy,
  randn,
  type Tensor,
  zeros,
} from "../tensor/index.js";
import {
  checkContexts,
  checkMask,
  checkMatrix,
  checkSizes,
  checkTensors,
  checkVocabularySize,
  trainable,
} from "./check.js";
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

/**
 * From this vocabulary on logits are computed in tiles, twice, instead of being stored: [256, 1024]
 * of them fill a cache of 1 MiB.
 */
const TILED = 1024;

/**
 * `normal`: everything standard normal, as in the lecture. `kaiming`: W1 scaled so that its outputs
 * suit tanh (5/3 / sqrt(blockSize * E)), and zeros for the biases and W2, so that training starts
 * at the loss of guessing, log(V), and no step is spent on squashing wild logits.
 */
export type Init = "normal" | "kaiming";

/** The lecture's parameters: C [V, E], W1 [blockSize * E, H], b1 [H], W2 [H, V], b2 [V]. */
export type MLPParameters = Record<"C" | "W1" | "b1" | "W2" | "b2", Tensor>;

/**
 * The lecture's network: logits = tanh(C[X] W1 + b1) W2 + b2, with C[X] the embeddings of the
 * context side by side. 11,897 numbers by default.
 */
export class MLP implements LanguageModel {
  /** characters (words) of context that the model sees */
  readonly blockSize: number;
  /** V: how many tokens it knows */
  readonly vocabularySize: number;
  /** H: tanh units */
  readonly hidden: number;
  /** C [V, E], W1 [blockSize * E, H], b1 [H], W2 [H, V], b2 [V]; float32 */
  readonly parameters: Readonly<MLPParameters>;

  /**
   * From parameters, which will require gradients. `MLP.create` draws fresh ones.
   * @throws ShapeError where they do not fit each other
   */
  constructor(parameters: MLPParameters) {
    this.parameters = checkTensors("MLP: parameters", parameters);
    const [V, E] = checkMatrix("MLP: parameters.C", this.parameters.C).shape;
    const [inputs, H] = checkMatrix("MLP: parameters.W1", this.parameters.W1).shape;
    this.hidden = H;
    this.vocabularySize = V;
    this.blockSize = Math.max(1, Math.floor(inputs / E));
    trainable(
      "MLP: parameters",
      this.parameters,
      MLP.shapes({ vocabularySize: V, blockSize: this.blockSize, embedding: E, hidden: H }),
    );
  }

  /** The parameters' shapes, by name, in the order of initialisation. */
  static shapes(shape: MLPShape): Record<keyof MLPParameters, number[]> {
    const {
      vocabularySize: V,
      blockSize,
      embedding: E,
      hidden: H,
    } = checkObject("MLP: shape", shape);
    checkVocabularySize("MLP: vocabularySize", V);
    checkWhole("MLP: blockSize", blockSize, 1);
    checkWhole("MLP: embedding", E, 1);
    checkWhole("MLP: hidden", H, 1);
    const shapes = { C: [V, E], W1: [blockSize * E, H], b1: [H], W2: [H, V], b2: [V] };
    checkSizes("MLP: shape", shapes);
    return shapes;
  }

  /**
   * Parameters are drawn in the order C, W1, b1, W2, b2 as in the lecture; those that start at 0
   * are not drawn.
   */
  static create(shape: MLPShape, generator: Generator, init: Init = "normal"): MLP {
    const shapes = MLP.shapes(shape);
    checkInstance("MLP.create: generator", generator, Generator, "a Generator");
    if (init !== "normal" && init !== "kaiming")
      refuse("MLP.create: init", "normal or kaiming", init);
    const normal = (name: keyof MLPParameters) => randn(shapes[name], { generator });
    if (init === "kaiming") {
      const C = normal("C");
      const W1 = normal("W1").mul(calculateGain("tanh") / Math.sqrt(shapes.W1[0]));
      return new MLP({ C, W1, b1: zeros(shapes.b1), W2: zeros(shapes.W2), b2: zeros(shapes.b2) });
    }
    return new MLP({
      C: normal("C"),
      W1: normal("W1"),
      b1: normal("b1"),
      W2: normal("W2"),
      b2: normal("b2"),
    });
  }

  /**
   * contexts int32 [n, blockSize] -> logits float32 [n, V]; the hidden layer times `mask` [n, H] in
   * training with dropout
   */
  forward(contexts: Tensor, mask?: Tensor): Tensor {
    const { W2, b2 } = this.parameters;
    return linear(this.hiddenLayer(contexts, mask), W2, b2); // [n, V]
  }

  /**
   * Mean cross-entropy in nats for int32 targets [n]; large vocabularies in tiles, to the same
   * bits.
   */
  loss(contexts: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
    const { mask, reduction } = checkObject("MLP.loss: options", options);
    const { W2, b2 } = this.parameters;
    if (this.vocabularySize < TILED)
      return crossEntropy(this.forward(contexts, mask), targets, { reduction });
    return linearCrossEntropy(this.hiddenLayer(contexts, mask), W2, b2, targets, { reduction });
  }

  /** contexts -> [n, H] */
  private hiddenLayer(contexts: Tensor, mask?: Tensor): Tensor {
    const { C, W1, b1 } = this.parameters;
    checkContexts("MLP: contexts", contexts, this.blockSize);
    checkMask("MLP: mask", mask, contexts.shape[0], this.hidden);
    const emb = C.index(contexts); // [n, blockSize, E]
    const h = linear(emb.view([-1, W1.shape[0]]), W1, b1, "tanh");
    return mask === undefined ? h : h.mul(mask);
  }
}
