/** Adam with decoupled weight decay (Loshchilov & Hutter 2019): `torch.optim.AdamW`. */
import { kernels } from "../backend/index.js";
import { checkAtLeast0, checkArray, checkIterable, checkOptions, numbers } from "../check.js";
import type { Tensor } from "../tensor/index.js";
import { optimizerKind } from "./kind.js";
import { borrowsGradients, Optimizer } from "./optimizer.js";

/** PyTorch's options, under its defaults. */
export interface AdamWOptions {
  /** learning rate; 1e-3 */
  lr?: number;
  /**
   * how much of the running means of the gradient and of its square is kept per step; 0.9 and 0.999
   */
  betas?: readonly [number, number];
  /** added to the root of the mean square; 1e-8 */
  eps?: number;
  /** times lr is the part of a parameter that each step takes away; 0.01 */
  weightDecay?: number;
  /** parameters that weight decay leaves alone */
  undecayed?: Iterable<Tensor>;
}

const beta = numbers("two numbers from 0 to below 1", (x) => x >= 0 && x < 1);
const OPTIONS = {
  lr: checkAtLeast0,
  betas: (what: string, betas: readonly [number, number]) => {
    const [beta1, beta2] = checkArray(what, betas);
    beta(what, beta1);
    beta(what, beta2);
  },
  eps: checkAtLeast0,
  weightDecay: checkAtLeast0,
  undecayed: checkIterable,
};

/**
 * `torch.optim.AdamW` (Loshchilov & Hutter 2019), its numbers step by step where every parameter
 * has a gradient in each: steps are counted for all together.
 */
export class AdamW extends Optimizer {
  static {
    borrowsGradients(AdamW.prototype.move);
  }

  /** running means of the gradients and of their squares, float32, one of each per parameter */
  readonly state: Readonly<Record<"exp_avg" | "exp_avg_sq", readonly Tensor[]>>;
  private readonly options: Required<Omit<AdamWOptions, "lr" | "undecayed">>;

  /**
   * PyTorch's defaults.
   * @throws ValueError for numbers below 0 and for betas that are not below 1
   */
  constructor(parameters: Iterable<Tensor>, options?: AdamWOptions) {
    const {
      lr = 1e-3,
      betas = [0.9, 0.999],
      eps = 1e-8,
      weightDecay = 1e-2,
      undecayed,
    } = checkOptions("AdamW", options, OPTIONS);
    super(parameters, lr, 7, undecayed);
    this.options = { betas: [...betas], eps, weightDecay };
    this.state = Object.freeze({ exp_avg: this.zerosLike(), exp_avg_sq: this.zerosLike() });
  }

  protected numbers(decay: 0 | 1): readonly number[] {
    const {
      betas: [beta1, beta2],
      eps,
      weightDecay,
    } = this.options;
    const root = Math.sqrt(1 - beta2 ** this.steps);
    return [
      1 - this.lr * decay * weightDecay,
      1 - beta1,
      beta2,
      1 - beta2,
      root,
      eps,
      -this.lr / (1 - beta1 ** this.steps),
    ];
  }

  protected move(index: number, p: Tensor, grad: Tensor, scalars: Tensor): void {
    kernels().adamw({
      n: p.numel,
      param: p,
      grad,
      avg: this.state.exp_avg[index],
      sq: this.state.exp_avg_sq[index],
      scalars,
    });
  }
}

export const adamwKind = optimizerKind({
  name: "adamw",
  settings: {},
  create: (parameters, settings) => new AdamW(parameters, settings),
});
