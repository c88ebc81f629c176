/** The training loop: draw a minibatch, forward, backward, update. */
import { backward } from "../autograd/index.js";
import { type CompiledStep, compile } from "../compile/index.js";
import { checkArguments, checkFunction, checkWhole, instance, optional, whole } from "../check.js";
import type { Dataset } from "../data/examples/dataset.js";
import type { Feed } from "../data/examples/rows.js";
import type { Turn } from "../distributed/team.js";
import { ValueError } from "../errors.js";
import { lossOf } from "../models/index.js";
import { Dropout, dropoutsOf, notingDropouts } from "../nn/layers/dropout.js";
import type { Module } from "../nn/index.js";
import { type Optimizer, SGD } from "../optim/index.js";
import type { Tensor } from "../tensor/index.js";
import { MOST_ELEMENTS } from "../tensor/shape.js";
import { Rewind } from "./divergence.js";
import { inTurns, type Task } from "./event-loop.js";
import { notFinite } from "./finite.js";
import { rateIn } from "./schedule.js";
import { updatedTensors, restoreState, type TrainerState, trainerState } from "./state.js";
import { checkTrainerOptions, type TrainerOptions } from "./trainer-options.js";

/** Told the number of each step, from 0, and the loss of its minibatch before the update. */
export type StepListener = (step: number, loss: number) => void;

/**
 * The number of steps per native call is adapted until a call takes this long, in milliseconds:
 * long enough to make up for the call's own microseconds, short enough to report progress.
 */
const CALL_MS = 5;

const RUN = {
  until: whole(0),
  onStep: optional(checkFunction<StepListener>),
  signal: optional(instance(AbortSignal, "an AbortSignal")),
};

/**
 * The lecture's training loop: draw a minibatch, forward, backward, update; recorded and replayed
 * thousands of steps at a time.
 */
export class Trainer {
  /** steps done */
  step = 0;
  /** what it was made with */
  readonly options: Readonly<TrainerOptions>;
  /** what moves the parameters */
  readonly optimizer: Optimizer;
  private readonly examples: Dataset;
  /** the minibatch, whose rows are drawn anew before each step */
  private readonly minibatch: Feed;
  /** the layers that drew masks in the last step that ran as written, in that order */
  #dropouts: readonly Dropout[] = [];
  /** `modes` of the last step that ran as written, or was recorded */
  #modes: readonly unknown[] | undefined;
  #compiled: CompiledStep | undefined;
  private readonly rewind = new Rewind(this);

  /** @throws ValueError without training examples */
  constructor(options: TrainerOptions) {
    const checked = checkTrainerOptions(options);
    this.options = checked;
    this.examples = checked.examples;
    const { model, batchSize, schedule, optimizer } = this.options;
    this.optimizer = optimizer ?? new SGD(model.parameters(), schedule[0].rate);
    this.minibatch = this.examples.feed(batchSize === "full" ? 0 : batchSize);
  }

  /** What a recorded step takes from the model: its modules, their modes and masks. */
  private modes(): readonly unknown[] {
    const mode = (m: Module) => (m instanceof Dropout && m.training ? m.mask : m.training);
    return this.options.model.modules().flatMap((m) => [m, mode(m)]);
  }

  /**
   * The step, compiled anew where the modes have changed; undefined where it must run eagerly: with
   * `compile: false`, and once after each such change, because dropout layers make their masks in
   * the first step.
   */
  private compiledStep(): CompiledStep | undefined {
    if (this.options.compile === false) return undefined;
    const modes = this.modes();
    const known = this.#modes;
    const isKnown =
      known === undefined
        ? dropoutsOf(this.options.model).length === 0
        : known.length === modes.length && known.every((mode, i) => mode === modes[i]);
    if (!isKnown) {
      this.#compiled = undefined;
      return undefined;
    }
    this.#modes = modes;
    const masks = this.#dropouts.flatMap(({ mask }) => mask ?? []);
    return (this.#compiled ??= compile(() => this.lossAndUpdate(), {
      inputs: [...this.minibatch.inputs, this.optimizer.scalars, ...masks],
    }));
  }

  /** What a step does once its inputs are set; the loss is that before the update. */
  private lossAndUpdate(): Tensor {
    const { model, batchSize, clip } = this.options;
    const { X, Y } = batchSize === "full" ? this.examples : this.minibatch.batch();
    const loss = lossOf(model, X, Y);
    this.optimizer.zeroGrad();
    backward(loss);
    clip?.apply();
    this.optimizer.update();
    return loss;
  }

  /** Sets the inputs of step number `step`: the minibatch's rows, the optimizer's numbers. */
  private prepare(step: number): void {
    const { schedule, generator, order } = this.options;
    const { numbers } = this.minibatch;
    if (order === undefined) {
      generator.randint(numbers, 0, this.examples.slots);
      this.examples.slotsToRows(numbers);
    } else {
      numbers.set(order.batch(step));
      this.examples.examplesToRows(numbers);
    }
    this.minibatch.ready();
    this.optimizer.lr = rateIn(schedule, step);
    this.optimizer.prepare();
  }

  /** The next `count` steps; returns the loss of each minibatch, before its update. */
  trainSteps(count: number): Float32Array {
    checkWhole("Trainer.trainSteps: count", count, 0, MOST_ELEMENTS);
    const { model } = this.options;
    if (!model.training) model.train();
    const from = this.step;
    const losses = new Float32Array(count);
    for (let done = 0; done < count;) {
      const compiled = this.compiledStep();
      if (compiled === undefined) losses[done] = this.eagerStep(from + done++);
      else {
        const first = from + done;
        losses.set(
          compiled.run(count - done, (i) => this.prepareReplay(first + i)),
          done,
        );
        done = count;
      }
    }
    this.step += count;
    return losses;
  }

  /** Runs step number `step` eagerly; returns its loss. */
  private eagerStep(step: number): number {
    this.prepare(step);
    const [loss, dropouts] = notingDropouts(() => this.lossAndUpdate().item());
    if (this.options.compile === false) return loss;
    this.#dropouts = dropouts;
    this.#modes = this.modes();
    return loss;
  }

  /** Sets the inputs of a replay, masks included. */
  private prepareReplay(step: number): void {
    this.prepare(step);
    for (const dropout of this.#dropouts) dropout.draw();
  }

  /** One step; returns the loss of its minibatch, before the update. */
  trainStep(): number {
    return this.trainSteps(1)[0];
  }

  /**
   * Steps until `until` are done, giving way to the event loop between turns; ends early if
   * `signal` aborts.
   * @throws TrainingError at the first loss that is not finite; the trainer then stands before that
   *   step, its parameters as they were
   */
  async run(until: number, onStep?: StepListener, signal?: AbortSignal): Promise<void> {
    checkArguments("Trainer.run", { until, onStep, signal }, RUN);
    await inTurns(this.training(until, onStep), signal);
  }

  /**
   * Looks whether all parameters, and what the optimizer keeps, are finite.
   * @throws TrainingError if one is not: the last update spoilt it, and its minibatch's loss was
   *   from before
   */
  checkFinite(): void {
    const flaw = notFinite(updatedTensors(this));
    if (flaw === undefined) return;
    const when = this.step === 0 ? "" : ` after step ${this.step - 1}`;
    throw this.rewind.diverged(`${flaw}${when}`, this.step);
  }

  /**
   * All that it needs to go on with the same bits, copied, as tensors by name: parameters, what the
   * optimizer keeps, the generators' states, the step. `encodeSafetensors` makes a file of it.
   */
  state(): TrainerState {
    const state = Object.entries(trainerState(this));
    return Object.fromEntries(state.map(([name, t]) => [name, t.data.clone()]));
  }

  /**
   * Goes to where `state` was taken, by this trainer or one of the same options.
   * @throws ValueError, and changes nothing, where it does not fit
   */
  restore(state: TrainerState): void {
    restoreState(this, state, (message) => new ValueError(`Trainer.restore: ${message}`));
  }

  /** `run` as a task that yields every few milliseconds. @internal */
  *training(until: number, onStep?: StepListener): Task<void> {
    let count = 1;
    while (this.step < until) {
      const from = this.step;
      const wanted = { steps: Math.min(count, until - from), keeps: this.rewind.isDue };
      const { steps, keeps } = this.agree(wanted);
      if (keeps) this.rewind.keep();
      const started = performance.now();
      for (const [i, loss] of this.trainSteps(steps).entries()) {
        const at = from + i;
        if (!Number.isFinite(loss))
          throw this.rewind.diverged(`the loss is ${loss} at step ${at}`, at);
        onStep?.(at, loss);
      }
      count =
        performance.now() - started < CALL_MS ? 2 * steps : Math.max(1, Math.floor(steps / 2));
      yield;
    }
  }

  /** What the next turn does; trainers that share a training do the same. @internal */
  protected agree(wanted: Turn): Turn {
    return wanted;
  }
}
