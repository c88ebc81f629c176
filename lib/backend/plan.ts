/** Kernel calls as data: commands that a plan runs in order, again and again. */
import type { Kernels, Operand } from "./kernels.js";

export type KernelName = Exclude<keyof Kernels, "name">;

/**
 * Which arguments of each kernel are operands, by position, and whether it reads or writes them.
 */
export const OPERANDS: {
  readonly [K in KernelName]: {
    readonly reads: readonly number[];
    readonly writes: readonly number[];
  };
} = {
  gemm: { reads: [3, 6, 9, 13], writes: [10] },
  unary: { reads: [2], writes: [4] },
  binary: { reads: [2, 4], writes: [6] },
  copy: { reads: [1], writes: [3] },
  fill: { reads: [], writes: [2] },
  sum: { reads: [3], writes: [4] },
  max: { reads: [3], writes: [4, 5] },
  gatherRows: { reads: [4, 5], writes: [6] },
  scatterAddRows: { reads: [3, 4, 5], writes: [5] },
  softmax: { reads: [2], writes: [3] },
  crossEntropy: { reads: [2, 3], writes: [5, 6] },
  sgd: { reads: [1, 2, 3], writes: [1] },
  sgdMomentum: { reads: [1, 2, 3, 4], writes: [1, 3] },
  adamw: { reads: [1, 2, 3, 4, 5], writes: [1, 3, 4] },
  linearCrossEntropy: { reads: [3, 4, 5, 6], writes: [7, 8, 9] },
  linearCrossEntropyBackward: { reads: [3, 4, 5, 6, 7, 10, 13], writes: [12, 13, 14] },
};

export type Argument = number | string | boolean | readonly number[] | Operand | null;

/** Whether an argument, also one that was left out, is an operand. */
export const isOperand = (x: Argument | undefined): x is Operand =>
  typeof x === "object" && x !== null && "storage" in x;

export interface Command {
  readonly kernel: KernelName;
  /** as in the contract, operands as plain storages and offsets */
  readonly args: readonly Argument[];
  /** its number in the recording that it is from */
  readonly at?: number;
}

/** The operands that a command reads, and those it writes. */
export function operandsOf({ kernel, args }: Command, use: "reads" | "writes"): Operand[] {
  // linearCrossEntropyBackward finds something in gradWeight only if the forward pass has kept it
  // there
  const positions =
    use === "reads" && kernel === "linearCrossEntropyBackward" && args[8] === false
      ? [3, 4, 5, 6, 7, 10]
      : OPERANDS[kernel][use];
  return positions.map((at) => args[at]).filter(isOperand);
}

/** Contiguous words that a step takes from its caller or gives back. */
export interface Transfer {
  readonly operand: Operand;
  readonly words: number;
}

/**
 * A step that has stopped: command number `command` met an index or target out of range, its
 * `position`-th; below 0: no memory for scratch.
 */
export interface Failure {
  readonly step: number;
  readonly command: number;
  readonly position: number;
}

export interface Plan {
  /**
   * Runs all commands `steps` times. Before each step the next words of `fed` go to the feeds;
   * after each the words of the fetches go to `fetched`. Ends early at a failure.
   */
  run(steps: number, fed: Int32Array, fetched: Int32Array): Failure | undefined;
}

/** Runs one command; what the kernel returns. */
export function runCommand(kernels: Kernels, { kernel, args }: Command): number | undefined {
  return (kernels[kernel] as (...args: readonly Argument[]) => number | undefined)(...args);
}

/** A plan that calls the kernels one by one. */
export function interpret(
  kernels: Kernels,
  commands: readonly Command[],
  feeds: readonly Transfer[],
  fetches: readonly Transfer[],
): Plan {
  const memory = ({ operand: { storage, offset }, words }: Transfer) => {
    const from = storage.start + offset;
    return storage.slab.i32.subarray(from, from + words);
  };
  const [inputs, outputs] = [feeds.map(memory), fetches.map(memory)];
  return {
    run(steps, fed, fetched) {
      let [read, written] = [0, 0];
      for (let step = 0; step < steps; step++) {
        for (const to of inputs) to.set(fed.subarray(read, (read += to.length)));
        for (const [command, c] of commands.entries()) {
          const position = runCommand(kernels, c) ?? -1;
          if (position >= 0) return { step, command, position };
        }
        for (const from of outputs) {
          fetched.set(from, written);
          written += from.length;
        }
      }
      return undefined;
    },
  };
}
