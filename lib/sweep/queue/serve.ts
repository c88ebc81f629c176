/** A worker: takes runs of sweeps from a queue, trains them in processes of its own. */
import { hostname } from "node:os";
import { setTimeout } from "node:timers/promises";
import type { Job } from "bullmq";
import type { Redis } from "ioredis";
import { MmError, UsageError } from "../../errors.js";
import { isBegun } from "../folder/run-state.js";
import { ProcessPool } from "../processes/process-pool.js";
import type { News } from "../workers.js";
import {
  checkpointKey,
  clientNameOf,
  type QueuedResult,
  type QueuedRun,
  resultKey,
} from "./job.js";
import { factsIn, packRun, unpackRun } from "./parcel.js";
import { connect, KEPT, placeOf, QUEUE, queuePackages, VERSION_KEY } from "./redis.js";
import { leftRuns, removeLeftRun, removeRun, Scratch } from "./scratch.js";

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

/** Of this worker, for a person. */
const NAME = `${hostname()} (process ${process.pid})`;
/** Milliseconds between two pieces of news, and between two checkpoints that are sent. */
const NEWS = 500;
const CHECKPOINT = 2000;
/** Milliseconds before a run of another version is looked at again. */
const LATER = 5000;
/** Milliseconds in which a Redis takes what is trained when the worker ends; one that is away. */
const GOODBYE = 10_000;
const AWAY = 1000;

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
  await sendLeftRuns(redis);
  const scratch = new Scratch();
  const pool = new ProcessPool(parallel, undefined);
  const desk = new Desk(redis, pool, scratch, options);
  const worker = new Worker<QueuedRun, QueuedResult>(QUEUE, (job, token) => desk.work(job, token), {
    name: clientNameOf(NAME),
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
  await pool.close(); // each run is saved in its folder
  const patience = redis.status === "ready" ? GOODBYE : AWAY;
  await Promise.race([worker.close(), setTimeout(patience)]);
  redis.disconnect(); // what waits for a Redis that does not answer is given up
  const left = scratch.close();
  if (left !== undefined)
    onTrouble(
      `Redis does not answer: ${left} keeps what was trained, the next worker here sends it`,
    );
}

/** Checkpoints that workers of this host could not send, or not any more. */
async function sendLeftRuns(redis: Redis): Promise<void> {
  for (const run of leftRuns()) {
    const { id, dir } = run;
    try {
      const [here, there] = [packRun(dir), await redis.getBuffer(checkpointKey(id))];
      const steps = (parcel: Uint8Array | null) => (parcel && factsIn(parcel)?.stepsDone) ?? -1;
      if (steps(here) > steps(there)) await redis.set(checkpointKey(id), here, "EX", KEPT);
    } catch (error) {
      if (!(error instanceof MmError)) throw error; // a damaged one is of no use
    }
    removeLeftRun(run);
  }
}

/** Where the runs of a worker are worked at. */
class Desk {
  constructor(
    private readonly redis: Redis,
    private readonly pool: ProcessPool,
    private readonly scratch: Scratch,
    private readonly options: ServeOptions,
  ) {}

  async work(job: Job<QueuedRun, QueuedResult>, token = ""): Promise<QueuedResult> {
    const { DelayedError } = await queuePackages();
    const { version } = this.options;
    const id = String(job.id);
    const postpone = async (milliseconds: number): Promise<never> => {
      await job.moveToDelayed(Date.now() + milliseconds, token);
      throw new DelayedError();
    };
    if (job.data.version !== version) return postpone(LATER);
    const dir = this.scratch.dirOf(id, token);
    const result = await this.train(job, dir, token);
    // Where Redis did not take it, this is not reached: the next worker here sends it.
    removeRun(dir);
    if (result === undefined) return postpone(0);
    return { worker: NAME, ...result };
  }

  /** undefined of a run that was stopped. */
  private async train(job: Job<QueuedRun, QueuedResult>, dir: string, token: string) {
    const { onRun, data } = this.options;
    const id = String(job.id);
    const { settings, until, wordsSha256 } = job.data;
    try {
      const before = await this.redis.getBuffer(checkpointKey(id));
      if (before !== null) unpackRun(dir, before);
      onRun?.(id, "taken");
      const given = data === undefined ? settings : { ...settings, data };
      const order = { dir, settings: given, until, wordsSha256 };
      const outcome = await this.pool.train(order, this.newsOf(job, dir));
      if (outcome.state === "stopped") {
        await this.sendCheckpoint(id, dir);
        onRun?.(id, "stopped");
        return undefined;
      }
      onRun?.(id, "done");
      if (outcome.state === "diverged") return { outcome };
      const parcel = resultKey(id, token);
      await this.redis.set(parcel, packRun(dir), "EX", KEPT);
      return { outcome, parcel };
    } catch (error) {
      if (!(error instanceof MmError)) throw error;
      const { code, message } = error;
      return { failed: { code, message } };
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
    if (isBegun(dir)) await this.redis.set(checkpointKey(id), packRun(dir), "EX", KEPT);
  }
}
