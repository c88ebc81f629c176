/** Kernel calls as data: commands that a plan runs in order, again and again. */
import { ValueError } from "../errors.js";
import { namesOf } from "./argument-names.js";
import { type Arguments, type KernelName, type Kernels, rowOf, Visitor } from "./kernel-table.js";
import type { Operand } from "./kernels.js";

/** A call of a kernel; its operands are plain storages and offsets. */
export type Command = {
  readonly [K in KernelName]: {
    readonly kernel: K;
    readonly args: Arguments<K>;
    /** its number in the recording that it is from */
    readonly at?: number;
  };
}[KernelName];

/** Numbers that a command reads and checks: `count` of them, from `low` to below `high`. */
export interface Indices {
  readonly operand: Operand;
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

/** Collects the operands of a call. */
class Operands extends Visitor {
  readonly reads: Operand[] = [];
  readonly writes: Operand[] = [];
  indices: Indices | undefined;

  override read(x: Operand | null): void {
    if (x !== null) this.reads.push(x);
  }

  override write(x: Operand | null): void {
    if (x !== null) this.writes.push(x);
  }

  override readStrided(x: Operand): void {
    this.read(x);
  }

  override writeStrided(x: Operand): void {
    this.write(x);
  }

  override readIndices(operand: Operand, count: number, low: number, high: number): void {
    this.read(operand);
    this.indices = { operand, count, low, high };
  }
}

/** The operands that a command reads, those it writes, and the indices that it checks. */
export function operandsOf({
  kernel,
  args,
}: Command): Pick<Operands, "reads" | "writes" | "indices"> {
  const operands = new Operands();
  rowOf(kernel)(operands, args);
  return operands;
}

/** All operands of a command. */
export function allOperands(command: Command): Operand[] {
  const { reads, writes } = operandsOf(command);
  return [...reads, ...writes];
}

/** The command with each operand replaced by what `change` makes of it. */
export function mapOperands(command: Command, change: (x: Operand) => Operand): Command {
  const args: Record<string, unknown> = { ...command.args };
  for (const name of namesOf(command.kernel).operands) {
    const x = args[name] as Operand | null;
    if (x !== null) args[name] = change(x);
  }
  return { ...command, args } as unknown as Command;
}

/** Contiguous words that a step takes from its caller (a feed) or gives back (a fetch). */
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

/** Instead of a position, from compiled kernels: no memory for scratch. */
export const NO_MEMORY = -2;

/** Only the losses of a linear layer and sums into many rows need scratch. */
export const noMemory = (kernel: KernelName): ValueError =>
  new ValueError(`${kernel}: no memory for its scratch; use a smaller batch`);

export interface Plan {
  /**
   * Runs all commands `steps` times. Before each step the next words of `fed` go to the feeds;
   * after each the words of the fetches go to `fetched`. Ends early at a failure.
   */
  run(steps: number, fed: Int32Array, fetched: Int32Array): Failure | undefined;
}

/** Runs one command; the position of an index out of range, or -1. */
function runCommand(kernels: Kernels, { kernel, args }: Command): number {
  return (kernels[kernel] as (args: Arguments<KernelName>) => number | void)(args) ?? -1;
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
  const [feedMemory, fetchMemory] = [feeds.map(memory), fetches.map(memory)];
  return {
    run(steps, fed, fetched) {
      let [read, written] = [0, 0];
      for (let step = 0; step < steps; step++) {
        for (const to of feedMemory) to.set(fed.subarray(read, (read += to.length)));
        for (const [number, command] of commands.entries()) {
          const position = runCommand(kernels, command);
          if (position >= 0) return { step, command: number, position };
        }
        for (const from of fetchMemory) {
          fetched.set(from, written);
          written += from.length;
        }
      }
      return undefined;
    },
  };
}
