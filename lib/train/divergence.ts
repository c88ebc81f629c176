/**
 * What went wrong when numbers stop being finite. Steps run many at a time, so that this shows when
 * the parameters are lost already; but every step has the same bits when it is taken again, so the
 * training goes back to a state it kept and steps to just before the failure.
 */
import { TrainingError, type LargestGradient } from "../errors.js";
import type { Module } from "../nn/index.js";
import { notFinite } from "./finite.js";
import { restoreState, type TrainerState, trainerState } from "./state.js";
import type { Trainer } from "./trainer.js";
import { rateIn } from "./schedule.js";

/**
 * Milliseconds between kept states: a copy of the largest of the paper's networks takes 10, and
 * going back takes at most as long again.
 */
const BETWEEN = 5000;

export class Rewind {
  private state: TrainerState | undefined;
  private keptAt = 0;
  /** what the kept state is of: layers may be put in between two runs */
  private modules: readonly Module[] = [];
  /** what was not finite when the training began */
  private flaw: string | undefined;

  constructor(private readonly trainer: Trainer) {}

  /** Whether the state that is kept is old, or of other layers. */
  get isDue(): boolean {
    const isOld = this.state === undefined || performance.now() - this.keptAt >= BETWEEN;
    return isOld || !this.isSame(this.trainer.options.model.modules());
  }

  private isSame(modules: readonly Module[]): boolean {
    return modules.length === this.modules.length && modules.every((m, i) => m === this.modules[i]);
  }

  /** Keeps the state. */
  keep(): void {
    this.keptAt = performance.now();
    const modules = this.trainer.options.model.modules();
    const isSame = this.isSame(modules);
    this.modules = modules;
    if (this.state === undefined) this.flaw = notFinite(this.trainer.options.model.stateDict());
    const state = trainerState(this.trainer);
    const kept =
      (isSame ? this.state : undefined) ??
      Object.fromEntries(Object.entries(state).map(([name, t]) => [name, t.data.clone()]));
    for (const [name, t] of Object.entries(state)) kept[name].copy_(t.data);
    this.state = kept;
  }

  /**
   * Leaves the trainer as it was before step number `step`, and says what came before. `what`
   * begins the message: "the loss is NaN at step 7".
   */
  diverged(what: string, step: number): TrainingError {
    const { trainer } = this;
    if (this.state !== undefined)
      restoreState(trainer, this.state, (message) => new Error(message));
    if (this.flaw !== undefined) return spoilt(what, step, this.flaw);
    if (step === 0)
      return new TrainingError(
        step,
        `${what}, before any update: look at the data and the first parameters`,
      );
    trainer.trainSteps(step - trainer.step);
    const rate = rateIn(trainer.options.schedule, step - 1);
    const gradient = largestGradient(trainer);
    const size =
      gradient === undefined
        ? ""
        : ` with a largest gradient of ${gradient.value.toPrecision(2)} (in ${gradient.parameter})`;
    return new TrainingError(
      step,
      `${what}, after an update at learning rate ${rate}${size}: training diverged; lower ` +
        "the learning rate (find-lr suggests one) or limit the gradients (clip)",
      rate,
      gradient,
    );
  }
}

/** The error of a training that began with a parameter that is not finite, which is `flaw`. */
export const spoilt = (what: string, step: number, flaw: string): TrainingError =>
  new TrainingError(
    step,
    `${what}: before the first step ${flaw}; look at where the parameters come from`,
  );

/** Of the last step; NaN counts as the largest. */
function largestGradient({ options }: Trainer): LargestGradient | undefined {
  let largest: LargestGradient | undefined;
  for (const [parameter, { grad }] of Object.entries(options.model.namedParameters())) {
    for (const g of grad?.toTypedArray() ?? []) {
      const value = Math.abs(g);
      if (largest === undefined || !(value <= largest.value)) largest = { parameter, value };
      if (Number.isNaN(value)) return largest;
    }
  }
  return largest;
}
