/** Stochastic gradient descent: `p += -lr * p.grad`, rounded as PyTorch rounds it. */
import { kernels } from "../backend/index.js";
import { ShapeError } from "../errors.js";
import { type Tensor, tensor } from "../tensor/index.js";
import { sameShape, show } from "../tensor/shape.js";

export class SGD {
  private readonly parameters: readonly Tensor[];
  /** the learning rate in memory, where the kernel reads it: an input of a compiled step */
  readonly rate: Tensor;

  constructor(parameters: Iterable<Tensor>, lr: number) {
    this.parameters = [...parameters];
    this.rate = tensor(lr);
  }

  get lr(): number {
    return this.rate.item();
  }
  set lr(value: number) {
    const { slab, start } = this.rate.storage;
    slab.f32[start] = value;
  }

  /** Forgets the gradients, so that the next `backward()` starts anew. */
  zeroGrad(): void {
    for (const p of this.parameters) p.grad = null;
  }

  /** Moves every parameter that has a gradient. */
  step(): void {
    for (const p of this.parameters) {
      if (p.grad === null) continue;
      if (p.dtype !== "float32" || p.grad.dtype !== "float32" || !sameShape(p.shape, p.grad.shape)) {
        const [want, got] = [p, p.grad].map((x) => `${x.dtype} ${show(x.shape)}`);
        throw new ShapeError("SGD", [p.shape, p.grad.shape], `expected a gradient like its parameter (${want}), got ${got}`);
      }
      // Memory in one piece takes one kernel; a view of other memory takes the same arithmetic in two.
      if (p.isContiguous() && p.grad.isContiguous()) kernels().sgd(p.numel, p, p.grad, this.rate);
      else p.data.add_(p.grad.data.mul(-this.lr));
    }
  }
}
