/** Workers on other hosts, as a sweep sees them: orders go into a queue, runs come back. */
import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Job, Queue } from "bullmq";
import type { Redis } from "ioredis";
import { MmError, UsageError } from "../../errors.js";
import { isBegun } from "../folder/run-state.js";
import type { News, Order, Outcome, Workers } from "../workers.js";
import { checkpointKey, type QueuedResult, type QueuedRun } from "./job.js";
import { packRun, unpackRun } from "./parcel.js";
import { connect, KEPT, placeOf, QUEUE, queuePackages, VERSION_KEY } from "./redis.js";

/** More orders than any number of workers is at. */
const MOST = 2000;
/** Milliseconds between two looks at the queue. */
const LOOK = 250;
/** A Redis that lost its last second (its file is written once a second) is told again. */
const AGAIN = 10_000;

interface Waiting {
  readonly order: Order;
  readonly onNews: (news: News) => void;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

export class QueueWorkers implements Workers {
  readonly count = MOST;
  private readonly waiting = new Map<string, Waiting>();
  private readonly watching: Promise<void>;
  private told = 0;
  private closed = false;

  private constructor(
    private readonly sweepId: string,
    private readonly version: string,
    private readonly redis: Redis,
    private readonly queue: Queue<QueuedRun, QueuedResult>,
  ) {
    this.watching = this.watch();
  }

  /**
   * @param sweepId tells this sweep's runs from those of others in the queue
   * @throws BackendError where Redis cannot be reached; UsageError where it has runs of another
   *   version of the package
   */
  static async hire(
    url: string,
    { sweepId, version }: { sweepId: string; version: string },
    onTrouble: (message: string) => void,
  ): Promise<QueueWorkers> {
    const { Queue } = await queuePackages();
    const redis = await connect(url, onTrouble);
    const queue = new Queue<QueuedRun, QueuedResult>(QUEUE, { connection: redis });
    queue.on("error", () => undefined); // the connection says it
    try {
      const other = await redis.get(VERSION_KEY);
      const left = await queue.getJobCountByTypes("wait", "active", "delayed");
      if (other !== null && other !== version && left > 0)
        throw new UsageError(
          `Redis at ${placeOf(url)} has runs of mm-train ${other} to train, expected ${version}: ` +
            "wait until they are done, or name another database (redis://HOST:PORT/1)",
        );
      await redis.set(VERSION_KEY, version);
    } catch (error) {
      await queue.close();
      redis.disconnect();
      throw error;
    }
    return new QueueWorkers(sweepId, version, redis, queue);
  }

  async train(order: Order, onNews: (news: News) => void): Promise<Outcome> {
    const id = this.idOf(order);
    const result = new Promise<Outcome>((resolve, reject) => {
      this.waiting.set(id, { order, onNews, resolve, reject });
    });
    // What the folder holds of it goes with it, unless a worker has sent a newer state.
    if (isBegun(order.dir))
      await this.redis.set(checkpointKey(id), packRun(order.dir), "EX", KEPT, "NX");
    await this.ask(id, order);
    return result;
  }

  /** Runs stay in the queue and go on; the same sweep, started again, fetches them. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const { resolve } of this.waiting.values()) resolve({ state: "stopped" });
    this.waiting.clear();
    // First: where there is no Redis, what was asked of it waits for its return.
    this.redis.disconnect();
    await this.watching;
    await this.queue.close();
  }

  private idOf({ settings, until }: Order): string {
    const hash = createHash("sha256").update(JSON.stringify([settings, until ?? null]));
    return `${this.sweepId}-${hash.digest("hex").slice(0, 24)}`;
  }

  /** Asked for again, a run that is in the queue stays as it is. */
  private async ask(id: string, { settings, until }: Order): Promise<void> {
    const { version } = this;
    const kept = { age: KEPT };
    await this.queue.add(
      "train",
      { version, settings, until },
      { jobId: id, removeOnComplete: kept, removeOnFail: kept },
    );
  }

  private async watch(): Promise<void> {
    while (!this.closed) {
      try {
        await this.look();
      } catch (error) {
        for (const [id, { reject }] of this.waiting) {
          this.waiting.delete(id);
          reject(error);
        }
      }
      await setTimeout(LOOK);
    }
  }

  private async look(): Promise<void> {
    if (this.waiting.size === 0) return;
    if (performance.now() - this.told > AGAIN) {
      this.told = performance.now();
      for (const [id, { order }] of this.waiting) await this.ask(id, order);
    }
    for (const job of await this.queue.getJobs(["active", "completed", "failed"])) {
      const waiting = this.waiting.get(String(job.id));
      if (waiting === undefined) continue;
      if (job.finishedOn === undefined) {
        if (typeof job.progress === "object") waiting.onNews(job.progress as News);
      } else await this.fetch(job, waiting);
    }
  }

  private async fetch(
    job: Job<QueuedRun, QueuedResult>,
    { order, resolve, reject }: Waiting,
  ): Promise<void> {
    const id = String(job.id);
    const result = job.returnvalue as QueuedResult | null;
    const parcel = result !== null && "outcome" in result ? result.parcel : undefined;
    const bytes = parcel === undefined ? null : await this.redis.getBuffer(parcel);
    if (bytes !== null) unpackRun(order.dir, bytes);
    await job.remove();
    if (parcel !== undefined && bytes === null) return this.ask(id, order); // it was lost
    await this.redis.del(checkpointKey(id), ...(parcel === undefined ? [] : [parcel]));
    this.waiting.delete(id);
    if (result === null) reject(new MmError("ERR_MM_WORKER", `${order.dir}: ${job.failedReason}`));
    else if ("failed" in result) reject(new MmError(result.failed.code, result.failed.message));
    else resolve(result.outcome);
  }
}
