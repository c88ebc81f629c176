/**
 * The indices and targets that kernels check before they compute: what can end a step in its
 * middle.
 */
import { noMemory } from "../backend/control.js";
import type { Operand } from "../backend/kernels.js";
import type { Command, KernelName } from "../backend/plan.js";
import { IndexError, type MmError } from "../errors.js";

/** Where the kernels have them, and how many rows or classes there are, among their arguments. */
const INDICES: Partial<Record<KernelName, [size: number, indices: number]>> = {
  gatherRows: [1, 5],
  scatterAddRows: [1, 4],
};
const TARGETS: typeof INDICES = {
  crossEntropy: [1, 3],
  linearCrossEntropy: [2, 6],
  linearCrossEntropyBackward: [2, 6],
};

/** `count` whole numbers at `operand`, which must lie from `low` to below `high`. */
export interface CheckedIndices {
  readonly operand: Operand;
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

/** What a command checks; undefined for nothing. */
export function checkedIndices({ kernel, args }: Command): CheckedIndices | undefined {
  const [sizeAt, indexAt] = TARGETS[kernel] ?? INDICES[kernel] ?? [];
  if (sizeAt === undefined || indexAt === undefined) return undefined;
  const high = args[sizeAt] as number;
  return {
    operand: args[indexAt] as Operand,
    count: args[0] as number,
    low: kernel in TARGETS ? 0 : -high,
    high,
  };
}

/**
 * What the step itself would have thrown; which dimension it was that an index ran along, a kernel
 * does not know.
 */
export function failed(command: Command, position: number): MmError {
  if (position < 0) return noMemory();
  const {
    operand: {
      storage: { slab, start },
      offset,
    },
    high,
  } = checkedIndices(command) as CheckedIndices;
  const value = slab.i32[start + offset + position];
  if (command.kernel in TARGETS)
    return new IndexError(
      command.kernel,
      value,
      high,
      `target ${value} in row ${position} is out of range 0..${high - 1}`,
    );
  return new IndexError(
    "index",
    value,
    high,
    `index ${value} is out of range for a dimension of size ${high}`,
  );
}
