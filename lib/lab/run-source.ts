/** Where the server has its runs from: a folder of runs, or a training of its own process. */
import type { LabComparison, LabRun, LabSweep, LiveNews, RunDetails } from "./protocol.js";

/** Each gives undefined for a name of no run. Names are of others, and may be anything. */
export interface RunSource {
  /** the folder that holds the runs: errors are told without it */
  readonly top: string;
  list(): readonly LabRun[];
  details(name: string): Promise<RunDetails | undefined>;
  /** @param cursor of the answer before; "" for all */
  live(name: string, cursor: string): LiveNews | undefined;
  /**
   * Its run folder as .zip, for the playground.
   * @throws MmError for a run that the playground cannot open
   */
  archive(name: string): Uint8Array | undefined;
  /** Whether the folder is one of a sweep, which `sweep` reads. */
  readonly isSweep: boolean;
  /** undefined where it is none. @throws MmError for a damaged one */
  sweep(): Promise<LabSweep | undefined>;
  /** @throws MmError for runs that cannot be compared */
  compare(names: readonly string[]): Promise<LabComparison | undefined>;
}
