/**
 * The paper's network (Bengio et al. 2003, eq. 1): y = b + W x + U tanh(d + H x), x the features of
 * the context's words, the most recent first.
 */
import { checkBoolean, checkInstance, checkObject, checkTyped, checkWhole } from "../check.js";
import { ShapeError, ValueError } from "../errors.js";
import { Generator } from "../random/index.js";
import {
  arange,
  cat,
  linear,
  linearCrossEntropy,
  rand,
  randn,
  type Tensor,
  tensor,
  zeros,
} from "../tensor/index.js";
import {
  checkContexts,
  checkInt32,
  checkMask,
  checkMatrix,
  checkSizes,
  checkTensors,
  checkTokenIds,
  checkVocabularySize,
  trainable,
} from "./check.js";
import type { LanguageModel, LossOptions } from "./model.js";

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

/**
 * C [V, m], H [(n-1)m, h], d [h], b [V], and the weights of the output, one row per input of it: W
 * [(n-1)m, V], U [h, V], or WU: the rows of W, then those of U, so that one kernel multiplies by
 * both. (The paper writes H, U and W the other way round.) A tied network has P [h, m] instead.
 */
export type NPLMParameters = Readonly<Record<string, Tensor>>;

/** In the words of the paper's Section 3, weight decay is "not to the biases". */
const BIASES = ["d", "b"];

/**
 * The paper's network (Bengio et al. 2003, eq. 1): y = b + W x + U tanh(d + H x). C holds the
 * features of words, x those of the context.
 */
export class NPLM implements LanguageModel {
  /** characters (words) of context that the model sees */
  readonly blockSize: number;
  /** V: how many tokens it knows */
  readonly vocabularySize: number;
  /** h: tanh units; undefined without a hidden layer */
  readonly hidden: number | undefined;
  /** by the paper's names, as `NPLM.shapes` has them; float32 */
  readonly parameters: NPLMParameters;
  /** the biases d and b */
  readonly undecayed: readonly string[];
  private readonly direct: boolean;
  private readonly recentFirst: Tensor;

  /**
   * From parameters, which will require gradients, as `NPLM.shapes` has them. `NPLM.create` draws
   * fresh ones.
   * @throws ShapeError where they do not fit each other
   */
  constructor(parameters: NPLMParameters, blockSize: number) {
    this.parameters = checkTensors("NPLM: parameters", parameters);
    const { C, d, P, W, WU } = this.parameters as Record<string, Tensor | undefined> & {
      C: Tensor;
    };
    const [vocabularySize, embedding] = checkMatrix("NPLM: parameters.C", C).shape;
    this.undecayed = Object.freeze(BIASES.filter((name) => name in this.parameters));
    this.blockSize = blockSize;
    this.vocabularySize = vocabularySize;
    this.hidden = d?.numel;
    this.direct = (WU ?? W) !== undefined;
    const shape = {
      vocabularySize,
      blockSize,
      embedding,
      hidden: d?.numel ?? 0,
      direct: this.direct,
      tied: P !== undefined,
    };
    trainable("NPLM: parameters", this.parameters, NPLM.shapes(shape));
    this.recentFirst = tensor(arange(blockSize).toTypedArray().reverse());
  }

  /**
   * The parameters' shapes, by name, in the order of initialisation.
   * @throws ValueError for a network without hidden units and W, or tied with W
   */
  static shapes(shape: NPLMShape): Record<string, number[]> {
    const {
      vocabularySize: V,
      blockSize,
      embedding: m,
      hidden: h,
      direct,
      tied = false,
    } = checkObject("NPLM: shape", shape);
    checkVocabularySize("NPLM: vocabularySize", V);
    checkWhole("NPLM: blockSize", blockSize, 1);
    checkWhole("NPLM: embedding", m, 1);
    checkWhole("NPLM: hidden", h, 0);
    checkBoolean("NPLM: direct", direct);
    checkBoolean("NPLM: tied", tied);
    const x = blockSize * m;
    if (h === 0 && !direct)
      throw new ValueError("NPLM: expected hidden units, direct connections or both, got neither");
    if (tied && direct)
      throw new ValueError("NPLM: expected tied weights or direct connections, got both");
    const output = h === 0 ? "W" : direct ? "WU" : "U";
    const shapes = {
      C: [V, m],
      ...(h > 0 && { H: [x, h], d: [h] }),
      ...(tied ? { P: [h, m] } : { [output]: [(direct ? x : 0) + h, V] }),
      b: [V],
    };
    checkSizes("NPLM: shape", shapes);
    return shapes;
  }

  /**
   * C is normal with deviation 0.5, H uniform within 1 / sqrt((n-1)m), all else 0: the paper gives
   * no distributions, and with these training starts at the loss of `bias`.
   * @param bias of the output: the logarithms of the words' frequencies, say; 0 where left out
   */
  static create(shape: NPLMShape, generator: Generator, bias?: Float32Array): NPLM {
    const sizes = { ...checkObject("NPLM: shape", shape) };
    const shapes = NPLM.shapes(sizes);
    checkInstance("NPLM.create: generator", generator, Generator, "a Generator");
    const b = bias === undefined ? undefined : checkBias(bias, shapes.C[0]);
    const made = Object.entries(shapes).map(([name, size]) => {
      if (name === "C") return [name, randn(size, { generator }).mul(0.5)];
      if (name === "H")
        return [
          name,
          rand(size, { generator })
            .mul(2)
            .sub(1)
            .mul(1 / Math.sqrt(size[0])),
        ];
      return [name, name === "b" && b !== undefined ? b : zeros(size)];
    });
    return new NPLM(Object.fromEntries(made) as NPLMParameters, sizes.blockSize);
  }

  /**
   * contexts int32 [n, blockSize] -> y float32 [n, V]; the hidden layer times `mask` [n, h] in
   * training with dropout
   */
  forward(contexts: Tensor, mask?: Tensor): Tensor {
    return linear(this.inputs(contexts, mask), this.output(), this.parameters.b); // [n, V]
  }

  /**
   * Mean cross-entropy in nats for int32 targets [n], without storing [n, V] logits
   * (`linearCrossEntropy`).
   */
  loss(contexts: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
    const { mask, reduction } = checkObject("NPLM.loss: options", options);
    return linearCrossEntropy(
      this.inputs(contexts, mask),
      this.output(),
      this.parameters.b,
      targets,
      { reduction },
    );
  }

  /** The output's weights, a row per input of it. */
  private output(): Tensor {
    const { WU, W, U, C } = this.parameters as Record<string, Tensor | undefined> & { C: Tensor };
    return WU ?? W ?? U ?? C.t();
  }

  /**
   * contexts [n, blockSize] -> what the output multiplies: x, the hidden layer (projected, if
   * tied), or both side by side
   */
  private inputs(contexts: Tensor, mask?: Tensor): Tensor {
    const { C, H, d, P } = this.parameters as Record<string, Tensor | undefined> & { C: Tensor };
    checkContexts("NPLM: contexts", contexts, this.blockSize);
    if (this.hidden !== undefined) checkMask("NPLM: mask", mask, contexts.shape[0], this.hidden);
    const words = contexts.t().index(this.recentFirst).t();
    const x = C.index(words).view([-1, this.blockSize * C.shape[1]]);
    if (H === undefined || d === undefined) return x;
    const a = linear(x, H, d, "tanh");
    const hidden = mask === undefined ? a : a.mul(mask);
    if (P !== undefined) return hidden.matmul(P);
    return this.direct ? cat([x, hidden], 1) : hidden;
  }
}

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

/**
 * The logarithm of each token's share of the targets, with one more of each: a bias that predicts
 * unigrams.
 * @throws IndexError on a token out of range
 */
export function unigramBias(targets: Tensor, vocabularySize: number): Float32Array {
  checkVocabularySize("unigramBias: vocabularySize", vocabularySize);
  const tokens = checkInt32("unigramBias: targets", targets).toTypedArray();
  checkTokenIds("unigramBias", tokens, vocabularySize);
  const counts = new Float64Array(vocabularySize).fill(1);
  for (const token of tokens) counts[token]++;
  const total = tokens.length + vocabularySize;
  return Float32Array.from(counts, (count) => Math.log(count / total));
}
