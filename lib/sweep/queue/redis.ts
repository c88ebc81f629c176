/** Redis (or Valkey), which has queues of sweeps: its address, the packages that speak it. */
import type * as bullmq from "bullmq";
import type * as ioredis from "ioredis";
import { BackendError, UsageError } from "../../errors.js";

/** The names of queue and keys. A queue's jobs are for one version of the package. */
export const QUEUE = "mm-train";
export const VERSION_KEY = "mm-train:version";
/** What is in the queue and nobody fetches is gone after so many seconds. */
export const KEPT = 7 * 24 * 3600;

/** Milliseconds for the first connection. */
const PATIENCE = 10_000;

interface QueuePackages {
  readonly Queue: typeof bullmq.Queue;
  readonly Worker: typeof bullmq.Worker;
  readonly DelayedError: typeof bullmq.DelayedError;
  readonly Redis: typeof ioredis.Redis;
}

/** The packages, which are installed for this alone. @throws BackendError saying how */
export async function queuePackages(): Promise<QueuePackages> {
  try {
    const [{ Queue, Worker, DelayedError }, { Redis }] = await Promise.all([
      import("bullmq"),
      import("ioredis"),
    ]);
    return { Queue, Worker, DelayedError, Redis };
  } catch {
    throw new BackendError("a queue of sweeps: the packages bullmq and ioredis are not there", {
      remedy: "npm install bullmq ioredis",
    });
  }
}

/** Where a Redis is, without what is secret of it. */
export function placeOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || 6379}`;
}

/** @param option names the address in errors @throws UsageError for what is none of Redis */
export function checkRedisUrl(option: string, url: string): string {
  const expected = "expected redis://HOST:PORT or rediss://HOST:PORT (TLS)";
  if (!URL.canParse(url)) throw new UsageError(`${option}: ${expected}`);
  const { protocol, hostname } = new URL(url);
  if ((protocol === "redis:" || protocol === "rediss:") && hostname !== "") return url;
  throw new UsageError(`${option}: ${expected}, got another protocol or no host`);
}

/**
 * A connection that stays: it is made again whenever it is lost.
 * @param onTrouble hears of it, once each time
 * @throws BackendError where no first one can be made; no message has more than host and port
 */
export async function connect(
  url: string,
  onTrouble: (message: string) => void,
): Promise<ioredis.Redis> {
  const { Redis } = await queuePackages();
  const redis = new Redis(url, {
    maxRetriesPerRequest: null, // as BullMQ's workers need it
    lazyConnect: true,
    connectTimeout: PATIENCE,
    retryStrategy: (times) => Math.min(100 * times, 2000),
  });
  let trouble: string | undefined = "not connected yet";
  let last = "no answer";
  redis.on("error", (error: NodeJS.ErrnoException) => {
    last = error.code ?? error.message.split("\n")[0];
    if (trouble === undefined) onTrouble(`Redis at ${placeOf(url)}: ${last}; trying again`);
    trouble = last;
  });
  redis.on("ready", () => {
    trouble = undefined;
  });
  const patience = setTimeout(() => redis.disconnect(), PATIENCE);
  try {
    await redis.connect();
    return redis;
  } catch {
    redis.disconnect();
    throw new BackendError(`Redis at ${placeOf(url)} cannot be reached (${last})`, {
      remedy: "start it, or name another with --redis or MM_REDIS",
    });
  } finally {
    clearTimeout(patience);
  }
}
