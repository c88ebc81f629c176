/** How far a run of a sweep is, as its folder says: the folder is the truth, also after a kill. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isSplit, readMetrics, type SplitMetric } from "../../run/folder/metrics.js";
import { readConfig, type RunConfig } from "../../run/folder/run-folder.js";

export interface RunState {
  /** as of its last checkpoint */
  readonly stepsDone: number;
  readonly config: RunConfig;
  /** dev losses, by steps */
  readonly splits: readonly SplitMetric[];
  /** the last one, of a run that was trained to its end: it has measured the train split too */
  readonly end: SplitMetric | undefined;
}

/** Whether a folder holds a run, whatever there is of it. */
export const isBegun = (dir: string): boolean => existsSync(join(dir, "config.json"));

/** undefined where it is not begun. @throws CheckpointError for a damaged folder */
export function readRunState(dir: string): RunState | undefined {
  if (!isBegun(dir)) return undefined;
  const config = readConfig(dir);
  const { stepsDone } = config;
  const splits = readMetrics(dir).filter(isSplit);
  const last = splits.at(-1);
  const end = last?.trainLoss === undefined ? undefined : last;
  return { stepsDone, config, splits, end };
}

/**
 * The dev loss of a run after so many steps; undefined before it was measured.
 * @param steps of a rung; undefined: of the last, where a run ends
 */
export function lossAfter(
  { splits, end }: RunState,
  steps: number | undefined,
): number | undefined {
  if (steps === undefined) return end?.devLoss;
  const measured = splits.find(({ step }) => step === steps);
  // Patience may end a run before it comes to a rung.
  return (measured ?? (end !== undefined && end.step < steps ? end : undefined))?.devLoss;
}
