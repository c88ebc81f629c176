/** One run of the benchmark: what `mm-train bench` and `npm run bench` print. */
import { availableParallelism } from "node:os";
import { setThreads, threads as currentThreads } from "../backend/index.js";
import type { Context } from "./context.js";
import { benchKernels } from "./kernels.js";
import { machine } from "./machine/machine.js";
import { benchMatmul } from "./matmul.js";
import type { Effort } from "./measure.js";
import { benchPipeline } from "./pipeline.js";
import { benchStep, benchThreads, benchWords } from "./step.js";
import type { BenchEvent, Row, Section } from "./table.js";

const RUNS = {
  matmul: benchMatmul,
  kernels: benchKernels,
  step: benchStep,
  threads: benchThreads,
  words: benchWords,
  pipeline: benchPipeline,
} as const satisfies Record<string, (context: Context) => Iterable<Section | Row>>;

export type Group = keyof typeof RUNS;
export const GROUPS = Object.keys(RUNS) as Group[];

export const USUAL: Effort = { rounds: 7, seconds: 0.1 };
export const QUICK: Effort = { rounds: 3, seconds: 0.01 };

export interface BenchOptions {
  /** these groups only, in their usual order */
  only?: readonly Group[];
  /** short and imprecise */
  quick?: boolean;
  /** also what takes minutes */
  full?: boolean;
  /** the thread count beside 1 (default: 2, where there are cores for it) */
  threads?: number;
}

/**
 * The machine, then each group's section and rows as they are measured. The number of threads is
 * afterwards what it was.
 */
export function* bench({
  only = GROUPS,
  quick = false,
  full = false,
  threads,
}: BenchOptions = {}): Generator<BenchEvent> {
  const effort = quick ? QUICK : USUAL;
  const before = currentThreads();
  const many = threads ?? Math.min(2, availableParallelism());
  try {
    yield { event: "machine", ...machine(effort) };
    const context: Context = { effort, quick, full, threads: [...new Set([1, many])] };
    for (const group of GROUPS) if (only.includes(group)) yield* RUNS[group](context);
  } finally {
    setThreads(before);
  }
}

export { type Machine } from "./machine/machine.js";
export { type BenchEvent, headingLine, type Row, rowLine, type Section } from "./table.js";
