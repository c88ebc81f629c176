/** Times as medians with their spread: these machines are shared, a single run says little. */
import { Worker } from "node:worker_threads";
import { fmaPeak } from "../backend/index.js";
import { BackendError } from "../errors.js";

/** Of the rounds of a measurement. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
}

export interface Effort {
  /** odd, so that the median is one of them */
  readonly rounds: number;
  /** of one round of one candidate */
  readonly seconds: number;
}

/** Does a piece of work `times` times over. */
export type Work = (times: number) => void;

/** A call longer than this evens noise out by itself, and takes few rounds. */
const LONG = 1;
const LONG_ROUNDS = 3;

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: sorted[sorted.length >> 1],
    low: sorted[0],
    high: sorted[sorted.length - 1],
    rounds: sorted.length,
  };
}

/** A call as work. */
export const repeat =
  (call: () => void): Work =>
  (times) => {
    for (let i = 0; i < times; i++) call();
  };

function seconds(work: Work, times: number): number {
  const started = performance.now();
  work(times);
  return (performance.now() - started) / 1000;
}

/** How often to do the work so that it fills a round; doing so also warms it up. */
function calibrate(work: Work, target: number): { times: number; once: number } {
  work(1);
  for (let times = 1; ; times *= 2) {
    const took = seconds(work, times);
    if (took >= target / 2)
      return { times: Math.max(1, Math.round((times * target) / took)), once: took / times };
  }
}

/**
 * Seconds of one time of each candidate's work. The candidates take turns, round by round: what the
 * machine does meanwhile happens to all of them, and their ratios hold.
 */
export function measure<K extends string>(
  candidates: Readonly<Record<K, Work>>,
  effort: Effort,
): Record<K, Spread> {
  const entries = Object.entries(candidates) as [K, Work][];
  const runs = entries.map(([key, work]) => {
    const { times, once } = calibrate(work, effort.seconds);
    return {
      key,
      work,
      times,
      rounds: once > LONG ? Math.min(LONG_ROUNDS, effort.rounds) : effort.rounds,
      taken: [] as number[],
    };
  });
  for (let round = 0; round < effort.rounds; round++) {
    for (const run of runs)
      if (round < run.rounds) run.taken.push(seconds(run.work, run.times) / run.times);
  }
  return Object.fromEntries(runs.map(({ key, taken }) => [key, spread(taken)])) as Record<
    K,
    Spread
  >;
}

/** Every number of the spread times `factor`. */
export const scaled = ({ median, low, high, rounds }: Spread, factor: number): Spread => ({
  median: median * factor,
  low: low * factor,
  high: high * factor,
  rounds,
});

/** `amount` per time: the slowest round gives the lowest rate. */
export const rate = (time: Spread, amount: number): Spread => ({
  median: amount / time.median,
  low: amount / time.high,
  high: amount / time.low,
  rounds: time.rounds,
});

/**
 * Fused multiply-adds in registers, to take turns with what they bound; a time is `PEAK_ROUNDS`
 * rounds of them.
 */
const PEAK_ROUNDS = 10_000;
export const peakWork: Work = (times) => void fmaPeak(times * PEAK_ROUNDS);
/**
 * The peak in GFLOP/s of one core from the times of `peakWork`; undefined without native kernels.
 */
export function peakRate(time: Spread): Spread | undefined {
  const operations = fmaPeak(1) * PEAK_ROUNDS;
  return operations === 0 ? undefined : rate(time, operations / 1e9);
}

/** Computes until word 0 is set; word 1 counts those that have begun. */
const SPIN = `
  const words = require("node:worker_threads").workerData;
  Atomics.add(words, 1, 1);
  Atomics.notify(words, 1);
  while (Atomics.load(words, 0) === 0) for (let i = 0; i < 1e5; i++) Math.sqrt(i);
`;

/** How long to wait for one to begin, in milliseconds. */
const START_MS = 10_000;

/**
 * `work` beside `count` threads that compute without a pause, as other processes would: to the
 * system both are the same, and threads end with this process, however it ends.
 */
export function beside<T>(count: number, work: () => T): T {
  const words = new Int32Array(new SharedArrayBuffer(8));
  try {
    for (let i = 0; i < count; i++) {
      new Worker(SPIN, { eval: true, workerData: words, execArgv: [] }).unref();
      if (Atomics.wait(words, 1, i, START_MS) === "timed-out")
        throw new BackendError("bench: expected a thread to compute beside the step, got none", {
          remedy: "leave the group `threads` out (--only)",
        });
    }
    return work();
  } finally {
    Atomics.store(words, 0, 1);
  }
}
