/** `torch.nn.Embedding`. */
import { initEmbedding } from "../../random/index.js";
import { embedding, type RandomOptions, type Tensor, zeros } from "../../tensor/index.js";
import { generatorOf } from "../../tensor/default-generator.js";
import { check } from "../check.js";
import { initialise } from "../initialise.js";
import { Module } from "../module.js";
import { parameter } from "../parameter.js";

/** Rows of a table: int32 [...] -> float32 [..., embeddingDim]. */
export class Embedding extends Module {
  /** [numEmbeddings, embeddingDim], a row per token */
  readonly weight: Tensor;

  /**
   * Standard normal: PyTorch's numbers for the same seed.
   * @param numEmbeddings how many tokens there are
   * @param embeddingDim numbers per token
   * @throws ValueError for sizes below 1; ShapeError for more numbers than a tensor can have
   */
  constructor(
    readonly numEmbeddings: number,
    readonly embeddingDim: number,
    options?: RandomOptions,
  ) {
    super();
    check("Embedding", { numEmbeddings, embeddingDim });
    this.weight = parameter(zeros([numEmbeddings, embeddingDim]));
    this.resetParameters(options);
  }

  /** Draws the table anew. */
  resetParameters(options?: RandomOptions): void {
    const generator = generatorOf("Embedding", options);
    initialise([this.weight], (weight) => {
      initEmbedding(weight, this.numEmbeddings, this.embeddingDim, generator);
    });
  }

  /**
   * The row of each token.
   * @throws ValueError unless the tokens are int32; IndexError on one out of range
   */
  forward(tokens: Tensor): Tensor {
    return embedding(tokens, this.weight);
  }
}
