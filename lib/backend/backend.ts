/** A backend: the kernels of the contract, and what else is asked of who has them. */
import {
  type Arguments,
  KERNEL_NAMES,
  type KernelName,
  type Kernels,
  rowOf,
  type Visitor,
} from "./kernel-table.js";
import type { Command, Plan, Transfer } from "./plan.js";

/**
 * `native`: the C++ kernels. `wasm`: the same compiled to WebAssembly, for browsers and where the
 * native ones do not load. `reference`: the same arithmetic in TypeScript, over 100 times slower.
 */
export type BackendName = "native" | "wasm" | "reference";

export interface Machinery {
  /** the instruction set in use; `javascript` where there are none */
  readonly isa: string;
  /** those that can be used here, best first */
  readonly supportedIsas: readonly string[];
  /** of large kernels */
  readonly threads: number;
  /** 1 to 256, for this thread's calls; the results do not depend on it */
  setThreads(count: number): void;
  /** commands checked once, to be run again and again */
  plan(
    commands: readonly Command[],
    feeds: readonly Transfer[],
    fetches: readonly Transfer[],
  ): Plan;
  /** takes in new memory; returns the words to skip so that the rest is aligned */
  settle(buffer: ArrayBuffer): number;
  /**
   * fused multiply-adds in registers, on one core: what bounds every product. Returns the
   * floating-point operations done, 0 where there are no such instructions.
   */
  fmaPeak(rounds: number): number;
}

export type Backend = Kernels & Machinery;

/** The contract's functions, each made by `make` from a kernel, its number and its row. */
export const eachKernel = (
  make: (
    kernel: KernelName,
    number: number,
    row: (visitor: Visitor, args: object) => void,
  ) => (args: Arguments<KernelName>) => number | void,
): { [K in KernelName]: Kernels[K] } =>
  Object.fromEntries(
    KERNEL_NAMES.map((kernel, number) => [kernel, make(kernel, number, rowOf(kernel))]),
  ) as unknown as { [K in KernelName]: Kernels[K] };
