/** A sweep as the page sees it. */
import { importances } from "../report/sweep/importance.js";
import { sweepCharts } from "../report/sweep/sweep-charts.js";
import { summaryOf } from "../report/sweep/sweep-page.js";
import { settingsTried, stateText, stepsOf } from "../report/sweep/sweep-table.js";
import { readSweep } from "../sweep/index.js";
import type { LabSweep } from "./protocol.js";

/** @throws CheckpointError for a damaged one */
export function readLabSweep(dir: string): LabSweep {
  const record = readSweep(dir);
  const settings = settingsTried(record);
  return {
    about: summaryOf(record),
    settings,
    trials: record.trials.map((trial) => ({
      values: settings.map((key) => String(trial.settings[key] ?? "")),
      runs: trial.runs.filter(({ stepsDone }) => stepsDone > 0).map(({ name }) => name),
      devLoss: trial.loss,
      deviation: trial.deviation,
      steps: stepsOf(trial),
      state: stateText(trial),
    })),
    importance: importances(record).map(({ key, share }) => ({ key, share })),
    charts: sweepCharts(record),
  };
}
