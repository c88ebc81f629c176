/**
 * Inverted dropout: `torch.nn.functional.dropout` in two halves, a mask drawn on the host and a
 * product that a recorded step can repeat.
 */
import { checkInstance, refuse } from "../check.js";
import { Generator } from "../random/index.js";
import { ones, type Tensor } from "../tensor/index.js";
import { view } from "../tensor/tensor.js";

/** Masks a layer in training; the product with `mask` is the model's (`LossOptions.mask`). */
export class Dropout {
  /**
   * of the last `draw`: 0 with probability p, else 1 / (1 - p), so that the expected sum is the
   * same; ones before the first
   */
  readonly mask: Tensor;
  /** what draws the masks; its state belongs to a checkpoint */
  readonly generator: Generator;
  private readonly keep: number;

  /**
   * A mask of ones, until the first `draw`.
   * @param p the part to drop, 0 <= p < 1
   * @param shape of what is masked
   * @param generator draws the masks: the bits of `empty(shape).bernoulli_(1 - p).div_(1 - p)`
   * @throws ValueError for another p
   */
  constructor(p: number, shape: readonly number[], generator: Generator) {
    if (!(typeof p === "number" && p >= 0 && p < 1))
      refuse("Dropout: p", "a part from 0 to below 1", p);
    checkInstance("Dropout: generator", generator, Generator, "a Generator");
    this.keep = 1 - p;
    this.mask = ones(shape);
    this.generator = generator;
  }

  /** Draws the mask of the next step into the memory of the last. */
  draw(): void {
    const mask = this.generator.bernoulli(view(this.mask) as Float32Array, this.keep);
    const kept = 1 / Math.fround(this.keep);
    for (let i = 0; i < mask.length; i++) mask[i] *= kept;
    this.mask.storage.version++; // a gradient that needs the last one can tell
  }
}
