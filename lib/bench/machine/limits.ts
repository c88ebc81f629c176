/** What a step would take if one thing alone limited it, and which of them is the largest where. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fmaPeak } from "../../backend/index.js";
import type { Command } from "../../backend/plan.js";
import { zeros } from "../../tensor/index.js";
import { cost, total, workingSet } from "./cost.js";
import { type Effort, measure, peakRate, peakWork, type Spread } from "../measure.js";
import { commandsWork, NetworkStep } from "../network.js";

export const LIMITS = ["calls", "FMA", "cache", "memory"] as const;
export type Limit = (typeof LIMITS)[number];

/** What one core of this machine can do. */
export interface Core {
  /** bytes of a core's first and second cache, and of the last one */
  readonly firstCache: number;
  readonly ownCache: number;
  readonly lastCache: number;
  /** bytes per second that a copy reads and writes within each of them, and beyond */
  readonly bandwidth: readonly [first: number, own: number, last: number, memory: number];
  /** floating-point operations per second */
  readonly peak: number;
  /** seconds of a step that computes next to nothing */
  readonly calls: number;
}

const CACHES = "/sys/devices/system/cpu/cpu0/cache";
/** What a machine has that does not tell. */
const USUAL_CACHES = [32 << 10, 1 << 20, 32 << 20];

/** Sizes in bytes of the first cache for data, of the second and of the last. */
function caches(): number[] {
  if (!existsSync(CACHES)) return USUAL_CACHES;
  const read = (index: string, file: string) =>
    readFileSync(join(CACHES, index, file), "utf8").trim();
  const sizes = readdirSync(CACHES)
    .filter((name) => name.startsWith("index") && read(name, "type") !== "Instruction")
    .map((name) => parseInt(read(name, "size"), 10) * 1024)
    .sort((a, b) => a - b);
  return sizes.length < 2 ? USUAL_CACHES : [sizes[0], sizes[1], sizes[sizes.length - 1]];
}

function copyOf(bytes: number): Command {
  const n = Math.floor(bytes / 8); // read and written
  const [a, out] = [zeros([n]), zeros([n])];
  return {
    kernel: "copy",
    args: {
      shape: [n],
      a: { storage: a.storage, offset: a.offset },
      aStrides: [1],
      out: { storage: out.storage, offset: out.offset },
      outStrides: [1],
    },
  };
}

/** Beyond every cache, or as much of the way there as is reasonable to allocate. */
const MOST_COPIED = 2 ** 30;

/** undefined without native kernels */
export function measureCore(effort: Effort): Core | undefined {
  if (fmaPeak(1) === 0) return undefined;
  const [firstCache, ownCache, lastCache] = caches();
  const sizes = [firstCache / 2, ownCache / 2, lastCache / 4, 8 * lastCache].map((size) =>
    Math.min(size, MOST_COPIED),
  );
  const [first, own, last, memory] = sizes.map((size) => commandsWork([copyOf(size)]));
  const least = new NetworkStep({ vocabularySize: 2, blockSize: 1, embedding: 1, hidden: 1 }, 1)
    .replay;
  const times = measure({ first, own, last, memory, least, peakWork }, effort);
  return {
    firstCache,
    ownCache,
    lastCache,
    bandwidth: [
      sizes[0] / times.first.median,
      sizes[1] / times.own.median,
      sizes[2] / times.last.median,
      sizes[3] / times.memory.median,
    ],
    peak: (peakRate(times.peakWork) as Spread).median * 1e9,
    calls: times.least.median,
  };
}

/** Bytes per second of the smallest cache that holds the operands of all commands, or of memory. */
function bandwidthOf(
  commands: readonly Command[],
  { firstCache, ownCache, lastCache, bandwidth }: Core,
): number {
  const set = workingSet(commands);
  const level = [firstCache, ownCache, lastCache].findIndex((size) => set <= size);
  return bandwidth[level < 0 ? 3 : level];
}

/**
 * Seconds that commands, one after the other, cannot do without: each its multiply-adds at the
 * peak, or its operands through the cache (or memory) that holds those of all.
 */
export function leastTime(commands: readonly Command[], core: Core): number {
  const bandwidth = bandwidthOf(commands, core);
  return commands
    .map(cost)
    .reduce((sum, { flops, bytes }) => sum + Math.max(flops / core.peak, bytes / bandwidth), 0);
}

/**
 * Seconds of the step for each limit; every step moves its operands through the cache that holds
 * them all, or through memory.
 */
export function bounds(commands: readonly Command[], core: Core): Record<Limit, number> {
  const { flops, bytes } = total(commands);
  const moved = bytes / bandwidthOf(commands, core);
  const isCached = workingSet(commands) <= core.lastCache;
  return {
    calls: core.calls,
    FMA: flops / core.peak,
    cache: isCached ? moved : 0,
    memory: isCached ? 0 : moved,
  };
}

export const largest = (times: Readonly<Record<Limit, number>>): Limit =>
  LIMITS.reduce((a, b) => (times[b] > times[a] ? b : a));

/** From which x on each limit is the largest: one entry per change. */
export function takeovers(
  points: readonly { x: number; bounds: Readonly<Record<Limit, number>> }[],
): { x: number; limit: Limit }[] {
  return points
    .map(({ x, bounds: b }) => ({ x, limit: largest(b) }))
    .filter(({ limit }, i, all) => i === 0 || limit !== all[i - 1].limit);
}
