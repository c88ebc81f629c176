/** A recorded step whose result and new gradients have memory of the plan's own: those of the run that was recorded belong to whoever kept them. */
import type { Command } from "../backend/plan.js";
import { allocate, type Storage } from "../backend/storage.js";
import type { Tensor } from "../tensor/index.js";
import { layout, placed } from "../tensor/tensor.js";
import type { AutogradState } from "./autograd-state.js";
import { moveTo } from "./memory.js";
import { type GradientChange, givenAway, type GradientUse, type Recording, shared } from "./recording.js";

/** What a replay does. */
export interface RecordedStep {
  readonly commands: readonly Command[];
  readonly result: Tensor;
  readonly gradients: readonly (readonly [leaf: Tensor, use: GradientUse])[];
  readonly changes: readonly GradientChange[];
  /** gradients that each run makes anew; the plan writes them all in the same memory */
  readonly made: ReadonlySet<Tensor>;
  readonly state: AutogradState;
}

/** The second of two equal runs, to be replayed. */
export function rehomed(last: Recording, recording: Recording): RecordedStep {
  const homes = new Map([...givenAway(last, recording)].map((storage): [Storage, Storage] => [storage, allocate(storage.length)]));
  const known = new Map<Tensor, Tensor>();
  const move = (t: Tensor): Tensor => {
    const storage = homes.get(t.storage);
    if (storage === undefined) return t;
    const moved = known.get(t) ?? placed(storage, layout(t), t.offset, t.dtype);
    known.set(t, moved);
    return moved;
  };
  const moveGrad = (grad: Tensor | null): Tensor | null => grad && move(grad);
  const gradients = shared(last, recording).map(([leaf, { found, left }]) => [leaf, { found, left: moveGrad(left) }] as const);
  const lasting = new Set(gradients.map(([leaf]) => leaf));
  const changes = recording.changes.filter(({ leaf }) => lasting.has(leaf)).map((change) => ({ ...change, grad: moveGrad(change.grad) }));
  const made = new Set(known.values());
  return { commands: moveTo(homes, recording.commands), result: move(recording.result), gradients, changes, made, state: recording.state };
}
