/** What a step would take if one thing alone limited it, and which of them is the largest where. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../../lib/backend/plan.js";
import { cost, workingSet } from "../../lib/bench/cost.js";
import { type Effort, measure, peakRate, peakWork } from "../../lib/bench/measure.js";
import { commandsWork, NetworkStep } from "../../lib/bench/network.js";
import { zeros } from "../../lib/index.js";

export const LIMITS = ["calls", "FMA", "cache", "memory"] as const;
export type Limit = (typeof LIMITS)[number];

/** One core of this machine. */
export interface Machine {
  /** of the cache that a core has for itself, and of the last one */
  readonly ownCache: number;
  readonly lastCache: number;
  /**
   * bytes per second that a copy reads and writes within the first, within the second, and beyond
   * both
   */
  readonly bandwidth: readonly [own: number, last: number, memory: number];
  /** floating-point operations per second */
  readonly peak: number;
  /** seconds of a step that computes next to nothing */
  readonly calls: number;
}

const CACHES = "/sys/devices/system/cpu/cpu0/cache";
/** What a machine has that does not tell. */
const USUAL_CACHES = [1 << 20, 32 << 20];

/** Sizes in bytes of the second cache and of the last. */
function caches(): number[] {
  if (!existsSync(CACHES)) return USUAL_CACHES;
  const read = (index: string, file: string) =>
    readFileSync(join(CACHES, index, file), "utf8").trim();
  const sizes = readdirSync(CACHES)
    .filter((name) => name.startsWith("index") && read(name, "type") === "Unified")
    .map((name) => parseInt(read(name, "size"), 10) * 1024)
    .sort((a, b) => a - b);
  return sizes.length === 0 ? USUAL_CACHES : [sizes[0], sizes[sizes.length - 1]];
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

export function measureMachine(effort: Effort): Machine {
  const [ownCache, lastCache] = caches();
  const sizes = [ownCache / 2, lastCache / 4, 8 * lastCache];
  const [own, last, memory] = sizes.map((size) => commandsWork([copyOf(size)]));
  const least = new NetworkStep({ vocabularySize: 2, blockSize: 1, embedding: 1, hidden: 1 }, 1)
    .replay;
  const times = measure({ own, last, memory, least, peakWork }, effort);
  const peak = peakRate(times.peakWork);
  if (peak === undefined)
    throw new Error("bench:growth: it measures the native kernels, and there are none here");
  return {
    ownCache,
    lastCache,
    bandwidth: [
      sizes[0] / times.own.median,
      sizes[1] / times.last.median,
      sizes[2] / times.memory.median,
    ],
    peak: peak.median * 1e9,
    calls: times.least.median,
  };
}

/**
 * Seconds of the step for each limit; every step moves its operands through the cache that holds
 * them all, or through memory.
 */
export function bounds(
  commands: readonly Command[],
  { ownCache, lastCache, bandwidth, peak, calls }: Machine,
): Record<Limit, number> {
  const costs = commands.map(cost);
  const [flops, bytes] = [
    costs.reduce((n, c) => n + c.flops, 0),
    costs.reduce((n, c) => n + c.bytes, 0),
  ];
  const set = workingSet(commands);
  const level = set <= ownCache ? 0 : set <= lastCache ? 1 : 2;
  const moved = bytes / bandwidth[level];
  return { calls, FMA: flops / peak, cache: level < 2 ? moved : 0, memory: level < 2 ? 0 : moved };
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
