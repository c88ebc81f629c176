/** Workers on other hosts, as a sweep sees them: orders go into a queue, runs come back. */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Job, Queue } from "bullmq";
import type { Redis } from "ioredis";
import { MmError, UsageError } from "../../errors.js";
import { isBegun } from "../folder/run-state.js";
import type { News, Order, Outcome, Workers } from "../workers.js";
import { checkpointKey, clientNameOf, type QueuedResult, type QueuedRun } from "./job.js";
import { factsIn, packRun, unpackRun } from "./parcel.js";
import { connect, KEPT, placeOf, QUEUE, queuePackages, VERSION_KEY } from "./redis.js";

/** More orders than any number of workers is at. */
const MOST = 2000;
/** Milliseconds between two looks at the queue. */
const LOOK = 250;
/** So often at least a run is given to workers that cannot train it. */
const ATTEMPTS = 3;
/** Milliseconds before the second time, and before later ones. */
const [PAUSE, LONGER] = [1000, 2000];
/** A Redis that lost its last second (its file is written once a second) is told again. */
const AGAIN = 10_000;

interface Waiting {
  readonly order: Order;
  readonly onNews: (news: News) => void;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
  /** how often workers could not train it, since another run went on */
  refusals: number;
  /** steps that a worker has done */
  step: number;
}

/** Why what a worker sent is not taken. */
interface Refusal {
  readonly worker: string;
  readonly code: string;
  readonly why: string;
}

export class QueueWorkers implements Workers {
  readonly count = MOST;
  private readonly waiting = new Map<string, Waiting>();
  private readonly watching: Promise<void>;
  private stop: () => void = () => undefined;
  private readonly stopped = new Promise<void>((stopped) => (this.stop = stopped));
  private told = 0;
  /** workers that could not train a run, of which this was said */
  private readonly blamed = new Set<string>();
  /** the digest of what was trained on, where the sweep could not say it */
  private words: string | undefined;
  private closed = false;

  private constructor(
    private readonly sweepId: string,
    private readonly version: string,
    private readonly redis: Redis,
    private readonly queue: Queue<QueuedRun, QueuedResult>,
    private readonly onTrouble: (message: string) => void,
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
    return new QueueWorkers(sweepId, version, redis, queue, onTrouble);
  }

  async train(order: Order, onNews: (news: News) => void): Promise<Outcome> {
    const id = this.idOf(order);
    return new Promise<Outcome>((resolve, reject) => {
      this.waiting.set(id, { order, onNews, resolve, reject, refusals: 0, step: 0 });
      this.send(id, order).catch(reject);
    });
  }

  private async send(id: string, order: Order): Promise<void> {
    // What the folder holds of it goes with it, unless a worker has sent a newer state.
    if (isBegun(order.dir))
      await this.redis.set(checkpointKey(id), packRun(order.dir), "EX", KEPT, "NX");
    await this.ask(id, order);
  }

  /** Runs stay in the queue and go on; the same sweep, started again, fetches them. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const { resolve } of this.waiting.values()) resolve({ state: "stopped" });
    this.waiting.clear();
    this.stop();
    await this.watching;
    this.redis.disconnect();
    await this.queue.close();
  }

  private idOf({ settings, until }: Order): string {
    const hash = createHash("sha256").update(JSON.stringify([settings, until ?? null]));
    return `${this.sweepId}-${hash.digest("hex").slice(0, 24)}`;
  }

  /** Asked for again, a run that is in the queue stays as it is. */
  private async ask(id: string, order: Order, delay = 0): Promise<void> {
    const { version } = this;
    const { settings, until, wordsSha256 } = order;
    const kept = { age: KEPT };
    await this.queue.add(
      "train",
      { version, settings, until, wordsSha256 },
      { jobId: id, delay, removeOnComplete: kept, removeOnFail: kept },
    );
  }

  private async watch(): Promise<void> {
    while (!this.closed) {
      try {
        // Where Redis is away, what it is asked is answered when it returns.
        await Promise.race([this.look(), this.stopped]);
      } catch (error) {
        for (const [id, { reject }] of this.waiting) {
          this.waiting.delete(id);
          reject(error);
        }
      }
      if (!this.closed) await setTimeout(LOOK);
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
        if (typeof job.progress === "object") this.hear(job.progress as News, waiting);
      } else await this.fetch(job, waiting);
    }
  }

  private hear(news: News, waiting: Waiting): void {
    if (news.step !== waiting.step) this.forgive();
    waiting.step = news.step;
    waiting.onNews(news);
  }

  /** Some worker trains: it may take those runs that others could not begin. */
  private forgive(): void {
    for (const waiting of this.waiting.values()) if (waiting.step === 0) waiting.refusals = 0;
  }

  private async fetch(job: Job<QueuedRun, QueuedResult>, waiting: Waiting): Promise<void> {
    const id = String(job.id);
    const { order } = waiting;
    const result = job.returnvalue as QueuedResult | null;
    const parcel = result !== null && "outcome" in result ? result.parcel : undefined;
    const bytes = parcel === undefined ? undefined : await this.redis.getBuffer(parcel);
    const refusal = this.refusalOf(job, bytes ?? undefined, order);
    if (bytes && refusal === undefined) unpackRun(order.dir, bytes);
    await job.remove();
    if (bytes === null) return this.ask(id, order); // it was lost
    // Who tries next goes on from its checkpoint, unless that is of what is refused.
    const isUseless = refusal === undefined || parcel !== undefined;
    const used = [
      ...(isUseless ? [checkpointKey(id)] : []),
      ...(parcel === undefined ? [] : [parcel]),
    ];
    if (used.length > 0) await this.redis.del(used);
    if (refusal !== undefined) return this.tryAgain(id, waiting, refusal);
    this.waiting.delete(id);
    this.forgive();
    if (result !== null && "outcome" in result) waiting.resolve(result.outcome);
  }

  private refusalOf(
    { returnvalue, failedReason }: Job<QueuedRun, QueuedResult>,
    parcel: Uint8Array | undefined,
    { wordsSha256 }: Order,
  ): Refusal | undefined {
    const code = "ERR_MM_WORKER";
    const result = returnvalue as QueuedResult | null;
    if (result === null) return { worker: "on another host", code, why: failedReason };
    const { worker } = result;
    if ("failed" in result) return { worker, code: result.failed.code, why: result.failed.message };
    if (parcel === undefined) return undefined;
    const run = factsIn(parcel);
    if (run === undefined) return { worker, code, why: "what it sent is no run folder" };
    if (run.wordsSha256 !== (wordsSha256 ?? this.words ?? run.wordsSha256))
      return { worker, code, why: "it trained on other words than the sweep's" };
    this.words = run.wordsSha256;
    return undefined;
  }

  /** Another worker may be able to; where there is none, that ends the sweep. */
  private async tryAgain(id: string, waiting: Waiting, refusal: Refusal): Promise<void> {
    const { worker, code, why } = refusal;
    const { order, reject } = waiting;
    const isNew = !this.blamed.has(worker);
    this.blamed.add(worker);
    waiting.refusals++;
    if (waiting.refusals >= ATTEMPTS && !(await this.isAnotherThere())) {
      this.waiting.delete(id);
      const given = `its run ${basename(order.dir)} was given to workers ${waiting.refusals} times`;
      return reject(new MmError(code, `worker ${worker}: ${why}; mend or stop it (${given})`));
    }
    if (isNew)
      this.onTrouble(`worker ${worker}: ${why}; its runs are given to others: mend or stop it`);
    await this.ask(id, order, waiting.refusals === 1 ? PAUSE : LONGER);
  }

  /** A worker that could train all that it was given, as far as Redis tells who is connected. */
  private async isAnotherThere(): Promise<boolean> {
    const blamed = new Set([...this.blamed].map(clientNameOf));
    const database = String(this.redis.options.db);
    const workers = await this.queue.getWorkers(); // of all databases
    return workers.some(
      ({ rawname, db }) => rawname && db === database && !blamed.has(rawname.split(":w:")[1]),
    );
  }
}
