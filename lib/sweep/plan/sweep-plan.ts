/** A space as it is worked through: its trials, their rungs, what is known of their runs. */
import { join } from "node:path";
import { sourceName } from "../../data/files/standard-input.js";
import type { Words } from "../../data/index.js";
import { MmError, quote, UsageError } from "../../errors.js";
import type { RunConfig } from "../../run/folder/run-folder.js";
import type { TrainConfig } from "../../run/settings/config.js";
import { corpusDigest } from "../../run/corpus/corpus-digest.js";
import { cacheBeside } from "../../run/corpus/token-cache/cache-folder.js";
import { Halving, type Job, rungSteps } from "./halving.js";
import { lossAfter, readRunState, type RunState } from "../folder/run-state.js";
import type { CheckedSpace } from "../space/space.js";
import { readFailures } from "../folder/sweep-folder.js";
import { type Trial, type TrialRun, trialsOf } from "../space/trials.js";

/** Of asha where a space does not say it: one of so many goes on, over so many rungs at most. */
const ETA = 3;
const RUNGS = 4;

export class SweepPlan {
  readonly trials: readonly Trial[];
  /** steps of each rung; of a sweep without rungs one, whose steps are each run's own */
  readonly rungs: readonly number[] | undefined;
  readonly halving: Halving;
  private readonly eta: number;
  /** of its runs, by name, as their folders said when they were last looked at */
  private readonly states = new Map<string, RunState | undefined>();
  /** the digest of the words of its runs, and where they are: the corpus, or one of the runs */
  private corpus: { readonly digest: string; readonly source: string } | undefined;

  /** @param dir of the sweep @throws UsageError for settings that no run can have */
  constructor(
    readonly dir: string,
    source: string,
    space: CheckedSpace,
  ) {
    this.trials = trialsOf(source, space);
    const { eta = ETA } = space;
    this.eta = eta;
    this.rungs = space.search === "asha" ? rungsOf(source, space, eta, this.trials[0]) : undefined;
    const perTrial = space.seeds?.length ?? 1;
    this.halving = new Halving(this.trials.length, perTrial, this.rungs?.length ?? 1, eta);
  }

  runOf = ({ trial, run }: Job): TrialRun => this.trials[trial].runs[run];
  dirOf = (run: TrialRun): string => join(this.dir, run.name);

  /** Of all runs together; of asha, if each rung takes as many trials as it may. */
  steps(): number {
    const all = this.trials.flatMap(({ runs }) => runs.map(({ config }) => config.steps));
    const { rungs } = this;
    if (rungs === undefined) return all.reduce((sum, steps) => sum + steps, 0);
    const climbed = (rung: number) => Math.floor(all.length / this.eta ** rung);
    return rungs.reduce((sum, to, i) => sum + climbed(i) * (to - (rungs[i - 1] ?? 0)), 0);
  }

  /** After how many steps a job pauses; undefined on the last rung. */
  untilOf = ({ rung }: Job): number | undefined =>
    this.rungs !== undefined && rung < this.rungs.length - 1 ? this.rungs[rung] : undefined;

  /**
   * What the folder of a run says; it is read again after `changed`.
   * @throws UsageError for another run than the plan's
   */
  stateOf(run: TrialRun): RunState | undefined {
    if (!this.states.has(run.name)) this.states.set(run.name, this.readState(run));
    return this.states.get(run.name);
  }

  private readState(run: TrialRun): RunState | undefined {
    const state = readRunState(this.dirOf(run));
    const other = state && otherSetting(state.config, run.config);
    if (other === undefined) return state;
    throw new UsageError(
      `${this.dirOf(run)} holds another run than the sweep's: ${other}; move it away, or choose ` +
        "another folder with --out",
    );
  }

  /** A run was trained. */
  changed(run: TrialRun): void {
    this.states.delete(run.name);
  }

  /**
   * The dev loss of a job that is done; undefined of one that is not.
   * @throws UsageError for a run over other words than those before it
   */
  lossOf(job: Job): number | undefined {
    const run = this.runOf(job);
    const [dir, state] = [this.dirOf(run), this.stateOf(run)];
    if (state === undefined) return undefined;
    this.corpus ??= { digest: state.config.wordsSha256, source: dir };
    if (this.corpus.digest !== state.config.wordsSha256)
      throw new UsageError(
        `${dir} is of another corpus than ${this.corpus.source}, expected the same: their losses ` +
          "cannot be compared (the file changed, or --data did)",
      );
    return lossAfter(state, this.untilOf(job));
  }

  /**
   * The SHA-256 of the words that its runs are trained on: those of a run that was begun, else what
   * the corpus holds now. undefined where that cannot be read here.
   * @param words of a program, in place of a corpus
   */
  wordsSha256(words: Words | undefined): string | undefined {
    this.corpus ??= this.begunCorpus() ?? this.readCorpus(words);
    return this.corpus?.digest;
  }

  private begunCorpus() {
    for (const run of this.trials.flatMap(({ runs }) => runs)) {
      const state = this.stateOf(run);
      if (state !== undefined) return { digest: state.config.wordsSha256, source: this.dirOf(run) };
    }
    return undefined;
  }

  private readCorpus(words: Words | undefined) {
    const [run] = this.trials[0].runs;
    const { data } = run.config;
    try {
      const digest = corpusDigest(words ?? data, run.config, cacheBeside(this.dirOf(run)));
      return { digest, source: sourceName(words ?? data) };
    } catch (error) {
      // Workers elsewhere may have it; who trains a run without it says so.
      if (error instanceof MmError) return undefined;
      throw error;
    }
  }

  /** Takes the results that the folder holds, and starts nothing. */
  catchUp(): void {
    const failures = readFailures(this.dir);
    for (let job = this.halving.next(); job !== undefined; job = this.halving.next()) {
      const failed = Object.hasOwn(failures, this.runOf(job).name);
      const loss = failed ? Infinity : this.lossOf(job);
      if (loss !== undefined) this.halving.result(job, loss);
    }
  }
}

/** Of a run: its files are where its worker had them, and it may have been trained on. */
const MAY_DIFFER = ["data", "devData", "testData", "steps"];

function otherSetting(found: RunConfig, expected: TrainConfig): string | undefined {
  const values = Object.entries(expected).filter(([key]) => !MAY_DIFFER.includes(key));
  for (const [key, value] of values) {
    const there = (found as unknown as Record<string, unknown>)[key];
    if (there !== value) return `${key}: expected ${quote(value)}, got ${quote(there)}`;
  }
  return undefined;
}

function rungsOf(source: string, space: CheckedSpace, eta: number, trial: Trial): number[] {
  const { steps } = trial.runs[0].config;
  if (steps === 0)
    throw new UsageError(`${source}: search: asha needs steps, expected a model that is trained`);
  const first = space.firstSteps ?? Math.max(1, Math.ceil(steps / eta ** (RUNGS - 1)));
  if (first > steps)
    throw new UsageError(
      `${source}: firstSteps: expected at most ${steps}, all steps, got ${first}`,
    );
  return rungSteps(first, eta, steps);
}
