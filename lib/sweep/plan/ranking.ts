/** The trials of a sweep from the best to the worst, as its folder says. */
import type { Drawn } from "../space/draw-settings.js";
import type { Failures } from "../folder/sweep-folder.js";
import { deviation } from "./statistics.js";
import type { SweepPlan } from "./sweep-plan.js";
import type { TrialRun } from "../space/trials.js";

/** A run of a trial. */
export interface RankedRun {
  /** of its folder within the sweep's */
  readonly name: string;
  /** its folder */
  readonly dir: string;
  /** undefined where the space has no seeds */
  readonly seed: number | undefined;
  /** as of its last checkpoint */
  readonly stepsDone: number;
  /** the last that was measured, in nats per character (word) */
  readonly devLoss: number | undefined;
  /** of a run that was trained to its end */
  readonly trainLoss: number | undefined;
  /** why it has no loss */
  readonly failed: string | undefined;
}

/** A trial: settings, and what became of them. */
export interface RankedTrial {
  /** from 1, in the order in which they were tried */
  readonly number: number;
  /** those that the sweep chose */
  readonly settings: Drawn;
  /** one per seed */
  readonly runs: readonly RankedRun[];
  /** rungs climbed, from 0; of a sweep without rungs 0 */
  readonly rung: number;
  /** whether all its runs were trained to their end */
  readonly finished: boolean;
  /** of each rung that it was on, the mean of its runs' dev losses; undefined as `loss` */
  readonly losses: readonly (number | undefined)[];
  /** the last of them: undefined before all of them are known */
  readonly loss: number | undefined;
  /** their standard deviation (n - 1); undefined of one run */
  readonly deviation: number | undefined;
}

/** Trials of a higher rung come first, on a rung those of a lower loss. */
export function rank(plan: SweepPlan, failures: Failures): RankedTrial[] {
  const trials = plan.trials.map(({ drawn, runs }, i): RankedTrial => {
    const ranked = runs.map((run) => rankedRun(plan, run, failures));
    const rung = Math.max(0, plan.halving.rungOf(i));
    const devLosses = ranked.flatMap(({ devLoss }) => devLoss ?? []);
    const losses = Array.from({ length: rung + 1 }, (_, r) => finite(plan.halving.loss(i, r)));
    return {
      number: i + 1,
      settings: drawn,
      runs: ranked,
      rung,
      finished: ranked.every(({ trainLoss }) => trainLoss !== undefined),
      losses,
      loss: losses.at(-1),
      deviation: devLosses.length < runs.length ? undefined : deviation(devLosses),
    };
  });
  return trials.sort(
    (a, b) => b.rung - a.rung || (a.loss ?? Infinity) - (b.loss ?? Infinity) || a.number - b.number,
  );
}

/** Of a trial with a run that failed nothing. */
const finite = (loss: number | undefined): number | undefined =>
  loss === Infinity ? undefined : loss;

function rankedRun(plan: SweepPlan, run: TrialRun, failures: Failures): RankedRun {
  const { name, seed } = run;
  const dir = plan.dirOf(run);
  const state = plan.stateOf(run);
  const failed = Object.hasOwn(failures, name) ? failures[name] : undefined;
  const last = state?.splits.at(-1);
  return {
    name,
    dir,
    seed,
    stepsDone: state?.stepsDone ?? 0,
    devLoss: failed === undefined ? last?.devLoss : undefined,
    trainLoss: failed === undefined ? state?.end?.trainLoss : undefined,
    failed,
  };
}
