/** Whose the memory is that a recorded step uses: the step's own, or that of others too. */
import { operandsOf } from "../backend/plan.js";
import type { Storage } from "../backend/storage.js";
import type { Tensor } from "../tensor/index.js";
import type { GradientUse, Recording } from "./recording.js";

/** What a recording does with a storage. */
interface Access {
  written: boolean;
  /** it holds something from before the recording that the recording needs */
  readFirst: boolean;
}

export function accessesOf({ commands }: Recording): Map<Storage, Access> {
  const map = new Map<Storage, Access>();
  for (const command of commands) {
    const { reads, writes } = operandsOf(command);
    for (const { storage } of reads)
      if (!map.has(storage)) map.set(storage, { written: false, readFirst: true });
    for (const { storage } of writes) {
      const known = map.get(storage);
      if (known === undefined) map.set(storage, { written: true, readFirst: false });
      else known.written = true;
    }
  }
  return map;
}

/** The gradients that outlive the step: those of leaves that both runs know. */
export const lastingGradients = (a: Recording, b: Recording): [Tensor, GradientUse][] =>
  [...b.gradients].filter(([leaf]) => a.gradients.has(leaf));

/** The memory of what the second of two equal runs left to others: its result, and gradients. */
function leftToOthers(a: Recording, b: Recording): Set<Storage> {
  const leaves = new Map(lastingGradients(a, b));
  const gradients = b.changes.flatMap(({ leaf, grad }) =>
    leaves.has(leaf) && grad !== null ? [grad] : [],
  );
  return new Set(
    [b.result, ...gradients, ...[...leaves.values()].flatMap(({ left }) => left ?? [])].map(
      ({ storage }) => storage,
    ),
  );
}

/** Memory that a step made: written before it is read. */
export interface Made {
  /** for itself alone */
  readonly temporaries: ReadonlySet<Storage>;
  /** and gave away: others may keep it, so that a replay must not write over it */
  readonly givenAway: ReadonlySet<Storage>;
}

/** What the second of two equal runs made. */
export function madeBy(a: Recording, b: Recording): Made {
  const others = leftToOthers(a, b);
  const [temporaries, givenAway] = [new Set<Storage>(), new Set<Storage>()];
  for (const [storage, { readFirst }] of accessesOf(b))
    if (storage.serial >= b.firstSerial && !readFirst)
      (others.has(storage) ? givenAway : temporaries).add(storage);
  return { temporaries, givenAway };
}
