/** `torch.nn.BatchNorm1d` (Ioffe & Szegedy 2015). */
import { checkAtLeast0, checkOptions, numbers } from "../../check.js";
import { ShapeError } from "../../errors.js";
import { div, mean, mul, noGrad, ones, sqrt, sub, type Tensor, zeros } from "../../tensor/index.js";
import { show } from "../../tensor/shape.js";
import { checkTensor } from "../../tensor/tensor.js";
import { check } from "../check.js";
import { Module } from "../module.js";
import { buffer, parameter } from "../parameter.js";

const OPTIONS = {
  eps: checkAtLeast0,
  momentum: numbers("a number from 0 to 1", (x) => x >= 0 && x <= 1),
};

/** PyTorch's options. */
export interface BatchNormOptions {
  /** added to the variance; 1e-5 */
  eps?: number;
  /** the share of a batch in the running mean and variance; 0.1 */
  momentum?: number;
}

/**
 * Each feature of [n, numFeatures] less its mean, divided by its standard deviation, times `weight`
 * and plus `bias`: those of the batch in training, which also moves the running ones; the running
 * ones in evaluation. PyTorch's count of batches is not kept: without it PyTorch loads the state
 * too.
 */
export class BatchNorm1d extends Module {
  /** gain [numFeatures], from 1 */
  readonly weight: Tensor;
  /** [numFeatures], from 0 */
  readonly bias: Tensor;
  /** [numFeatures], a buffer, from 0 */
  readonly running_mean: Tensor;
  /** [numFeatures], a buffer, from 1; of unbiased variances */
  readonly running_var: Tensor;
  /** added to the variance */
  readonly eps: number;
  /** the share of a batch in the running mean and variance */
  readonly momentum: number;

  /**
   * PyTorch's defaults.
   * @param numFeatures how many columns an input has
   * @throws ValueError for a size below 1, an eps below 0 and a momentum outside 0 to 1
   */
  constructor(
    readonly numFeatures: number,
    options?: BatchNormOptions,
  ) {
    super();
    check("BatchNorm1d", { numFeatures });
    const { eps = 1e-5, momentum = 0.1 } = checkOptions("BatchNorm1d", options, OPTIONS);
    this.eps = eps;
    this.momentum = momentum;
    this.weight = parameter(ones([numFeatures]));
    this.bias = parameter(zeros([numFeatures]));
    this.running_mean = buffer(zeros([numFeatures]));
    this.running_var = buffer(ones([numFeatures]));
  }

  /**
   * [n, numFeatures] -> the same shape.
   * @throws ShapeError for another shape, and in training for n below 2
   */
  forward(x: Tensor): Tensor {
    this.#check(x);
    const center = this.training ? mean(x, 0) : this.running_mean;
    const centered = sub(x, center);
    const variance = this.training ? mean(mul(centered, centered), 0) : this.running_var;
    if (this.training) this.#track(center.detach(), variance.detach(), x.shape[0]);
    return div(centered, sqrt(variance.add(this.eps)))
      .mul(this.weight)
      .add(this.bias);
  }

  #check(x: Tensor): void {
    const { shape } = checkTensor("BatchNorm1d: x", x);
    const least = this.training ? 2 : 0;
    if (shape.length === 2 && shape[1] === this.numFeatures && shape[0] >= least) return;
    throw new ShapeError(
      "BatchNorm1d",
      [shape],
      `expected [n, ${this.numFeatures}]` +
        `${this.training ? " with n of 2 or more in training" : ""}, got ${show(shape)}`,
    );
  }

  /** Moves the running statistics towards those of a batch of n. */
  #track(center: Tensor, variance: Tensor, n: number): void {
    const { momentum } = this;
    noGrad(() => {
      this.running_mean.mul_(1 - momentum).add_(center.mul(momentum));
      this.running_var.mul_(1 - momentum).add_(variance.mul((momentum * n) / (n - 1)));
    });
  }
}
