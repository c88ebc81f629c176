/** `torch.nn.Linear`. */
import { checkBoolean, checkOptions } from "../../check.js";
import { initLinear } from "../../random/index.js";
import { checkGenerator } from "../../random/generator.js";
import { linear, matmul, type RandomOptions, type Tensor, zeros } from "../../tensor/index.js";
import { generatorOf } from "../../tensor/default-generator.js";
import { checkTensor } from "../../tensor/tensor.js";
import { check } from "../check.js";
import { initialise } from "../initialise.js";
import { Module } from "../module.js";
import { parameter } from "../parameter.js";

/** PyTorch's options, and what draws the initial values. */
export interface LinearOptions extends RandomOptions {
  /** whether something is added to the product; true where left out */
  bias?: boolean;
}

const OPTIONS = { bias: checkBoolean, generator: checkGenerator };

/** x W^T + b: float32 [..., inFeatures] -> [..., outFeatures]. */
export class Linear extends Module {
  /** W [outFeatures, inFeatures]: PyTorch's layout, the transpose of the lecture's */
  readonly weight: Tensor;
  /** b [outFeatures]; undefined without one */
  readonly bias: Tensor | undefined;

  /**
   * Draws W, then b, uniform within 1 / sqrt(inFeatures): PyTorch's numbers for the same seed.
   * @param inFeatures the size of an input's last dimension
   * @param outFeatures that of an output's
   * @throws ValueError for sizes below 1; ShapeError for more numbers than a tensor can have
   */
  constructor(
    readonly inFeatures: number,
    readonly outFeatures: number,
    options?: LinearOptions,
  ) {
    super();
    check("Linear", { inFeatures, outFeatures });
    const { bias = true, generator } = checkOptions("Linear", options, OPTIONS);
    this.weight = parameter(zeros([outFeatures, inFeatures]));
    this.bias = bias ? parameter(zeros([outFeatures])) : undefined;
    this.resetParameters({ generator });
  }

  /** Draws the parameters anew: `kaiming_uniform_(a=sqrt(5))` for W, as PyTorch. */
  resetParameters(options?: RandomOptions): void {
    const generator = generatorOf("Linear", options);
    initialise([this.weight, this.bias], (weight, bias) => {
      initLinear(weight, bias, this.inFeatures, this.outFeatures, generator);
    });
  }

  /** float32 [..., inFeatures] -> [..., outFeatures] */
  forward(x: Tensor): Tensor {
    const W = this.weight.t();
    if (this.bias === undefined) return matmul(x, W);
    return checkTensor("Linear: x", x).rank === 2
      ? linear(x, W, this.bias)
      : matmul(x, W).add(this.bias);
  }
}
