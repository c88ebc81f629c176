/** What the numbers were measured on. */
import { availableParallelism, cpus, loadavg } from "node:os";
import { backend, isa, threads } from "../../backend/index.js";
import { type Effort, measure, peakRate, peakWork, type Spread } from "../measure.js";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly backend: string;
  readonly isa: string;
  /** what runs use unless told otherwise */
  readonly threads: number;
  /** GFLOP/s of fused multiply-adds of one core; null without native kernels */
  readonly fmaPeak: Spread | null;
  /** processes that wanted to run in the minute before the start, on average */
  readonly load: number;
  /** the load was such that the numbers are those of a busy machine */
  readonly busy: boolean;
}

const BUSY = 0.5;

/** @param effort spent on the peak */
export function machine(effort: Effort): Machine {
  const load = loadavg()[0];
  const { peak } = measure({ peak: peakWork }, effort);
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    node: process.version,
    backend: backend(),
    isa: isa(),
    threads: threads(),
    fmaPeak: peakRate(peak) ?? null,
    load,
    busy: load > BUSY,
  };
}
