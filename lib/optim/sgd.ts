/** Stochastic gradient descent: `p += -lr * p.grad`, rounded as PyTorch rounds it. */
import { kernels } from "../backend/index.js";
import { type Tensor, tensor } from "../tensor/index.js";

export class SGD {
  private readonly parameters: readonly Tensor[];
  /** the learning rate in memory, where the kernel reads it */
  private readonly rate: Tensor;

  constructor(parameters: Iterable<Tensor>, lr: number) {
    this.parameters = [...parameters];
    this.rate = tensor(lr);
  }

  get lr(): number {
    return this.rate.item();
  }
  set lr(value: number) {
    this.rate.copy_(tensor(value));
  }

  /** Forgets the gradients, so that the next `backward()` starts anew. */
  zeroGrad(): void {
    for (const p of this.parameters) p.grad = null;
  }

  /** Moves every parameter that has a gradient. */
  step(): void {
    for (const p of this.parameters) if (p.grad !== null) kernels().sgd(p.numel, p, p.grad, this.rate);
  }
}
