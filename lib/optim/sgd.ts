/**
 * Stochastic gradient descent: `p += -lr * p.grad`, rounded as PyTorch rounds it; and with momentum
 * and weight decay as `torch.optim.SGD`.
 */
import { kernels } from "../backend/index.js";
import { checkAtLeast0, checkBoolean, checkIterable, checkNumber, checkOptions } from "../check.js";
import { ValueError } from "../errors.js";
import { fraction } from "../setting-kinds.js";
import type { Tensor } from "../tensor/index.js";
import { optimizerKind } from "./kind.js";
import { borrowsGradients, Optimizer } from "./optimizer.js";

/** PyTorch's options; all but the rate are 0 where left out. */
export interface SGDOptions {
  /** learning rate */
  lr: number;
  /** the part of each step that the next one repeats */
  momentum?: number;
  /** the part of each gradient, but the first, that momentum does not take in */
  dampening?: number;
  /** times the parameter is added to its gradient */
  weightDecay?: number;
  /** looks ahead by the momentum (Nesterov 1983) */
  nesterov?: boolean;
  /** parameters that weight decay leaves alone */
  undecayed?: Iterable<Tensor>;
}

/**
 * Stochastic gradient descent: the lecture's `p += -lr * p.grad`, with momentum and weight decay
 * `torch.optim.SGD`, its numbers step by step.
 */
export class SGD extends Optimizer {
  static {
    borrowsGradients(SGD.prototype.move);
  }

  /** momentum_buffer, float32, one per parameter; nothing without momentum */
  readonly state: Readonly<Record<string, readonly Tensor[]>>;
  private readonly options: Required<Omit<SGDOptions, "lr" | "undecayed">>;
  /** undefined without momentum, which alone keeps something */
  private readonly buffers: readonly Tensor[] | undefined;
  /** the lecture's update, rounded as `p += -lr * p.grad` */
  private readonly plain: boolean;

  /**
   * `options` may be the learning rate alone.
   * @throws ValueError for numbers below 0 and for a nesterov without momentum
   */
  constructor(parameters: Iterable<Tensor>, options: number | SGDOptions) {
    const {
      lr,
      momentum = 0,
      dampening = 0,
      weightDecay = 0,
      nesterov = false,
      undecayed,
    } = checkOptions("SGD", typeof options === "number" ? { lr: options } : options, {
      lr: checkAtLeast0,
      momentum: checkAtLeast0,
      dampening: checkNumber,
      weightDecay: checkAtLeast0,
      nesterov: checkBoolean,
      undecayed: checkIterable,
    });
    super(parameters, lr as number, 4, undecayed);
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new ValueError(
        `SGD: nesterov needs a momentum above 0 and no dampening, got momentum ${momentum} ` +
          `and dampening ${dampening}`,
      );
    }
    this.options = { momentum, dampening, weightDecay, nesterov };
    this.plain = momentum === 0 && weightDecay === 0;
    this.buffers = momentum === 0 ? undefined : this.zerosLike();
    const state: Record<string, readonly Tensor[]> =
      this.buffers === undefined ? {} : { momentum_buffer: this.buffers };
    this.state = Object.freeze(state);
  }

  protected numbers(decay: 0 | 1): readonly number[] {
    const { momentum, dampening, weightDecay } = this.options;
    if (this.plain) return [this.lr, 0, 0, 0];
    return [
      -this.lr,
      momentum,
      this.steps === 1 || momentum === 0 ? 1 : 1 - dampening,
      decay * weightDecay,
    ];
  }

  protected move(index: number, p: Tensor, grad: Tensor, scalars: Tensor): void {
    if (this.plain) kernels().sgd({ n: p.numel, param: p, grad, rate: scalars });
    else
      kernels().sgdMomentum({
        n: p.numel,
        param: p,
        grad,
        buf: this.buffers?.[index] ?? null,
        scalars,
        nesterov: this.options.nesterov,
      });
  }
}

export const sgdKind = optimizerKind({
  name: "sgd",
  settings: {
    momentum: fraction(0, 1).default(0).describe("part of each step that the next one repeats"),
  },
  create: (parameters, settings) => new SGD(parameters, settings),
});
