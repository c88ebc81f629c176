/** Reads the folder of a sweep, and trains nothing. */
import { join } from "node:path";
import { checkText } from "../check.js";
import { CheckpointError } from "../errors.js";
import { rank, type RankedTrial } from "./plan/ranking.js";
import type { CheckedSpace } from "./space/space.js";
import { readFailures, readSpace, SWEEP } from "./folder/sweep-folder.js";
import { SweepPlan } from "./plan/sweep-plan.js";

/** What the folder of a sweep holds. */
export interface SweepRecord {
  /** the folder */
  readonly dir: string;
  /** what is tried, with its defaults @internal */
  readonly space: CheckedSpace;
  /** steps of each rung; undefined of a sweep without rungs */
  readonly rungs: readonly number[] | undefined;
  /** from the best to the worst */
  readonly trials: readonly RankedTrial[];
  /** whether all of it was trained */
  readonly done: boolean;
}

/**
 * What the folder of a sweep holds; nothing is trained.
 * @throws CheckpointError for a folder that holds none, or a damaged one
 */
export function readSweep(dir: string): SweepRecord {
  const space = readSpace(checkText("readSweep: dir", dir));
  if (space === undefined)
    throw new CheckpointError(
      join(dir, SWEEP),
      "cannot be read; expected the folder of a sweep (ENOENT)",
    );
  const plan = new SweepPlan(dir, join(dir, SWEEP), space);
  plan.catchUp();
  const trials = rank(plan, readFailures(dir));
  return { dir, space, rungs: plan.rungs, trials, done: plan.halving.done };
}
