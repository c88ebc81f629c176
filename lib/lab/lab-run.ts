/** A run folder as the page sees it. */
import { type Stats, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { MmError } from "../errors.js";
import { asTyped } from "../report/differences.js";
import { repeatCommand } from "../report/pages/repeat-command.js";
import { subtitle, summaryFacts } from "../report/pages/report-page.js";
import { lowestOf, readRecord } from "../report/record.js";
import { listRun } from "../report/run-list.js";
import { lossRows } from "../report/sections/losses.js";
import { machineFacts } from "../report/sections/machine.js";
import { settingRows } from "../report/sections/settings.js";
import { isAtWork } from "../run/disk/lock.js";
import { SUMS } from "../run/disk/sums.js";
import { isSplit, METRICS, readMetrics } from "../run/folder/metrics.js";
import { readConfig, type RunConfig } from "../run/folder/run-folder.js";
import { shownSample } from "../run/folder/samples-file.js";
import { verdictText } from "../run/verdict.js";
import { notForPlayground } from "./run-archive.js";
import { withoutFolder } from "./without-folder.js";
import type { LabRun, RunDetails, RunResult, RunState } from "./protocol.js";

/** Another text when anything of a run was written: SHA256SUMS is, whatever else is. */
export const stampOf = (dir: string): string =>
  ["config.json", METRICS, SUMS]
    .map((name) => statOf(join(dir, name)))
    .map((stat) => (stat === undefined ? "-" : `${stat.ino}.${stat.size}.${stat.mtimeMs}`))
    .join(" ");

function statOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined; // it is not there, or its folder cannot be entered
  }
}

/** What is said of a run where other things of it cannot be. A path would say where it is. */
function problemOf(dir: string, error: unknown): string {
  if (!(error instanceof MmError)) return "cannot be read now";
  return withoutFolder(error.message, dirname(dir));
}

/** Of a folder in which no process is at work. */
export function readLabRun(dir: string): LabRun {
  const name = basename(dir);
  const date = dateOf(dir);
  try {
    const { differences = {}, verdict, ...run } = listRun(dir, date);
    if (run.problem !== undefined)
      return {
        name,
        state: "damaged",
        differs: [],
        date,
        problem: withoutFolder(run.problem, dirname(dir)),
      };
    const splits = readMetrics(dir).filter(isSplit);
    return {
      name,
      state: endOf(splits.at(-1)),
      devLoss: run.devLoss,
      lowest: lowestOf(splits)?.devLoss,
      verdict: verdict && verdictText(verdict),
      stepsDone: run.stepsDone,
      steps: run.steps,
      differs: Object.entries(differences).map(([key, value]) => asTyped(key, value)),
      date,
    };
  } catch (error) {
    return { name, state: "damaged", differs: [], date, problem: problemOf(dir, error) };
  }
}

const dateOf = (dir: string): string =>
  (statOf(join(dir, "config.json"))?.mtime ?? new Date(0)).toISOString();

/** Only the end of a training measures the train split too. */
const endOf = (last: { trainLoss?: number } | undefined): RunState =>
  last?.trainLoss === undefined ? "stopped" : "done";

export const withState = (run: LabRun, dir: string): LabRun =>
  isAtWork(dir) ? { ...run, state: "training" } : run;

/** What is in config.json: known from the first moment of a run. */
const startOf = (config: RunConfig): Pick<RunDetails, "about" | "command" | "settings"> => ({
  about: subtitle({ config, date: undefined }),
  command: repeatCommand(config),
  settings: settingRows(config),
});

/** @throws CheckpointError for a run that holds no model, or is damaged */
async function readResult(dir: string): Promise<RunResult> {
  // The charting library takes a sixth of a second to load: a list of runs does not need it.
  const { drawCharts } = await import("../report/draw-run.js");
  const record = readRecord(dir);
  const { level } = record.config;
  return {
    level,
    facts: summaryFacts(record),
    losses: lossRows(record),
    charts: drawCharts(record),
    samples: record.samples.map((sample) => shownSample(sample, level)),
    machine: machineFacts(record),
  };
}

export async function readDetails(dir: string, run: LabRun): Promise<RunDetails> {
  try {
    const config = readConfig(dir);
    const details = {
      ...run,
      ...startOf(config),
      notForPlayground: notForPlayground(dir, config),
    };
    if (run.state === "training") return details;
    try {
      return { ...details, result: await readResult(dir) };
    } catch (error) {
      return { ...details, problem: problemOf(dir, error) };
    }
  } catch (error) {
    return { ...run, settings: [], problem: run.problem ?? problemOf(dir, error) };
  }
}
