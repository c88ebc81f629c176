/** A worker: takes runs of sweeps from a queue, trains them in processes of its own. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Job } from "bullmq";
import type { Redis } from "ioredis";
import { MmError, UsageError } from "../../errors.js";
import { quietly } from "../../run/disk/file.js";
import { ProcessPool } from "../processes/process-pool.js";
import type { News } from "../workers.js";
import { checkpointKey, type QueuedResult, type QueuedRun, resultKey } from "./job.js";
import { packRun, unpackRun } from "./parcel.js";
import { connect, KEPT, placeOf, QUEUE, queuePackages, VERSION_KEY } from "./redis.js";

export interface ServeOptions {
  readonly url: string;
  readonly version: string;
  /** runs at a time */
  readonly parallel: number;
  /** seconds after which a worker that is not heard of is taken for lost */
  readonly lease: number;
  readonly signal: AbortSignal;
  /** where the corpus of all runs is here; undefined: where the sweep says */
  readonly data?: string;
  /** called when it is connected, with host and port */
  readonly onReady?: (place: string) => void;
  readonly onRun?: (id: string, what: "taken" | "done" | "stopped") => void;
  readonly onTrouble: (message: string) => void;
}

/** Milliseconds between two pieces of news, and between two checkpoints that are sent. */
const NEWS = 500;
const CHECKPOINT = 2000;
/** Milliseconds before a run of another version is looked at again. */
const LATER = 5000;

/**
 * Works until `signal`; what is being trained then is left to other workers, from where it is.
 * @throws BackendError where Redis cannot be reached; UsageError where its runs are of another
 *   version of the package
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { url, version, parallel, lease, signal, onTrouble } = options;
  const { Worker } = await queuePackages();
  const redis = await connect(url, onTrouble);
  const other = await redis.get(VERSION_KEY);
  if (other !== null && other !== version) {
    redis.disconnect();
    throw new UsageError(
      `Redis at ${placeOf(url)} has runs for mm-train ${other}, expected ${version}: install ` +
        "that version here",
    );
  }
  removeLitter();
  const scratch = mkdtempSync(join(tmpdir(), `${SCRATCH}${process.pid}-`));
  const pool = new ProcessPool(parallel, undefined);
  const desk = new Desk(redis, pool, scratch, options);
  const worker = new Worker<QueuedRun, QueuedResult>(QUEUE, (job, token) => desk.work(job, token), {
    connection: redis,
    concurrency: parallel,
    lockDuration: 1000 * lease,
    stalledInterval: 500 * lease,
    maxStalledCount: 1_000_000, // a lost worker is no fault of the run
  });
  await worker.waitUntilReady();
  options.onReady?.(placeOf(url));
  worker.on("error", () => undefined); // the connection says it; a run that was lost is another's
  await new Promise<void>((stopped) => {
    if (signal.aborted) stopped();
    else signal.addEventListener("abort", () => stopped(), { once: true });
  });
  await worker.pause(true);
  await pool.close();
  await worker.close();
  redis.disconnect();
  rmSync(scratch, { recursive: true, force: true });
}

const SCRATCH = "mm-train-worker-";

/** Folders of workers that were killed. */
function removeLitter(): void {
  quietly(() => {
    for (const name of readdirSync(tmpdir())) {
      const pid = new RegExp(`^${SCRATCH}(\\d+)-`).exec(name)?.[1];
      if (pid !== undefined && !isAlive(Number(pid)))
        quietly(() => rmSync(join(tmpdir(), name), { recursive: true }));
    }
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Where the runs of a worker are worked at. */
class Desk {
  constructor(
    private readonly redis: Redis,
    private readonly pool: ProcessPool,
    private readonly scratch: string,
    private readonly options: ServeOptions,
  ) {}

  async work(job: Job<QueuedRun, QueuedResult>, token = ""): Promise<QueuedResult> {
    const { DelayedError } = await queuePackages();
    const { version, onRun, data } = this.options;
    const id = String(job.id);
    const postpone = async (milliseconds: number): Promise<never> => {
      await job.moveToDelayed(Date.now() + milliseconds, token);
      throw new DelayedError();
    };
    if (job.data.version !== version) return postpone(LATER);
    const { settings, until } = job.data;
    const dir = join(this.scratch, `${id}-${token}`);
    try {
      const before = await this.redis.getBuffer(checkpointKey(id));
      if (before !== null) unpackRun(dir, before);
      onRun?.(id, "taken");
      const given = data === undefined ? settings : { ...settings, data };
      const outcome = await this.pool.train({ dir, settings: given, until }, this.newsOf(job, dir));
      if (outcome.state === "stopped") {
        await this.sendCheckpoint(id, dir);
        onRun?.(id, "stopped");
        return await postpone(0);
      }
      onRun?.(id, "done");
      if (outcome.state === "diverged") return { outcome };
      const parcel = resultKey(id, token);
      await this.redis.set(parcel, packRun(dir), "EX", KEPT);
      return { outcome, parcel };
    } catch (error) {
      if (!(error instanceof MmError)) throw error;
      return { failed: { code: error.code, message: error.message } };
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }

  /** Passes on what is heard of a run, and its checkpoints. */
  private newsOf(job: Job<QueuedRun, QueuedResult>, dir: string): (news: News) => void {
    let [told, sent, sending] = [-Infinity, performance.now(), false];
    return (news) => {
      const now = performance.now();
      if (now - told > NEWS) {
        told = now;
        job.updateProgress({ ...news }).catch(() => undefined);
      }
      if (news.saved !== true || sending || now - sent < CHECKPOINT) return;
      sending = true;
      this.sendCheckpoint(String(job.id), dir)
        .catch(() => undefined) // the next one may come through
        .finally(() => ([sent, sending] = [performance.now(), false]));
    };
  }

  private async sendCheckpoint(id: string, dir: string): Promise<void> {
    await this.redis.set(checkpointKey(id), packRun(dir), "EX", KEPT);
  }
}
