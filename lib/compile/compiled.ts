/** A training step recorded once and replayed in one native call for any number of steps; the bits are those of the step itself. */
import { noMemory } from "../backend/control.js";
import { hostAccess, makePlan } from "../backend/index.js";
import type { Operand } from "../backend/kernels.js";
import type { Command, KernelName, Plan, Transfer } from "../backend/plan.js";
import type { Storage } from "../backend/storage.js";
import { CompileError, IndexError, type MmError, quote, ValueError } from "../errors.js";
import type { Tensor } from "../tensor/index.js";
import { fuse } from "./fuse.js";
import { planMemory } from "./memory.js";
import { difference, record, type Recording, temporaries } from "./recording.js";

/** Recordings until two in a row agree: state that the first run makes (a momentum, say) shows in the second. */
const ATTEMPTS = 3;

/** How long a replay may keep its inputs waiting in memory, in words: 1 MiB. */
const RING = 2 ** 18;

export interface CompileOptions {
  /**
   * what changes from step to step: contiguous tensors that `prepare` fills before each step (indices of the minibatch, learning rate)
   */
  inputs?: readonly Tensor[];
}

interface Replayed {
  readonly commands: readonly Command[];
  readonly plan: Plan;
  /** of a step's result */
  readonly words: number;
}

export class CompiledStep {
  private readonly step: () => Tensor;
  private readonly inputs: readonly Transfer[];
  /** the inputs' memory, as words */
  private readonly windows: readonly Int32Array[];
  private readonly inputWords: number;
  private attempts = 0;
  /** the recording that the next one must equal */
  private last: Recording | undefined;
  /** the last recording in memory of its own, once it is known to repeat */
  private replayed: Replayed | undefined;
  private fed = new Int32Array(0);

  constructor(step: () => Tensor, { inputs = [] }: CompileOptions) {
    if (typeof step !== "function") throw new ValueError(`compile: expected a function, got ${quote(step)}`);
    for (const input of inputs) if (!input.isContiguous()) throw new CompileError("compile: expected contiguous tensors as inputs; use contiguous()");
    this.step = step;
    this.inputs = inputs.map((t) => ({ operand: t, words: t.numel }));
    this.windows = inputs.map(({ storage: { slab, start }, offset, numel }) => slab.i32.subarray(start + offset, start + offset + numel));
    this.inputWords = this.inputs.reduce((sum, { words }) => sum + words, 0);
  }

  /**
   * Runs `steps` steps, each after `prepare(i)` has set the inputs for the i-th, exactly as
   * `for (let i = 0; i < steps; i++) { prepare(i); step(); }` would. Until the step is known (two equal recordings) it runs as written.
   *
   * @returns the numbers of each step's result, one step after the other
   * @throws CompileError where the step reads numbers or its runs differ; IndexError on an index out of range, when the steps before are done
   */
  run(steps = 1, prepare: (i: number) => void = () => undefined): Float32Array {
    hostAccess("run");
    if (!Number.isInteger(steps) || steps < 0) throw new ValueError(`run: expected a whole number of steps >= 0, got ${quote(steps)}`);
    const results: Float32Array[] = [];
    const most = Math.max(1, Math.floor(RING / Math.max(1, this.inputWords)));
    for (let done = 0; done < steps;) {
      if (this.replayed === undefined) {
        prepare(done++);
        results.push(this.record());
      } else {
        const some = Math.min(steps - done, most);
        results.push(this.replay(this.replayed, some, (i) => prepare(done + i)));
        done += some;
      }
    }
    return results.length === 1 ? results[0] : concatenated(results);
  }

  /** The kernel calls of a replayed step, once they are known. */
  get commands(): readonly Command[] | undefined {
    return this.replayed?.commands;
  }

  /** The step as written, with its kernel calls noted; they become the plan once they repeat. */
  private record(): Float32Array {
    const recording = record(this.step);
    const differs = this.last === undefined ? "it ran once" : difference(this.last, recording);
    if (differs === undefined) this.seal(recording, temporaries(this.last as Recording, recording));
    else if (++this.attempts === ATTEMPTS) throw new CompileError(`compile: the step does not repeat itself: ${differs}`);
    else this.last = recording;
    return recording.result.toTypedArray() as Float32Array;
  }

  private seal({ commands, result }: Recording, own: ReadonlySet<Storage>): void {
    const placed = planMemory(fuse(commands, own), own);
    this.replayed = { commands: placed, plan: makePlan(placed, this.inputs, [{ operand: result, words: result.numel }]), words: result.numel };
    this.last = undefined; // with the memory of its temporaries
  }

  private replay({ commands, plan, words }: Replayed, steps: number, prepare: (i: number) => void): Float32Array {
    if (this.fed.length < steps * this.inputWords) this.fed = new Int32Array(steps * this.inputWords);
    for (let i = 0, at = 0; i < steps; i++) {
      prepare(i);
      for (const window of this.windows) {
        this.fed.set(window, at);
        at += window.length;
      }
    }
    const out = new Float32Array(steps * words);
    const failure = plan.run(steps, this.fed, new Int32Array(out.buffer));
    if (failure !== undefined) throw failed(commands[failure.command], failure.position);
    return out;
  }
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Where the kernels that check targets have them, and the number of classes, among their arguments. */
const TARGETS: Partial<Record<KernelName, [classes: number, targets: number]>> = {
  crossEntropy: [1, 3], linearCrossEntropy: [2, 6], linearCrossEntropyBackward: [2, 6],
};

/** What the step itself would have thrown. */
function failed({ kernel, args }: Command, position: number): MmError {
  if (position < 0) return noMemory(kernel);
  const [sizeAt, indexAt] = TARGETS[kernel] ?? [1, 4];
  const size = args[sizeAt] as number;
  const { storage: { slab, start }, offset } = args[indexAt] as Operand;
  const value = slab.i32[start + offset + position];
  if (kernel in TARGETS) return new IndexError(kernel, value, size, `target ${value} in row ${position} is out of range 0..${size - 1}`);
  return new IndexError("index", value, size, `index ${value} is out of range for dimension 0 with size ${size}`);
}

/**
 * `step` as a compiled step: no arguments, one float32 tensor (the loss) as result. Every number it uses from JavaScript is frozen.
 *
 * Up to date after `run` are the result, the gradients, and every tensor made before the step that it changes. Other tensors that it makes
 * have no memory of their own in a replay: one that is looked at later keeps the numbers of the last run as written. Copy it into a
 * tensor made before (`copy_`).
 */
export const compile = (step: () => Tensor, options: CompileOptions = {}): CompiledStep => new CompiledStep(step, options);
