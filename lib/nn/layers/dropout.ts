/** `torch.nn.Dropout`: inverted dropout. */
import { hostAccess, isRecording } from "../../backend/observe.js";
import type { Generator } from "../../random/index.js";
import { mul, ones, type RandomOptions, type Shape, type Tensor } from "../../tensor/index.js";
import { generatorOf } from "../../tensor/default-generator.js";
import { sameShape } from "../../tensor/shape.js";
import { checkTensor, elements } from "../../tensor/tensor.js";
import { check } from "../check.js";
import { Module } from "../module.js";

/** The layers that have drawn masks since `notingDropouts` began, in that order. */
let noted: Set<Dropout> | undefined;

/**
 * In training, sets each number to 0 with probability p and divides the others by 1 - p, so that
 * the expected sum is the same; in evaluation it changes nothing. The mask is drawn in JavaScript,
 * which a replay cannot do: of a compiled step, `mask` is an input, and `draw` comes before each
 * run (`Trainer` does both).
 */
export class Dropout extends Module {
  /** what draws the masks; its state belongs to a checkpoint */
  readonly generator: Generator;
  #mask: Tensor | undefined;
  /** `draw` has drawn a mask that no forward pass of a recorded step has used */
  #drawn = false;

  /**
   * Draws nothing yet.
   * @param p the part to drop, 0 <= p < 1
   * @throws ValueError for another p
   */
  constructor(
    readonly p = 0.5,
    options?: RandomOptions,
  ) {
    super();
    check("Dropout", { p });
    this.generator = generatorOf("Dropout", options);
  }

  /** 0 or 1 / (1 - p) for each number of an input; undefined before the first in training. */
  get mask(): Tensor | undefined {
    return this.#mask;
  }

  /** Of any shape; the input itself in evaluation. */
  forward(x: Tensor): Tensor {
    checkTensor("Dropout: x", x);
    if (!this.training || this.p === 0) return x;
    const fits = this.#mask !== undefined && sameShape(this.#mask.shape, x.shape);
    const isDrawnAhead = fits && this.#drawn && isRecording();
    const mask = isDrawnAhead ? (this.#mask as Tensor) : this.#fresh(x.shape);
    if (!fits) this.#mask = mask;
    this.#drawn = false;
    return mul(x, mask);
  }

  /**
   * Draws the mask of a compiled step's next run into the memory of `mask`; nothing in evaluation
   * and before there is one.
   */
  draw(): void {
    if (this.#mask === undefined || !this.training) return;
    this.#fill(this.#mask);
    this.#drawn = true;
  }

  #fresh(shape: Shape): Tensor {
    hostAccess(
      "Dropout (a compiled step can use a layer once, after it ran as written, with the layer's " +
        "mask as an input and draw() before each run; Trainer does all this for layers that are " +
        "used once)",
    );
    noted?.add(this);
    const mask = ones(shape);
    this.#fill(mask);
    return mask;
  }

  /** The bits of PyTorch's `empty(shape).bernoulli_(1 - p).div_(1 - p)`. */
  #fill(mask: Tensor): void {
    const keep = 1 - this.p;
    const numbers = this.generator.bernoulli(elements(mask, "Dropout.draw") as Float32Array, keep);
    const kept = 1 / Math.fround(keep);
    for (let i = 0; i < numbers.length; i++) numbers[i] *= kept;
    mask.storage.version++; // tells gradients that need the mask before
  }
}

/**
 * Runs a step as written. Returns its result and the layers that drew masks, in the order in which
 * they did: layers may share a generator, so `draw` must be called in the same order.
 */
export function notingDropouts<T>(step: () => T): [result: T, layers: readonly Dropout[]] {
  const before = noted;
  const layers = (noted = new Set());
  try {
    return [step(), [...layers]];
  } finally {
    noted = before;
  }
}

/** The layers within a module that draw masks. */
export const dropoutsOf = (module: Module): Dropout[] =>
  module.modules().filter((m): m is Dropout => m instanceof Dropout && m.p > 0);
