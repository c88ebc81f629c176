/**
 * A recorded step as a plan, and the steps that wait for it: prepared, with their inputs kept, and
 * not yet run.
 */
import { makePlan } from "../backend/index.js";
import type { Operand } from "../backend/kernels.js";
import { look, type Observer } from "../backend/observe.js";
import { allOperands, type Command, operandsOf, type Plan } from "../backend/plan.js";
import { allocate, type Storage } from "../backend/storage.js";
import type { Held, Lender } from "../tensor/leaf.js";
import { layout, leafState, Tensor } from "../tensor/tensor.js";
import { errorOf } from "./failure.js";
import type { RecordedStep } from "./rehome.js";

/** How much memory the inputs of waiting steps may take, in words: 1 MiB. */
const MOST_WAITING_WORDS = 2 ** 18;

export class Replay implements Lender {
  private readonly plan: Plan;
  /** the memory of the inputs that are kept for waiting steps, and its words together */
  private readonly inputs: readonly Int32Array[];
  private readonly inputWords: number;
  /**
   * memory that the plan uses and a program may look at: while steps wait, it does not yet hold
   * what they will write
   */
  private readonly guarded: ReadonlySet<Storage>;
  /**
   * inputs that kernels take as indices, and their range: a step with one out of range does not
   * wait, it runs as written and throws
   */
  private readonly indices: readonly { input: Int32Array; low: number; high: number }[];
  /** memory that a step changes: a new version tells gradients that need what was there */
  private readonly written: ReadonlySet<Storage>;
  /** the inputs of the waiting steps, one step after the other */
  private fed = new Int32Array(0);
  /** how many steps wait */
  private waiting = 0;
  /**
   * the gradients that each waiting step starts from; undefined: those that the step before left
   */
  private readonly starts: (Held[] | undefined)[] = [];
  /** the inputs of the step that failed */
  private inputsThen: readonly Int32Array[] = [];

  constructor(
    private readonly step: RecordedStep,
    inputs: readonly Tensor[],
  ) {
    const { commands, result } = step;
    this.written = new Set(
      commands.flatMap((command) => operandsOf(command).writes.map(({ storage }) => storage)),
    );
    // An input that the step changes, or that is a part of other memory, is not kept for waiting
    // steps but guarded.
    const kept = inputs.filter(
      ({ storage, numel }) => numel === storage.length && !this.written.has(storage),
    );
    this.inputs = kept.map(({ storage: { slab, start, length } }) =>
      slab.i32.subarray(start, start + length),
    );
    this.indices = kept.flatMap(({ storage }, i) =>
      commands.flatMap((command) => {
        const { indices } = operandsOf(command);
        return indices?.operand.storage === storage
          ? [{ input: this.inputs[i], low: indices.low, high: indices.high }]
          : [];
      }),
    );
    this.inputWords = kept.reduce((sum, { numel }) => sum + numel, 0);
    const storages = [
      result.storage,
      ...commands.flatMap(allOperands).map(({ storage }) => storage),
    ];
    this.guarded = new Set(storages.filter((storage) => kept.every((t) => t.storage !== storage)));
    this.plan = makePlan(
      commands,
      kept.map((t) => ({ operand: t, words: t.numel })),
      [{ operand: result, words: result.numel }],
    );
  }

  get commands(): readonly Command[] {
    return this.step.commands;
  }

  /** Whether as many steps wait as may. */
  get full(): boolean {
    return (this.waiting + 1) * this.inputWords > MOST_WAITING_WORDS;
  }

  /**
   * Takes in one more step, whose inputs are set: keeps them, and leaves the gradients as the step
   * would.
   * @returns false if the step must run as written: it starts from other gradients, or in another
   *   state of autograd, than the recorded one did, or an index is out of range
   */
  take(): boolean {
    const { gradients, state } = this.step;
    if (!state.holds() || !this.indices.every(inRange)) return false;
    let isChanged = false;
    for (const [leaf, { found, left }] of gradients) {
      const grad = leafState(leaf).held.grad;
      if (found !== undefined && found !== grad) return false;
      isChanged ||= grad !== left;
    }
    this.starts[this.waiting] = isChanged
      ? gradients.map(([leaf]) => leafState(leaf).held)
      : undefined;
    let at = this.waiting++ * this.inputWords;
    if (this.waiting * this.inputWords > this.fed.length) this.grow();
    for (const input of this.inputs) {
      this.fed.set(input, at);
      at += input.length;
    }
    if (isChanged) for (const [leaf, { left }] of gradients) this.lend(leaf, left);
    for (const [leaf, required] of state.left) leafState(leaf).required = required;
    return true;
  }

  /** Lets a leaf have a gradient, which is its own only if the step does not make it. */
  private lend(leaf: Tensor, grad: Tensor | null): void {
    const isLent = grad !== null && this.step.homes.has(grad.storage);
    leafState(leaf).hold(grad, isLent ? this : null);
  }

  giveCopies(lent: Tensor): void {
    look(lent); // steps that wait are to write it
    const { slab, start, length } = lent.storage;
    const own = allocate(length);
    own.slab.i32.set(slab.i32.subarray(start, start + length), own.start);
    const copies = new Map<Tensor, Tensor>();
    for (const [leaf] of this.step.gradients) {
      const { grad, lender } = leafState(leaf).held;
      if (grad === null || lender !== this || grad.storage !== lent.storage) continue;
      const copy = copies.get(grad) ?? new Tensor(own, layout(grad), grad.offset, grad.dtype);
      copies.set(grad, copy);
      leafState(leaf).hold(copy, null);
    }
  }

  private grow(): void {
    const larger = new Int32Array(2 * this.waiting * this.inputWords);
    larger.set(this.fed);
    this.fed = larger;
  }

  /** Runs the steps that wait; the numbers of their results, one step after the other. */
  run(): Float32Array {
    const steps = this.waiting;
    if (steps === 0) return new Float32Array(0);
    this.waiting = 0;
    const out = new Float32Array(steps * this.step.result.numel);
    for (const storage of this.written) storage.version++;
    const failure = this.plan.run(steps, this.fed, new Int32Array(out.buffer));
    if (failure === undefined) return out;
    const command = this.commands[failure.command];
    this.leave(failure.step, command.at as number);
    throw errorOf(command, failure.position);
  }

  /**
   * Leaves inputs and gradients as waiting step number `step` does that ends before its kernel call
   * number `at`.
   */
  private leave(step: number, at: number): void {
    let from = step * this.inputWords;
    this.inputsThen = this.inputs.map(({ length }) => this.fed.slice(from, (from += length)));
    this.restoreInputs();
    const { gradients, changes } = this.step;
    for (const [i, [leaf, { left }]] of gradients.entries()) {
      const start = this.starts[step]?.[i];
      if (start === undefined) this.lend(leaf, left);
      else leafState(leaf).held = start;
    }
    for (const change of changes) if (change.at <= at) this.lend(change.leaf, change.grad);
  }

  /** Puts the inputs back to those of the step that failed, which `prepare` may have set since. */
  restoreInputs(): void {
    for (const [i, input] of this.inputs.entries()) input.set(this.inputsThen[i]);
  }

  /** `run` in the middle of preparing the next step: whose inputs stay as they are. */
  interrupt(): Float32Array {
    const inputsNow = this.inputs.map((input) => input.slice());
    const results = this.run();
    for (const [i, input] of this.inputs.entries()) input.set(inputsNow[i]);
    return results;
  }

  /** Calls `before` when somebody is about to use memory that waiting steps use. */
  watch(before: () => unknown): Observer {
    const meets = (x: Operand): boolean => this.guarded.has(x.storage);
    return {
      recording: false,
      call: (command) => void (this.waiting > 0 && allOperands(command).some(meets) && before()),
      access: (_, operand) =>
        void (this.waiting > 0 && (operand === undefined || meets(operand)) && before()),
      look: (operand) => void (this.waiting > 0 && meets(operand) && before()),
      gradient: () => undefined,
      requirement: () => undefined,
    };
  }
}

function inRange({ input, low, high }: Replay["indices"][number]): boolean {
  for (let i = 0; i < input.length; i++) if (input[i] < low || input[i] >= high) return false;
  return true;
}
