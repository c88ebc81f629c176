/**
 * The state of autograd that a recorded step is for: whether it recorded a tape, and which leaves
 * required a gradient.
 */
import { gradEnabled } from "../tensor/tape.js";
import { requirementChanges } from "../tensor/leaf.js";
import type { Tensor } from "../tensor/tensor.js";

export class AutogradState {
  private readonly enabled = gradEnabled();
  private readonly required = new Map<Tensor, boolean>();
  /** up to which the requirements are known to be those recorded */
  private changes = requirementChanges();

  /** What the step set, for the leaves that it did not find so. */
  readonly left = new Map<Tensor, boolean>();

  /**
   * The step asks whether a leaf requires a gradient, as `required` says, or sets it to `value`.
   */
  note(leaf: Tensor, required: boolean, value?: boolean): void {
    if (value !== undefined) this.left.set(leaf, value);
    else if (!this.left.has(leaf) && !this.required.has(leaf)) this.required.set(leaf, required);
  }

  /** Whether a step that begins now would find the same. */
  holds(): boolean {
    if (gradEnabled() !== this.enabled) return false;
    const changes = requirementChanges();
    if (changes === this.changes) return true;
    for (const [leaf, required] of this.required) if (leaf.requiresGrad !== required) return false;
    this.changes = changes;
    return true;
  }

  /** Whether the step found the same in both. */
  equals(other: AutogradState): boolean {
    const same = ([leaf, required]: [Tensor, boolean]) =>
      (other.required.get(leaf) ?? required) === required;
    return this.enabled === other.enabled && [...this.required].every(same);
  }
}
