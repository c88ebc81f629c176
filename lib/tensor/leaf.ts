/**
 * What autograd keeps for a leaf: whether it wants a gradient, the gradient, and whose memory that
 * is.
 */
import { letGo } from "../backend/workspace.js";
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
  #held: Held = NOTHING;
  #required = false;

  /** Replaced as a whole, so that it can be kept. */
  get held(): Held {
    this.#held.grad?.storage.expose();
    return this.#held;
  }
  set held(held: Held) {
    this.#held = held;
  }

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
    grad?.storage.handOut();
    this.#held = grad === null ? NOTHING : { grad, lender };
  }

  /** `hold` of a gradient of its own; the one before is gone, unless somebody has seen it. */
  replace(grad: Tensor | null): void {
    const before = this.#held.grad;
    this.hold(grad, null);
    if (before !== null) letGo(before.storage);
  }

  /** The gradient as everybody may keep it: a lent one is replaced by a copy first. */
  own(): Tensor | null {
    this.borrow();
    return this.held.grad;
  }

  /** The gradient for a look that ends before anybody else runs: nothing of it may be kept. */
  borrow(): Tensor | null {
    const { grad, lender } = this.#held;
    if (grad !== null && lender !== null) lender.giveCopies(grad);
    return this.#held.grad;
  }
}
