/** Trains the runs of a sweep, each once, and says which settings were best. */
import { checkArguments, checkObject, checkText, optional, whole } from "../check.js";
import { checkList } from "../data/lists/word-list.js";
import type { Words } from "../data/index.js";
import { isStandardInput } from "../data/files/standard-input.js";
import { UsageError } from "../errors.js";
import type { Job } from "./plan/halving.js";
import { rank, type RankedTrial } from "./plan/ranking.js";
import { checkSpace, type Space } from "./space/space.js";
import { readFailures, SweepFolder } from "./folder/sweep-folder.js";
import { takeSweepListeners, type SweepListeners } from "./sweep-listeners.js";
import { SweepPlan } from "./plan/sweep-plan.js";
import { usualCount, type Workers } from "./workers.js";

/** A space, where its runs are written, and who listens. */
export interface SweepOptions extends Space, SweepListeners {
  /** the folder of the sweep: a run folder per trial and seed; one that was stopped goes on */
  out: string;
  /** so many runs are trained at a time; left out: as many as there are cores */
  parallel?: number;
  /** the corpus itself, in place of `data` among the fixed settings */
  words?: Words;
}

/** What a sweep found. */
export interface SweepResult {
  /** its folder */
  readonly out: string;
  /** from the best to the worst; those that climbed fewer rungs come after those with more */
  readonly trials: readonly RankedTrial[];
  /** of the lowest mean dev loss, trained to the end; undefined where none is */
  readonly best: RankedTrial | undefined;
  /** whether `signal` ended it early: the same call goes on */
  readonly interrupted: boolean;
}

/**
 * Trains the runs of a space, in processes of their own. Those that `out` holds are not trained
 * again; those that were interrupted go on, and end with the bits of a sweep that never was.
 * @throws UsageError before anything is trained, for a space that cannot be; the error of a run
 *   that cannot be trained, but for one that diverges: that is a result
 */
export async function sweep(options: SweepOptions): Promise<SweepResult> {
  const { listeners, rest } = takeSweepListeners(checkObject("sweep: options", options));
  const { out, parallel = usualCount(), words, ...space } = rest;
  checkArguments(
    "sweep",
    { out, parallel, words },
    { out: checkText, parallel: whole(1, 1024), words: optional(checkList) },
  );
  return runSweep("sweep", { space, out, words }, listeners, async () => {
    // Starting processes is nothing that the library loads for who starts none.
    const { ProcessPool } = await import("./processes/process-pool.js");
    return new ProcessPool(parallel, words);
  });
}

/** What `runSweep` works through. */
export interface SweepWork {
  readonly space: unknown;
  readonly out: string;
  readonly words?: Words;
}

/**
 * @param source names the space in errors
 * @param hire called when the space is checked, and its folder taken
 */
export async function runSweep(
  source: string,
  { space: given, out, words }: SweepWork,
  listeners: SweepListeners,
  hire: (sweepId: string) => Workers | Promise<Workers>,
): Promise<SweepResult> {
  const space = checkSpace(source, given);
  const plan = new SweepPlan(out, source, space);
  const { data } = plan.trials[0].runs[0].config;
  if (words === undefined && isStandardInput(data))
    throw new UsageError(
      `${source}: fixed.data: expected a corpus that every run can read, not standard input`,
    );
  const folder = new SweepFolder(out, space);
  try {
    const work = new Work({ plan, folder, listeners, words });
    const workers = await hire(folder.id);
    listeners.signal?.addEventListener("abort", () => void workers.close(), { once: true });
    try {
      await work.through(workers);
    } finally {
      await workers.close();
    }
    const trials = rank(plan, readFailures(out));
    const best = trials.find(({ loss, finished }) => finished && loss !== undefined);
    return { out, trials, best, interrupted: listeners.signal?.aborted ?? false };
  } finally {
    folder.close();
  }
}

/** The runs of a sweep that are being trained. */
class Work {
  private readonly active = new Set<Promise<void>>();
  private problem: { readonly error: unknown } | undefined;

  constructor(
    private readonly sweep: {
      readonly plan: SweepPlan;
      readonly folder: SweepFolder;
      readonly listeners: SweepListeners;
      readonly words: Words | undefined;
    },
  ) {}

  /** @throws the first error of a run */
  async through(workers: Workers): Promise<void> {
    const { plan, listeners } = this.sweep;
    const { trials, rungs } = plan;
    const { count } = workers;
    const runs = trials.reduce((sum, trial) => sum + trial.runs.length, 0);
    listeners.onStart?.({
      trials: trials.length,
      runs,
      rungs,
      steps: plan.steps(),
      workers: count,
    });
    while (this.problem === undefined && !listeners.signal?.aborted) {
      const job = this.active.size < count ? plan.halving.next() : undefined;
      if (job === undefined) {
        if (this.active.size === 0) break;
        await Promise.race(this.active);
      } else if (!this.isKnown(job)) {
        const training = this.train(workers, job).catch((error: unknown) => {
          this.problem ??= { error };
        });
        this.active.add(training);
        void training.then(() => this.active.delete(training));
      }
    }
    if (this.problem !== undefined) await workers.close();
    await Promise.all(this.active);
    if (this.problem !== undefined) throw this.problem.error;
  }

  /** Takes the result of a job that was done before. */
  private isKnown(job: Job): boolean {
    const { plan, folder } = this.sweep;
    const { name } = plan.runOf(job);
    const why = folder.failureOf(name);
    const loss = why === undefined ? plan.lossOf(job) : Infinity;
    if (loss === undefined) return false;
    this.take(job, loss, { before: true, why });
    return true;
  }

  private async train(workers: Workers, job: Job): Promise<void> {
    const { plan, folder, listeners, words } = this.sweep;
    const run = plan.runOf(job);
    const { name, settings } = run;
    const [dir, until] = [plan.dirOf(run), plan.untilOf(job)];
    const order = { dir, settings, until, wordsSha256: plan.wordsSha256(words) };
    const steps = until ?? run.config.steps;
    listeners.onRun?.({ name, trial: job.trial + 1, steps });
    const outcome = await workers.train(order, ({ step, loss }) =>
      listeners.onStep?.(name, step, loss),
    );
    plan.changed(run);
    if (outcome.state === "stopped") {
      listeners.onStopped?.(name);
      return;
    }
    if (outcome.state === "diverged") {
      folder.addFailure(name, outcome.why);
      this.take(job, Infinity, { before: false, why: outcome.why });
      return;
    }
    const loss = plan.lossOf(job);
    if (loss === undefined) throw new Error(`${dir}: trained, and holds no dev loss`);
    this.take(job, loss, { before: false, why: undefined });
  }

  private take(job: Job, loss: number, how: { before: boolean; why: string | undefined }): void {
    const { plan, listeners } = this.sweep;
    plan.halving.result(job, loss);
    const run = plan.runOf(job);
    const devLoss = loss === Infinity ? undefined : loss;
    const steps = plan.untilOf(job) ?? run.config.steps;
    listeners.onResult?.({ name: run.name, trial: job.trial + 1, steps, devLoss, ...how });
  }
}
