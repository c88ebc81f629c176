/** The lecture's network: Bengio et al. (2003) over characters, without direct connections. */
import { checkArguments, checkObject, fieldsOf, oneOf } from "../check.js";
import { Dropout, Module } from "../nn/index.js";
import type { Generator } from "../random/index.js";
import { calculateGain } from "../random/index.js";
import { checkGenerator } from "../random/generator.js";
import {
  crossEntropy,
  embeddingLinear,
  linear,
  linearCrossEntropy,
  randn,
  type Tensor,
  zeros,
} from "../tensor/index.js";
import { choice, integer } from "../setting-kinds.js";
import { checkContexts, checkMatrix, checkSizes, learned, size } from "./check.js";
import { blockSize, dropoutOf, dropoutSettings, embeddingSize, trainedFamily } from "./family.js";
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

const checkShape = fieldsOf<MLPShape>({
  vocabularySize: size(1),
  blockSize: size(1),
  embedding: size(1),
  hidden: size(1),
});

/**
 * From this vocabulary size on, the loss computes logits in tiles (and again for the gradient)
 * instead of storing them: [256, 1024] of them fill a cache of 1 MiB.
 */
const TILED = 1024;

/**
 * `normal`: everything standard normal, as in the lecture. `kaiming`: W1 scaled so that its outputs
 * suit tanh (5/3 / sqrt(blockSize * E)), and zeros for the biases and W2, so that training starts
 * at the loss of guessing, log(V), and no step is spent on squashing wild logits.
 */
export type Init = "normal" | "kaiming";
const INIT = oneOf<Init>("normal", "kaiming");

/** The lecture's parameters: C [V, E], W1 [blockSize * E, H], b1 [H], W2 [H, V], b2 [V]. */
export type MLPParameters = Record<"C" | "W1" | "b1" | "W2" | "b2", Tensor>;

/**
 * The lecture's network: logits = tanh(C[X] W1 + b1) W2 + b2, with C[X] the embeddings of the
 * context side by side. 11,897 numbers by default.
 */
export class MLP extends Module implements LanguageModel {
  /** characters (words) of context that the model sees */
  readonly blockSize: number;
  /** V: how many tokens it knows */
  readonly vocabularySize: number;
  /** H: tanh units */
  readonly hidden: number;
  /** float32 [V, E], a row of features per token */
  readonly C: Tensor;
  /** float32 [blockSize * E, H] */
  readonly W1: Tensor;
  /** float32 [H] */
  readonly b1: Tensor;
  /** float32 [H, V] */
  readonly W2: Tensor;
  /** float32 [V] */
  readonly b2: Tensor;
  /** of the hidden layer; none in the lecture */
  dropout = new Dropout(0);

  /**
   * From parameters, which will require gradients. `MLP.create` draws fresh ones.
   * @throws ShapeError where they do not fit each other
   */
  constructor(parameters: MLPParameters) {
    super();
    const shape = shapeIn(parameters);
    const own = learned("MLP: parameters", parameters, MLP.shapes(shape));
    ({ C: this.C, W1: this.W1, b1: this.b1, W2: this.W2, b2: this.b2 } = own);
    this.blockSize = shape.blockSize;
    this.vocabularySize = shape.vocabularySize;
    this.hidden = shape.hidden;
  }

  /** contexts int32 [n, blockSize] -> logits float32 [n, V] */
  forward(contexts: Tensor): Tensor {
    return linear(this.hiddenLayer(contexts), this.W2, this.b2); // [n, V]
  }

  /**
   * Mean cross-entropy in nats for int32 targets [n]; large vocabularies in tiles, to the same
   * bits.
   */
  loss(contexts: Tensor, targets: Tensor, options?: LossOptions): Tensor {
    if (this.vocabularySize < TILED) return crossEntropy(this.forward(contexts), targets, options);
    return linearCrossEntropy(this.hiddenLayer(contexts), this.W2, this.b2, targets, options);
  }

  /** contexts -> [n, H] */
  private hiddenLayer(contexts: Tensor): Tensor {
    checkContexts("MLP: contexts", contexts, this.blockSize);
    return this.dropout.forward(embeddingLinear(contexts, this.C, this.W1, this.b1, "tanh"));
  }

  /** The parameters' shapes, by name, in the order of initialisation. */
  static shapes(shape: MLPShape): Record<keyof MLPParameters, number[]> {
    const {
      vocabularySize: V,
      blockSize,
      embedding: E,
      hidden: H,
    } = checkShape("MLP: shape", shape);
    return checkSizes("MLP: shape", {
      C: [V, E],
      W1: [blockSize * E, H],
      b1: [H],
      W2: [H, V],
      b2: [V],
    });
  }

  /**
   * Parameters are drawn in the order C, W1, b1, W2, b2 as in the lecture; those that start at 0
   * are not drawn.
   */
  static create(shape: MLPShape, generator: Generator, init: Init = "normal"): MLP {
    const shapes = MLP.shapes(shape);
    checkArguments("MLP.create", { generator, init }, { generator: checkGenerator, init: INIT });
    const normal = (name: keyof MLPParameters) => randn(shapes[name], { generator });
    const [C, W1] = [normal("C"), normal("W1")];
    if (init === "normal")
      return new MLP({ C, W1, b1: normal("b1"), W2: normal("W2"), b2: normal("b2") });
    return new MLP({
      C,
      W1: W1.mul(calculateGain("tanh") / Math.sqrt(shapes.W1[0])),
      b1: zeros(shapes.b1),
      W2: zeros(shapes.W2),
      b2: zeros(shapes.b2),
    });
  }
}

/** The sizes that C and W1 imply; the constructor checks the other parameters against them. */
function shapeIn(parameters: MLPParameters): MLPShape {
  const { C, W1 } = checkObject("MLP: parameters", parameters);
  const [V, E] = checkMatrix("MLP: parameters.C", C).shape;
  const [inputs, H] = checkMatrix("MLP: parameters.W1", W1).shape;
  const blockSize = Math.max(1, Math.floor(inputs / E));
  return { vocabularySize: V, blockSize, embedding: E, hidden: H };
}

export const mlpFamily = trainedFamily({
  name: "mlp",
  description: "the lecture's network",
  settings: {
    blockSize,
    embedding: embeddingSize,
    hidden: integer(1, 1_000_000).default(200).describe("units of the tanh layer"),
    init: choice("normal", "kaiming")
      .default("normal")
      .describe(
        "first parameters: standard normal, or W1 scaled for tanh and zeros for biases and W2",
      ),
    ...dropoutSettings,
  },
  blockSize: (settings) => settings.blockSize,
  create(settings, { vocabularySize }, generator) {
    const model = MLP.create(shapeFrom(settings, vocabularySize), generator, settings.init);
    model.dropout = dropoutOf(settings);
    return model;
  },
  restore: (saved, settings, vocabulary) =>
    new MLP(saved.parameters(MLP.shapes(shapeFrom(settings, vocabulary.size)))),
});

const shapeFrom = (
  { blockSize, embedding, hidden }: Omit<MLPShape, "vocabularySize">,
  vocabularySize: number,
): MLPShape => ({ vocabularySize, blockSize, embedding, hidden });
