/**
 * The paper's network (Bengio et al. 2003, eq. 1): y = b + W x + U tanh(d + H x), x the features of
 * the context's words, the most recent first.
 */
import { checkBoolean, checkTyped, fieldsOf, optional } from "../check.js";
import { ShapeError, UsageError, ValueError } from "../errors.js";
import { Dropout, Module } from "../nn/index.js";
import type { Generator } from "../random/index.js";
import { checkGenerator } from "../random/generator.js";
import {
  arange,
  cat,
  embedding,
  embeddingLinear,
  linear,
  linearCrossEntropy,
  rand,
  randn,
  type Tensor,
  tensor,
  zeros,
} from "../tensor/index.js";
import { choice, flag, integer } from "../setting-kinds.js";
import { checkContexts, checkSizes, learned, size } from "./check.js";
import { blockSize, dropoutOf, dropoutSettings, embeddingSize, trainedFamily } from "./family.js";
import type { LanguageModel, LossOptions } from "./model.js";
import { biasOfCounts } from "./output/unigram-bias.js";

/** The sizes of the paper's network. */
export interface NPLMShape {
  /** words it knows: the paper's |V| */
  vocabularySize: number;
  /** words of context: the paper's n - 1 */
  blockSize: number;
  /** numbers per word in C: the paper's m */
  embedding: number;
  /** tanh units; 0: no hidden layer, y = b + W x */
  hidden: number;
  /** W: connections from the features to the output */
  direct: boolean;
  /**
   * the output's weights are C itself, behind a projection P of the hidden layer (Press & Wolf
   * 2017): y = b + C P tanh(d + H x); not in the paper
   */
  tied?: boolean;
}

const checkShape = fieldsOf<NPLMShape>({
  vocabularySize: size(1),
  blockSize: size(1),
  embedding: size(1),
  hidden: size(0),
  direct: checkBoolean,
  tied: optional(checkBoolean),
});

/**
 * C [V, m], H [(n-1)m, h], d [h], b [V], and the weights of the output, one row per input of it: W
 * [(n-1)m, V], U [h, V], or WU: the rows of W, then those of U, so that one kernel multiplies by
 * both. (The paper writes H, U and W the other way round.) A tied network has P [h, m] instead.
 */
export type NPLMParameters = Readonly<Record<string, Tensor>>;

/** The last layer of a network, for who shares its columns among processes. */
export interface OutputLayer {
  /** the names of its parameters [in, V] and [V] */
  readonly weight: string;
  readonly bias: string;
  /** contexts int32 [n, blockSize] -> what it multiplies, [n, in] */
  inputs(contexts: Tensor): Tensor;
}

/** Of a network whose output has weights of its own: of a tied one undefined. */
export let outputLayerOf: (model: NPLM) => OutputLayer | undefined;

/**
 * The paper's network (Bengio et al. 2003, eq. 1): y = b + W x + U tanh(d + H x). C holds the
 * features of words, x those of the context.
 */
export class NPLM extends Module implements LanguageModel {
  static {
    outputLayerOf = (model) => {
      const entry = (["WU", "W", "U"] as const).find((name) => model[name] !== undefined);
      return (
        entry && {
          weight: entry,
          bias: "b",
          inputs: (contexts) => model.inputs(contexts),
        }
      );
    };
  }

  /** characters (words) of context that the model sees */
  readonly blockSize: number;
  /** V: how many tokens it knows */
  readonly vocabularySize: number;
  /** what it was made with */
  readonly shape: Readonly<Required<NPLMShape>>;
  /** float32 [V, m], a row of features per word */
  readonly C: Tensor;
  /** float32 [(n-1)m, h]; undefined without a hidden layer, as d is */
  readonly H: Tensor | undefined;
  /** float32 [h] */
  readonly d: Tensor | undefined;
  /** float32 [h, m]; of tied weights only */
  readonly P: Tensor | undefined;
  /** float32 [(n-1)m, V]; of direct connections without a hidden layer */
  readonly W: Tensor | undefined;
  /** float32 [h, V]; of a hidden layer without direct connections */
  readonly U: Tensor | undefined;
  /** float32 [(n-1)m + h, V]; of both */
  readonly WU: Tensor | undefined;
  /** float32 [V] */
  readonly b: Tensor;
  /** the biases: in the words of the paper's Section 3, weight decay is "not to the biases" */
  readonly undecayed: readonly string[];
  /** of the hidden layer; none in the paper */
  dropout = new Dropout(0);
  private readonly recentFirst: Tensor;

  /**
   * From parameters, which will require gradients, as `NPLM.shapes` has them. `NPLM.create` draws
   * fresh ones.
   * @throws ShapeError where they do not fit the shape
   */
  constructor(parameters: NPLMParameters, shape: NPLMShape) {
    super();
    const sizes = checkShape("NPLM: shape", shape);
    const own: NPLMParameters = learned("NPLM: parameters", parameters, NPLM.shapes(sizes));
    ({ C: this.C, H: this.H, d: this.d, P: this.P, b: this.b } = own);
    ({ W: this.W, U: this.U, WU: this.WU } = own);
    this.shape = Object.freeze({ ...sizes, tied: sizes.tied ?? false });
    this.blockSize = sizes.blockSize;
    this.vocabularySize = sizes.vocabularySize;
    this.undecayed = Object.freeze(sizes.hidden > 0 ? ["d", "b"] : ["b"]);
    this.recentFirst = tensor(arange(sizes.blockSize).toTypedArray().reverse());
  }

  /** contexts int32 [n, blockSize] -> y float32 [n, V] */
  forward(contexts: Tensor): Tensor {
    return linear(this.inputs(contexts), this.outputs, this.b); // [n, V]
  }

  /**
   * Mean cross-entropy in nats for int32 targets [n], without storing [n, V] logits
   * (`linearCrossEntropy`).
   */
  loss(contexts: Tensor, targets: Tensor, options?: LossOptions): Tensor {
    return linearCrossEntropy(this.inputs(contexts), this.outputs, this.b, targets, options);
  }

  /** The output's weights, a row per input of it. */
  private get outputs(): Tensor {
    return this.WU ?? this.W ?? this.U ?? this.C.t();
  }

  /**
   * contexts [n, blockSize] -> what the output multiplies: x, the hidden layer (projected, if
   * tied), or both side by side
   */
  private inputs(contexts: Tensor): Tensor {
    checkContexts("NPLM: contexts", contexts, this.blockSize);
    const words = contexts.t().index(this.recentFirst).t();
    const x = () => embedding(words, this.C).view([-1, this.blockSize * this.shape.embedding]);
    if (this.H === undefined || this.d === undefined) return x();
    const a = this.dropout.forward(embeddingLinear(words, this.C, this.H, this.d, "tanh"));
    if (this.P !== undefined) return a.matmul(this.P);
    return this.shape.direct ? cat([x(), a], 1) : a;
  }

  /**
   * The parameters' shapes, by name, in the order of initialisation.
   * @throws ValueError for a network without hidden units and W, or tied with W
   */
  static shapes(shape: NPLMShape): Record<string, number[]> {
    const sizes = checkShape("NPLM: shape", shape);
    const { vocabularySize: V, blockSize, embedding: m, hidden: h, direct, tied = false } = sizes;
    const x = blockSize * m;
    if (h === 0 && !direct)
      throw new ValueError("NPLM: expected hidden units, direct connections or both, got neither");
    if (tied && direct)
      throw new ValueError("NPLM: expected tied weights or direct connections, got both");
    const output = h === 0 ? "W" : direct ? "WU" : "U";
    return checkSizes("NPLM: shape", {
      C: [V, m],
      ...(h > 0 && { H: [x, h], d: [h] }),
      ...(tied ? { P: [h, m] } : { [output]: [(direct ? x : 0) + h, V] }),
      b: [V],
    });
  }

  /**
   * C is normal with deviation 0.5, H uniform within 1 / sqrt((n-1)m), all else 0: the paper gives
   * no distributions, and with these training starts at the loss of `bias`.
   * @param bias of the output: the logarithms of the words' frequencies, say; 0 where left out
   */
  static create(shape: NPLMShape, generator: Generator, bias?: Float32Array): NPLM {
    const sizes = checkShape("NPLM: shape", shape);
    const shapes = NPLM.shapes(sizes);
    checkGenerator("NPLM.create: generator", generator);
    const b = bias === undefined ? zeros(shapes.b) : checkBias(bias, shapes.b[0]);
    const first = (name: string, size: number[]): Tensor => {
      if (name === "C") return randn(size, { generator }).mul(0.5);
      if (name === "H") return uniform(size, 1 / Math.sqrt(size[0]), generator);
      return name === "b" ? b : zeros(size);
    };
    const parameters = Object.entries(shapes).map(([name, size]) => [name, first(name, size)]);
    return new NPLM(Object.fromEntries(parameters) as NPLMParameters, sizes);
  }
}

/** Within +- bound. */
const uniform = (shape: number[], bound: number, generator: Generator): Tensor =>
  rand(shape, { generator }).mul(2).sub(1).mul(bound);

/** The bias as a tensor: a copy, of whatever length its memory has now. */
function checkBias(bias: Float32Array, V: number): Tensor {
  const b = tensor(checkTyped("NPLM.create: bias", bias, "Float32Array"));
  if (b.numel !== V)
    throw new ShapeError(
      "NPLM.create",
      [b.shape],
      `expected a bias of ${V} numbers, got ${b.numel}`,
    );
  return b;
}

export const nplmFamily = trainedFamily({
  name: "nplm",
  description: "the paper's network",
  settings: {
    blockSize,
    embedding: embeddingSize,
    hidden: integer(0, 1_000_000)
      .default(200)
      .describe("units of the tanh layer; 0: none, with --direct"),
    direct: flag()
      .default(false)
      .describe("connections from the embedding to the output (the paper's W)"),
    tied: flag()
      .default(false)
      .describe(
        "the output's weights are the embedding's, behind a projection of the hidden layer",
      ),
    bias: choice("zero", "unigram")
      .default("zero")
      .describe(
        "first bias of the output, 0 or the logarithm of each word's share of the train split",
      ),
    ...dropoutSettings,
  },
  blockSize: (settings) => settings.blockSize,
  checkFit({ hidden, direct, tied, dropout }, nameOf) {
    if (tied && direct)
      throw new UsageError(`${nameOf("tied")}: expected no ${nameOf("direct")} with it, got both`);
    if (hidden > 0) return;
    if (!direct)
      throw new UsageError(
        `${nameOf("hidden")}: expected 1 or more without ${nameOf("direct")}, got 0`,
      );
    if (dropout !== 0) {
      const why = "without hidden units there is nothing to leave out";
      throw new UsageError(`${nameOf("dropout")}: ${why}, expected 0, got ${dropout}`);
    }
  },
  create(settings, { vocabularySize, train }, generator) {
    const bias =
      settings.bias === "unigram" ? biasOfCounts(train.targetCounts(vocabularySize)) : undefined;
    const model = NPLM.create(shapeFrom(settings, vocabularySize), generator, bias);
    if (settings.hidden > 0) model.dropout = dropoutOf(settings);
    return model;
  },
  restore(saved, settings, vocabulary) {
    const sizes = shapeFrom(settings, vocabulary.size);
    return new NPLM(saved.parameters(NPLM.shapes(sizes)), sizes);
  },
});

const shapeFrom = (
  { blockSize, embedding, hidden, direct, tied }: Omit<NPLMShape, "vocabularySize">,
  vocabularySize: number,
): NPLMShape => ({ vocabularySize, blockSize, embedding, hidden, direct, tied });
