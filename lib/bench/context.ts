/** What every group of measurements is told. */
import { countOf } from "../count-text.js";
import type { Effort } from "./measure.js";

export interface Context {
  readonly effort: Effort;
  /** short and imprecise: does everything run? */
  readonly quick: boolean;
  /** also what takes minutes */
  readonly full: boolean;
  /** thread counts to measure: 1, and where there are more cores one other */
  readonly threads: readonly number[];
}

/** Batches that the lecture's step is measured with. */
export const BATCHES = [32, 256, 4096];

/** `key` with each thread count: columns that show threads beside each other. */
export const perThreads = (
  threads: readonly number[],
  label: string,
): { key: string; label: string; count: number }[] =>
  threads.map((count) => ({
    key: `${label}${count}`,
    label: `${label}, ${countOf(count, "thread")}`,
    count,
  }));
