/**
 * The folder of a sweep: sweep.json (its space), failed.json (runs that diverge) and a run folder
 * per trial and seed. One process at a time works at it.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import * as z from "zod";
import { CheckpointError, UsageError } from "../../errors.js";
import { ensureFolder } from "../../run/disk/folder.js";
import { RunFiles } from "../../run/disk/run-files.js";
import { readListed } from "../../run/disk/sums.js";
import { parseJson } from "../../run/folder/metrics.js";
import { refuseTaken } from "../../run/folder/run-folder.js";
import { type CheckedSpace, checkSpace } from "../space/space.js";

export const SWEEP = "sweep.json";
const FAILED = "failed.json";

const sweepSchema = z.object({ version: z.literal(1), id: z.string(), space: z.unknown() });
const failedSchema = z.record(z.string(), z.string());

/** Runs that cannot be trained to their end, by name, and why. */
export type Failures = Readonly<Record<string, string>>;

export class SweepFolder {
  private readonly files: RunFiles;
  private failures: Record<string, string>;
  /** random: tells its runs from those of other sweeps in a queue */
  readonly id: string;

  /**
   * Takes the folder for a sweep, or goes on with the one that it holds.
   * @throws UsageError where that is one of another space; CheckpointError for the folder of a run,
   *   and while another process is at work in it
   */
  constructor(
    readonly dir: string,
    space: CheckedSpace,
  ) {
    refuseTaken(dir);
    ensureFolder(dir);
    this.files = new RunFiles(dir);
    try {
      const before = readSweepFile(dir);
      if (before !== undefined && identity(before.space) !== identity(space))
        throw new UsageError(
          `${dir} holds the sweep of another space, expected the same but for the number of ` +
            "trials: choose another folder with --out",
        );
      this.failures = { ...readFailures(dir) };
      this.id = before?.id ?? randomUUID();
      // What says the same is not written again: a sweep that is done stays as it is.
      if (before?.space.trials !== space.trials || before === undefined)
        this.files.write({ [SWEEP]: contentOf({ id: this.id, space }) });
    } catch (error) {
      this.files.close();
      throw error;
    }
  }

  addFailure(run: string, why: string): void {
    this.failures[run] = why;
    this.files.write({ [FAILED]: `${JSON.stringify(this.failures, null, 2)}\n` });
  }

  failureOf = (run: string): string | undefined =>
    Object.hasOwn(this.failures, run) ? this.failures[run] : undefined;

  close(): void {
    this.files.close();
  }
}

interface SweepFile {
  readonly id: string;
  readonly space: CheckedSpace;
}

const contentOf = ({ id, space }: SweepFile): string =>
  `${JSON.stringify({ version: 1, id, space }, null, 2)}\n`;

/** Of a space all but the number of its trials: more of them go on where fewer ended. */
const identity = (space: CheckedSpace): string => JSON.stringify({ ...space, trials: undefined });

/** undefined where the folder holds no sweep. @throws CheckpointError for a damaged one */
function readSweepFile(dir: string): SweepFile | undefined {
  const bytes = readListed(dir, SWEEP);
  if (bytes === undefined) return undefined;
  const file = join(dir, SWEEP);
  const parsed = sweepSchema.safeParse(parseJson(bytes.toString("utf8")));
  if (!parsed.success)
    throw new CheckpointError(file, "is no sweep of version 1; the file is damaged");
  return { id: parsed.data.id, space: checkSpace(file, parsed.data.space) };
}

/** undefined where the folder holds no sweep. @throws CheckpointError for a damaged one */
export const readSpace = (dir: string): CheckedSpace | undefined => readSweepFile(dir)?.space;

/** @throws CheckpointError */
export function readFailures(dir: string): Failures {
  const bytes = readListed(dir, FAILED);
  const parsed = failedSchema.safeParse(
    bytes === undefined ? {} : parseJson(bytes.toString("utf8")),
  );
  if (parsed.success) return parsed.data;
  throw new CheckpointError(join(dir, FAILED), "is no list of failed runs; the file is damaged");
}
