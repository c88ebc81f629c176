/** The trials of a sweep as rows: what differs between them, what came of each. */
import { csv } from "../csv.js";
import type { RankedTrial, SweepRecord } from "../../sweep/index.js";

/** The settings that trials were given, in the order of the space. */
export const settingsTried = ({ space }: Pick<SweepRecord, "space">): string[] =>
  Object.keys(space.settings);

/** What became of a trial, where its loss does not say it. */
export function stateText(trial: RankedTrial): string {
  const { runs, finished, loss } = trial;
  const failed = runs.filter(({ failed }) => failed !== undefined).length;
  if (failed > 0) return runs.length === 1 ? "diverged" : `${failed} of ${runs.length} diverged`;
  if (finished) return "";
  if (loss !== undefined) return "not promoted";
  return stepsOf(trial) === 0 ? "not trained" : "not ended";
}

/** Of the runs of a trial, those that did least. */
export const stepsOf = ({ runs }: RankedTrial): number =>
  Math.min(...runs.map(({ stepsDone }) => stepsDone));

/** A line per run, under a heading. */
export function sweepCsv(record: SweepRecord): string {
  const settings = settingsTried(record);
  const heading = [
    "rank",
    "trial",
    "run",
    "seed",
    ...settings,
    "steps",
    "dev_loss",
    "train_loss",
    "mean_dev_loss",
    "deviation",
    "diverged",
  ];
  const rows = record.trials.flatMap((trial, i) =>
    trial.runs.map((run) => [
      i + 1,
      trial.number,
      run.name,
      run.seed,
      ...settings.map((key) => trial.settings[key]),
      run.stepsDone,
      run.devLoss,
      run.trainLoss,
      trial.loss,
      trial.deviation,
      run.failed === undefined ? 0 : 1,
    ]),
  );
  return csv([heading, ...rows]);
}
