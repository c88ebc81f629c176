/** Where the runs of a worker are while it trains them: a temporary folder of its process. */
import { lstatSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { quietly } from "../../run/disk/file.js";
import { isAtWork } from "../../run/disk/lock.js";

const PREFIX = "mm-train-worker-";
/** Of a run: its identifier in the queue, and of which attempt it is. */
const RUN = /^([0-9a-f-]+-[0-9a-f]{24})~/;

export class Scratch {
  private readonly dir = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));

  dirOf = (id: string, attempt: string): string =>
    join(this.dir, `${id}~${attempt.replace(/[^\w-]/g, "_")}`);

  /** What could not be sent stays, for the next worker here. Returns where that is. */
  close(): string | undefined {
    quietly(() => rmdirSync(this.dir));
    return runsIn(this.dir).length > 0 ? this.dir : undefined;
  }
}

export const removeRun = (dir: string): void => rmSync(dir, { recursive: true, force: true });

/** Also the folder of its worker, once that is empty. */
export function removeLeftRun({ dir }: LeftRun): void {
  removeRun(dir);
  quietly(() => rmdirSync(dirname(dir)));
}

/** A run that a worker left, as it was killed or could not reach the queue. */
export interface LeftRun {
  readonly id: string;
  readonly dir: string;
}

/** Runs that this user's workers left which are gone; what else is in their folders is removed. */
export function leftRuns(): LeftRun[] {
  const folders = listed(tmpdir()).filter((name) => {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid)) && isOwn(join(tmpdir(), name));
  });
  return folders.flatMap((name) => {
    const dir = join(tmpdir(), name);
    const runs = runsIn(dir);
    if (runs.length === 0) quietly(() => rmSync(dir, { recursive: true }));
    // A process that lost its worker may still be saving.
    return runs.filter((run) => !isAtWork(run.dir));
  });
}

const runsIn = (dir: string): LeftRun[] =>
  listed(dir).flatMap((name) => {
    const id = RUN.exec(name)?.[1];
    return id === undefined ? [] : [{ id, dir: join(dir, name) }];
  });

function listed(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

/** Anybody may put a folder into the temporary one. */
function isOwn(dir: string): boolean {
  try {
    return lstatSync(dir).uid === (process.getuid?.() ?? 0); // Windows: 0 both
  } catch {
    return false; // removed meanwhile
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
