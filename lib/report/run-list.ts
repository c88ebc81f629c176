/** The runs of a project, one beside the other. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { CheckpointError } from "../errors.js";
import { isSplit, readMetrics } from "../run/folder/metrics.js";
import { readConfig, readVocabulary } from "../run/folder/run-folder.js";
import { runFolders } from "../run/folder/runs.js";
import type { Verdict } from "../run/verdict.js";
import { differences } from "./differences.js";
import { verdictOf } from "./record.js";

/** A run in one line. */
export interface ListedRun {
  readonly run: string;
  /** the last one measured, in nats per character (word) */
  readonly devLoss?: number;
  /** what that is no better than, of a run that is no good */
  readonly verdict?: Verdict;
  readonly stepsDone?: number;
  readonly steps?: number;
  /** settings that are not the default ones */
  readonly differences?: ReturnType<typeof differences>;
  /** when it was last written to, as ISO 8601 has it */
  readonly date: string;
  /** why nothing else is known of it */
  readonly problem?: string;
}

const CONFIG = "config.json";

/**
 * The runs in `runs/`, the one written last first.
 * @throws CheckpointError where it cannot be read
 */
export const listRuns = (): ListedRun[] =>
  runFolders(CONFIG).flatMap((run) => {
    const written = statSync(join(run, CONFIG), { throwIfNoEntry: false });
    return written === undefined ? [] : [listRun(run, written.mtime.toISOString())];
  });

/** @param date when it was last written to */
export function listRun(run: string, date: string): ListedRun {
  try {
    const config = readConfig(run);
    const last = readMetrics(run).findLast(isSplit);
    const verdict = verdictOf(config, last, () => readVocabulary(run, config).size);
    const { steps, stepsDone } = config;
    const others = differences(config);
    return { run, devLoss: last?.devLoss, verdict, stepsDone, steps, differences: others, date };
  } catch (error) {
    // One damaged run does not hide the others.
    if (error instanceof CheckpointError) return { run, date, problem: error.message };
    throw error;
  }
}
