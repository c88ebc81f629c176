/**
 * A training step recorded once and replayed in one native call for any number of steps; the bits
 * are those of the step itself.
 */
import { hostAccess, observe } from "../backend/observe.js";
import type { Command } from "../backend/plan.js";
import { checkFunction, checkOptions, checkWhole, isAsync, listOf } from "../check.js";
import { CompileError } from "../errors.js";
import type { Tensor } from "../tensor/index.js";
import { checkTensor } from "../tensor/tensor.js";
import { beganAlike, difference } from "./difference.js";
import { fuse } from "./fuse.js";
import { planMemory } from "./memory.js";
import { madeBy } from "./ownership.js";
import { record, type Recording } from "./recording.js";
import { rehomed } from "./rehome.js";
import { Replay } from "./replay.js";

/**
 * Recordings until two in a row agree: state that the first run makes (a momentum, say) shows in
 * the second.
 */
const ATTEMPTS = 3;

/** What a compiled step is told about itself. */
export interface CompileOptions {
  /**
   * what changes from step to step: contiguous tensors that `prepare` fills (indices of the
   * minibatch, learning rate)
   */
  inputs?: readonly Tensor[];
}

const OPTIONS = { inputs: listOf<Tensor>(checkTensor) };

/** A step that `compile` made: recorded when it first runs, replayed from then on. */
export class CompiledStep {
  readonly #step: () => Tensor;
  readonly #inputs: readonly Tensor[];
  #attempts = 0;
  /** the recording that the next one must equal */
  #last: Recording | undefined;
  /** the last recording in memory of its own, once it is known to repeat */
  #replay: Replay | undefined;
  /** why this step cannot be compiled, once that is known */
  #refusal: CompileError | undefined;

  /**
   * As `compile`.
   * @throws ValueError where `step` is no function; CompileError for inputs that are not contiguous
   */
  constructor(step: () => Tensor, options?: CompileOptions) {
    this.#step = checkFunction("compile: step", step);
    this.#inputs = [...(checkOptions("compile", options, OPTIONS).inputs ?? [])];
    if (!this.#inputs.every((input) => input.isContiguous()))
      throw new CompileError("compile: expected contiguous tensors as inputs; use contiguous()");
  }

  /**
   * Runs `steps` steps, each after `prepare(i)` has set the inputs for the i-th, exactly as `for
   * (let i = 0; i < steps; i++) { prepare(i); step(); }` would. Until the step is known (two equal
   * recordings) it runs as written. After that steps are prepared ahead, and wait to be replayed
   * together. A `prepare` that uses other tensors of the step than inputs, or runs a compiled step,
   * sees the steps before done, which only costs time. Where gradients are missing that were there,
   * or a leaf was frozen, the step runs as written, and is recorded anew.
   *
   * @returns the numbers of each step's result, one step after the other
   * @throws CompileError where the step reads numbers or its runs differ; IndexError on an index
   *   out of range, when the steps before are done, with inputs and gradients as the step leaves
   *   them (an index that the step computes is found when later ones may have been prepared
   *   already; it is thrown here, even if `prepare` has caught it)
   */
  run(steps = 1, prepare: (i: number) => void = () => undefined): Float32Array {
    hostAccess("run");
    checkWhole("run: steps", steps, 0);
    checkFunction("run: prepare", prepare);
    const prepareNow = (i: number): void => {
      const result: unknown = prepare(i);
      if (isAsync(result))
        throw new CompileError(
          "run: prepare: expected a function that returns at once, got an async one (steps " +
            "would run before their inputs are set)",
        );
    };
    if (this.#refusal !== undefined) throw this.#refusal;
    const results: Float32Array[] = [];
    for (let i = 0; i < steps;) {
      if (this.#replay === undefined) {
        prepareNow(i++);
        results.push(this.record());
      } else i = this.runAhead(this.#replay, i, steps, prepareNow, results);
    }
    return results.length === 1 ? results[0] : concatenated(results);
  }

  /** The kernel calls of a replayed step, once they are known. @internal */
  get commands(): readonly Command[] | undefined {
    return this.#replay?.commands;
  }

  /** The step as written, with its kernel calls noted; they become the plan once they repeat. */
  private record(): Float32Array {
    const recording = record(this.#step);
    const differs = this.#last === undefined ? "it ran once" : difference(this.#last, recording);
    // Another state of autograd, or gradients that were kept this time, are no fault of the step's.
    if (this.#last !== undefined && !beganAlike(this.#last, recording)) this.#attempts = 0;
    if (differs === undefined) this.planReplay(this.#last as Recording, recording);
    else if (++this.#attempts === ATTEMPTS)
      throw (this.#refusal = new CompileError(
        `compile: the step does not repeat itself: ${differs}`,
      ));
    else this.#last = recording;
    return recording.result.toTypedArray() as Float32Array;
  }

  private planReplay(last: Recording, recording: Recording): void {
    const { temporaries, givenAway } = madeBy(last, recording);
    const { commands, ...step } = rehomed(last, recording, givenAway);
    const planned = planMemory(fuse(commands, temporaries), temporaries);
    this.#replay = new Replay({ ...step, commands: planned }, this.#inputs);
    this.#last = undefined; // with the memory of its temporaries
    this.#attempts = 0;
  }

  /**
   * Prepares step `i` and those after it and replays them, until all are done or one must run as
   * written, which it does; the next to do.
   */
  private runAhead(
    replay: Replay,
    i: number,
    steps: number,
    prepare: (i: number) => void,
    results: Float32Array[],
  ): number {
    let taken = true;
    // What a waiting step threw. It ends this run, also where `prepare` met it by using a tensor of
    // the step, and caught it or threw another error after it.
    let failure: { error: unknown } | undefined;
    const runWaiting = (how: "run" | "interrupt"): void => {
      try {
        results.push(replay[how]());
      } catch (error) {
        failure = { error };
        throw error;
      }
    };
    try {
      observe(
        replay.watch(() => {
          runWaiting("interrupt");
        }),
        () => {
          while (taken && i < steps && failure === undefined) {
            taken = false;
            prepare(i++);
            taken = failure === undefined && this.#replay === replay && replay.take();
            if (taken && replay.full) runWaiting("run");
          }
        },
      );
    } catch (error) {
      // Where `prepare` throws, the steps before are done.
      if (failure === undefined) runWaiting("interrupt");
      if (failure === undefined) throw error;
      replay.restoreInputs();
      throw failure.error;
    }
    if (failure !== undefined) {
      replay.restoreInputs();
      throw failure.error;
    }
    runWaiting(taken ? "run" : "interrupt");
    if (!taken) {
      this.#replay = undefined;
      results.push(this.record());
    }
    return i;
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

/**
 * `step` as a compiled step: no arguments, one float32 tensor (the loss) as result. It runs as
 * written two or three times; from then on every number, branch and tensor that it took from
 * JavaScript is frozen, without an error if it would have changed later.
 *
 * Up to date after `run` are the result, the gradients of leaves, and every tensor made before the
 * step that it changes. Other tensors that it makes have no memory of their own in a replay: one
 * that is looked at later keeps the numbers of the last run as written. Copy it into a tensor made
 * before (`copy_`).
 */
export const compile = (step: () => Tensor, options?: CompileOptions): CompiledStep =>
  new CompiledStep(step, options);
