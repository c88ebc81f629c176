/** The gradients of a backward pass so far, each a sum over the consumers that were walked. */
import type { Storage } from "../backend/storage.js";
import { sweep } from "../backend/workspace.js";
import { add, clone } from "../tensor/ops/elementwise.js";
import { add_ } from "../tensor/ops/inplace.js";
import { borrowGrad, type Tensor } from "../tensor/tensor.js";
import { InSlice } from "./scatter.js";

/** A leaf's sum is its `grad`; a result's is kept here until the walk reaches it. */
export class GradientSums {
  private readonly pending = new Map<Tensor, Tensor>();
  /** those in `pending` that share memory with no other tensor, so that `add_` may change them */
  private readonly own = new Set<Tensor>();
  /** how many of those in `pending` lie in each storage */
  private readonly uses = new Map<Storage, number>();

  /** The whole gradient of a result: its consumers come first in the walk. */
  take(of: Tensor): Tensor {
    const g = this.pending.get(of) as Tensor;
    this.pending.delete(of);
    this.own.delete(g); // the gradients of its inputs may share it
    this.count(g, -1);
    return g;
  }

  /** The gradients made of `g` were added: it is done with, and all that was made for them. */
  used(g: Tensor): void {
    sweep(g.storage, (storage) => this.uses.has(storage));
  }

  private count({ storage }: Tensor, change: 1 | -1): void {
    const uses = (this.uses.get(storage) ?? 0) + change;
    if (uses > 0) this.uses.set(storage, uses);
    else this.uses.delete(storage);
  }

  /** Adds `g`, which may share the memory of `from`, the gradient that it was made of. */
  add(of: Tensor, g: Tensor | InSlice, from: Tensor): void {
    const sum = this.get(of);
    if (sum !== null && this.isWritable(of, sum)) {
      if (g instanceof InSlice) add_(g.of(sum), g.g);
      else add_(sum, g);
      return;
    }
    const whole = g instanceof InSlice ? g.whole() : g;
    const own = whole.storage !== from.storage && whole.isContiguous();
    if (sum !== null) this.set(of, add(sum, whole), true);
    else if (own || of.node !== null) this.set(of, whole, own);
    else of.grad = clone(whole);
  }

  private get(of: Tensor): Tensor | null {
    return of.node === null ? borrowGrad(of) : (this.pending.get(of) ?? null);
  }

  private set(of: Tensor, g: Tensor, own: boolean): void {
    if (of.node === null) {
      of.grad = g;
      return;
    }
    const before = this.pending.get(of);
    if (before !== undefined) this.count(before, -1);
    this.pending.set(of, g);
    this.count(g, 1);
    if (own) this.own.add(g);
  }

  /** A gradient that a caller set on a leaf may share its own memory (an expanded tensor). */
  private isWritable(of: Tensor, sum: Tensor): boolean {
    return of.node === null ? sum.isContiguous() : this.own.has(sum);
  }
}
