/**
 * A recorded step whose result and new gradients have memory of the plan's own: those of the run
 * that was recorded belong to whoever kept them.
 */
import { type Command, operandsOf } from "../backend/plan.js";
import { allocate, type Storage } from "../backend/storage.js";
import { layout, Tensor } from "../tensor/tensor.js";
import type { AutogradState } from "./autograd-state.js";
import { moveTo } from "./memory.js";
import { lastingGradients } from "./ownership.js";
import type { GradientChange, GradientUse, Recording } from "./recording.js";

/** What a replay does. */
export interface RecordedStep {
  readonly commands: readonly Command[];
  readonly result: Tensor;
  readonly gradients: readonly (readonly [leaf: Tensor, use: GradientUse])[];
  readonly changes: readonly GradientChange[];
  /** memory of gradients that each run makes anew, and the plan writes again and again */
  readonly homes: ReadonlySet<Storage>;
  readonly state: AutogradState;
}

/**
 * The second of two equal runs, to be replayed.
 * @param given the memory that it made and gave away, which gets homes
 */
export function rehomed(
  last: Recording,
  recording: Recording,
  given: ReadonlySet<Storage>,
): RecordedStep {
  const homes = new Map(
    [...given].map((storage): [Storage, Storage] => [storage, allocate(storage.length)]),
  );
  const known = new Map<Tensor, Tensor>();
  const move = (t: Tensor): Tensor => {
    const storage = homes.get(t.storage);
    if (storage === undefined) return t;
    const moved = known.get(t) ?? new Tensor(storage, layout(t), t.offset, t.dtype);
    known.set(t, moved);
    return moved;
  };
  const moveGrad = (grad: Tensor | null): Tensor | null => grad && move(grad);
  const gradients = lastingGradients(last, recording).map(
    ([leaf, { found, left }]) => [leaf, { found, left: moveGrad(left) }] as const,
  );
  const lasting = new Set(gradients.map(([leaf]) => leaf));
  const changes = recording.changes.filter(({ leaf }) => lasting.has(leaf));
  return {
    commands: inHomes(recording.commands, homes, computedEarly(recording.commands, changes, given)),
    result: move(recording.result),
    gradients,
    changes: changes.map((change) => ({ ...change, grad: moveGrad(change.grad) })),
    homes: new Set(changes.flatMap(({ grad }) => (grad && homes.get(grad.storage)) ?? [])),
    state: recording.state,
  };
}

/**
 * The commands with results and gradients in their homes. A gradient in `early` is computed in
 * other memory and copied home when it is set: if the step ends between the two, the leaf still has
 * the gradient of the step before.
 */
function inHomes(
  commands: readonly Command[],
  homes: ReadonlyMap<Storage, Storage>,
  early: ReadonlyMap<Storage, number>,
): Command[] {
  const places = new Map(
    [...homes].map(([from, home]): [Storage, Storage] => [
      from,
      early.has(from) ? allocate(from.length) : home,
    ]),
  );
  const copyHome = (from: Storage, at: number): Command => {
    const [source, target] = [places.get(from) as Storage, homes.get(from) as Storage];
    return {
      kernel: "copy",
      args: {
        shape: [from.length],
        a: { storage: source, offset: 0 },
        aStrides: [1],
        out: { storage: target, offset: 0 },
        outStrides: [1],
      },
      at,
    };
  };
  const setAt = (at: number): Command[] =>
    [...early].filter(([, set]) => set === at).map(([from]) => copyHome(from, at));
  const moved = commands.flatMap((command, at) => {
    const changed = new Set(operandsOf(command).writes.map(({ storage }) => storage));
    const again = [...early]
      .filter(([from, set]) => set <= at && changed.has(from))
      .map(([from]) => copyHome(from, at));
    return [...setAt(at), ...moveTo(places, [command]), ...again];
  });
  return [...moved, ...setAt(commands.length)];
}

/**
 * New gradients that have numbers before a command that may end the step, and are set after it; and
 * where they are set.
 */
function computedEarly(
  commands: readonly Command[],
  changes: readonly GradientChange[],
  given: ReadonlySet<Storage>,
): Map<Storage, number> {
  const risks = mayEndAt(commands);
  const early = new Map<Storage, number>();
  for (const { at, grad } of changes) {
    if (grad === null || !given.has(grad.storage) || early.has(grad.storage)) continue;
    const first = commands.findIndex((command) =>
      operandsOf(command).writes.some(({ storage }) => storage === grad.storage),
    );
    if (risks.some((risk) => risk > first && risk < at)) early.set(grad.storage, at);
  }
  return early;
}

/**
 * The commands that may meet an index out of range: not those whose indices the step has checked
 * before.
 */
function mayEndAt(commands: readonly Command[]): number[] {
  const checked = new Map<Storage, Set<string>>();
  const risks: number[] = [];
  for (const [at, command] of commands.entries()) {
    const { indices, writes } = operandsOf(command);
    if (indices !== undefined) {
      const {
        operand: { storage, offset },
        count,
        low,
        high,
      } = indices;
      const range = [offset, count, low, high].join();
      const known = checked.get(storage) ?? new Set();
      if (!known.has(range)) risks.push(at);
      checked.set(storage, known.add(range));
    }
    for (const { storage } of writes) checked.delete(storage);
  }
  return risks;
}
