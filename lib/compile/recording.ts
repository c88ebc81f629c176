/** One run of a step with every kernel call written down, and what makes two recordings the same program. */
import { withRecorder } from "../backend/index.js";
import type { Kernels, Operand } from "../backend/kernels.js";
import { type Argument, type Command, isOperand, type KernelName, OPERANDS } from "../backend/plan.js";
import type { Storage } from "../backend/storage.js";
import { CompileError } from "../errors.js";
import { Tensor } from "../tensor/index.js";

export interface Recording {
  readonly commands: readonly Command[];
  readonly result: Tensor;
  /** what is read after the step: the result and the gradients of the leaves */
  readonly kept: ReadonlySet<Storage>;
}

const KERNELS = Object.keys(OPERANDS) as KernelName[];

/** Runs `step` once; its kernels compute as ever. */
export function record(step: () => Tensor): Recording {
  const commands: Command[] = [];
  const kept = new Set<Storage>();
  const over = (inner: Kernels): Kernels => {
    const noting = (kernel: KernelName) => (...args: Argument[]) => {
      // A tensor is an operand too: keep its place in memory, not its tape.
      commands.push({ kernel, args: args.map((x) => (isOperand(x) ? { storage: x.storage, offset: x.offset } : x)) });
      return (inner[kernel] as (...args: readonly Argument[]) => unknown)(...args);
    };
    return { name: inner.name, ...Object.fromEntries(KERNELS.map((kernel) => [kernel, noting(kernel)])) } as unknown as Kernels;
  };
  const keep = ({ storage }: Operand) => void kept.add(storage);
  const result = withRecorder({ over, keep }, step);
  if (!(result instanceof Tensor) || result.dtype !== "float32" || !result.isContiguous()) {
    throw new CompileError("compile: expected the step to return a contiguous float32 tensor");
  }
  keep(result);
  return { commands, result, kept };
}

const operandsAt = ({ args }: Command, positions: readonly number[]): Operand[] => positions.map((i) => args[i]).filter(isOperand);

/** How a recording uses a storage. */
interface Use {
  written: boolean;
  /** it holds something from before the recording that the recording needs */
  readFirst: boolean;
}

function uses({ commands }: Recording): Map<Storage, Use> {
  const map = new Map<Storage, Use>();
  for (const command of commands) {
    const { reads, writes } = OPERANDS[command.kernel];
    for (const { storage } of operandsAt(command, reads)) if (!map.has(storage)) map.set(storage, { written: false, readFirst: true });
    for (const { storage } of operandsAt(command, writes)) {
      const use = map.get(storage);
      if (use === undefined) map.set(storage, { written: true, readFirst: false });
      else use.written = true;
    }
  }
  return map;
}

/** What differs between two runs of a step, in words; undefined if replaying either stands for both. */
export function difference(a: Recording, b: Recording): string | undefined {
  if (a.commands.length !== b.commands.length) return `${a.commands.length} kernel calls, then ${b.commands.length}`;
  const pairs = new Map<Storage, Storage>();
  for (const [i, command] of a.commands.entries()) {
    const other = b.commands[i];
    const where = `kernel call ${i}`;
    if (command.kernel !== other.kernel) return `${where} was ${command.kernel}, then ${other.kernel}`;
    for (const [n, x] of command.args.entries()) {
      const y = other.args[n];
      if (!isOperand(x) || !isOperand(y)) {
        if (!sameArgument(x, y)) return `${where} (${command.kernel}) had the argument ${text(x)}, then ${text(y)}`;
      } else if (x.offset !== y.offset || (pairs.get(x.storage) ?? y.storage) !== y.storage) {
        return `${where} (${command.kernel}) used other memory`;
      } else pairs.set(x.storage, y.storage);
    }
  }
  const [first, second] = [uses(a), uses(b)];
  for (const [x, y] of pairs) {
    if (x === y || !second.get(y)?.readFirst) continue;
    // Read, not made here, and not the same memory twice: a constant, or something handed on from one run to the next.
    if (first.get(x)?.written || first.get(y)?.written || second.get(y)?.written) {
      return "a tensor was handed on from one run to the next; make it before, and change it in place";
    }
    if (!sameWords(x, y)) return "a number made in JavaScript changed; pass what changes as an input";
  }
  return undefined;
}

/** What `second` made for itself alone: memory that `first` did not know, written before it is read, and of no use afterwards. */
export function temporaries(first: Recording, second: Recording): Set<Storage> {
  const before = uses(first);
  const own = [...uses(second)].filter(([storage, { readFirst }]) => !before.has(storage) && !readFirst && !second.kept.has(storage));
  return new Set(own.map(([storage]) => storage));
}

function sameArgument(x: Argument, y: Argument): boolean {
  if (Array.isArray(x) && Array.isArray(y)) return x.length === y.length && x.every((value, i) => value === (y as readonly number[])[i]);
  return Object.is(x, y);
}

function sameWords(x: Storage, y: Storage): boolean {
  const words = ({ slab, start, length }: Storage) => slab.i32.subarray(start, start + length);
  const [a, b] = [words(x), words(y)];
  return a.length === b.length && a.every((word, i) => word === b[i]);
}

const text = (x: Argument): string => (isOperand(x) ? "a tensor" : JSON.stringify(x));
