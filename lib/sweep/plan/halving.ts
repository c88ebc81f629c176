/**
 * Which runs are trained next, and how far. Trials climb rungs of more and more steps; of every
 * `eta` trials on a rung the best by dev loss goes on to the next (asynchronous successive halving,
 * Li et al., "A System for Massively Parallel Hyperparameter Tuning", 2020, algorithm 2). A sweep
 * without halving has one rung.
 *
 * Unlike there, the results of a rung are looked at in the order in which its trials came onto it,
 * not in the order in which they came in. So what is promoted depends on no clock: any number of
 * workers, and a sweep that was killed and started again, train the same runs.
 */

import { mean } from "./statistics.js";

/** A run to be trained until it has done the steps of a rung. */
export interface Job {
  readonly trial: number;
  readonly run: number;
  readonly rung: number;
}

/** Of a run on a rung: its dev loss, or Infinity where it has none. */
type Losses = (number | undefined)[];

interface Rung {
  /** trials, in the order in which they came */
  readonly trials: number[];
  readonly losses: Map<number, Losses>;
  /** of the first trials, as many as were looked at, by loss */
  readonly ranked: { readonly trial: number; readonly loss: number }[];
  /** of its trials, those that are on the next rung */
  readonly promoted: Set<number>;
}

export class Halving {
  private readonly rungs: Rung[];
  /** to be given out, the highest rung first */
  private readonly waiting: Job[] = [];
  private entered = 0;
  private given = 0;
  private told = 0;

  /** @param runs per trial */
  constructor(
    private readonly trials: number,
    private readonly runs: number,
    rungs: number,
    private readonly eta: number,
  ) {
    this.rungs = Array.from({ length: rungs }, () => ({
      trials: [],
      losses: new Map(),
      ranked: [],
      promoted: new Set(),
    }));
  }

  /** The next job; undefined where there is none before another result, or none any more. */
  next(): Job | undefined {
    if (this.waiting.length === 0 && this.entered < this.trials) this.enter(this.entered++, 0);
    const job = this.waiting.shift();
    if (job !== undefined) this.given++;
    return job;
  }

  /** Whether all results are in. */
  get done(): boolean {
    return this.entered === this.trials && this.waiting.length === 0 && this.given === this.told;
  }

  /** @param loss on the dev split, after the steps of the rung; Infinity of a run that failed */
  result({ trial, run, rung }: Job, loss: number): void {
    this.told++;
    const { losses } = this.rungs[rung];
    const own = losses.get(trial);
    if (own !== undefined) own[run] = loss;
    if (rung + 1 < this.rungs.length) this.promote(rung);
  }

  /** The mean loss of a trial's runs on a rung; undefined before all are in. */
  loss(trial: number, rung: number): number | undefined {
    const losses = this.rungs[rung].losses.get(trial);
    if (losses === undefined || losses.includes(undefined)) return undefined;
    return mean(losses as number[]);
  }

  /** On which rung a trial is. */
  rungOf = (trial: number): number => this.rungs.findLastIndex(({ losses }) => losses.has(trial));

  private enter(trial: number, rung: number): void {
    const { trials, losses } = this.rungs[rung];
    trials.push(trial);
    losses.set(trial, new Array<number | undefined>(this.runs).fill(undefined));
    const jobs = Array.from({ length: this.runs }, (_, run) => ({ trial, run, rung }));
    const at = this.waiting.findIndex((job) => job.rung < rung);
    this.waiting.splice(at < 0 ? this.waiting.length : at, 0, ...jobs);
  }

  /** The best k / eta of the first k trials, for every k until a loss is not known. */
  private promote(rung: number): void {
    const { trials, ranked, promoted } = this.rungs[rung];
    while (ranked.length < trials.length) {
      const trial = trials[ranked.length];
      const loss = this.loss(trial, rung);
      if (loss === undefined) return;
      // Of equal losses the one that came first is the better one.
      const at = ranked.findIndex((other) => other.loss > loss);
      ranked.splice(at < 0 ? ranked.length : at, 0, { trial, loss });
      for (const best of ranked.slice(0, Math.floor(ranked.length / this.eta))) {
        if (best.loss === Infinity || promoted.has(best.trial)) continue;
        promoted.add(best.trial);
        this.enter(best.trial, rung + 1);
      }
    }
  }
}

/** Steps of each rung: the last has all, those before it each an eta-th of the next. */
export function rungSteps(first: number, eta: number, all: number): number[] {
  const rungs = [];
  for (let steps = first; steps < all; steps *= eta) rungs.push(steps);
  return [...rungs, all];
}
