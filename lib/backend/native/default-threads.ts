/** How many threads large kernels use unless a program says otherwise. */
import { availableParallelism } from "node:os";
import { isMainThread } from "node:worker_threads";
import { ValueError } from "../../errors.js";

/** More threads than this help no shape that the package computes. */
const MAX_DEFAULT_THREADS = 8;

/** As many as the addon takes. */
export const MOST_THREADS = 256;

/**
 * MM_THREADS, or the cores up to a limit.
 * @throws ValueError where MM_THREADS is no number of threads
 */
export function defaultThreads(): number {
  const given = process.env.MM_THREADS;
  if (given !== undefined && given !== "") {
    const count = Number(given);
    if (Number.isInteger(count) && count >= 1 && count <= MOST_THREADS) return count;
    throw new ValueError(
      `MM_THREADS: expected a whole number from 1 to ${MOST_THREADS}, got "${given}"`,
    );
  }
  // Workers share the cores, and the helpers serve one call at a time.
  return isMainThread ? threadsBeside(1) : 1;
}

/** How many threads each of some processes has that share the machine's cores evenly. */
export const threadsBeside = (processes: number): number =>
  Math.max(1, Math.min(MAX_DEFAULT_THREADS, Math.floor(availableParallelism() / processes)));
