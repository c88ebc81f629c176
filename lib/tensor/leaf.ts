/**
 * What autograd keeps for a leaf: whether it wants a gradient, the gradient, and whose memory that
 * is.
 */
import type { Tensor } from "./tensor.js";

/** A compiled step whose replays write gradients again and again into the same memory. */
export interface Lender {
  /**
   * Somebody is about to look at a gradient that is lent: gives all leaves that hold it or views of
   * it a copy of their own.
   */
  giveCopies(lent: Tensor): void;
}

/** What a leaf holds as its gradient; `lender`: null where the gradient is its own. */
export interface Held {
  readonly grad: Tensor | null;
  readonly lender: Lender | null;
}

const NOTHING: Held = { grad: null, lender: null };

let requirements = 0;

/** How often leaves were told to require a gradient, or to require none. */
export const requirementChanges = (): number => requirements;

export class LeafState {
  /** replaced as a whole, so that it can be kept */
  held: Held = NOTHING;
  #required = false;

  /** Whether the leaf requires a gradient. */
  get required(): boolean {
    return this.#required;
  }
  set required(value: boolean) {
    if (value !== this.#required) requirements++;
    this.#required = value;
  }

  /** Lets the leaf have a gradient: its own, or one in the memory of `lender`. */
  hold(grad: Tensor | null, lender: Lender | null): void {
    this.held = grad === null ? NOTHING : { grad, lender };
  }

  /** The gradient as everybody may keep it: a lent one is replaced by a copy first. */
  own(): Tensor | null {
    const { grad, lender } = this.held;
    if (grad !== null && lender !== null) lender.giveCopies(grad);
    return this.held.grad;
  }
}
