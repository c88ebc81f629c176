/**
 * The kernel contract in plain TypeScript: what each native kernel computes, written to be read,
 * one file for each of native/kernels. It is the tests' oracle, the backend where no binary loads,
 * and the "pure JavaScript" side of the benchmark. The bits are the native ones (see kernels.ts),
 * unless another addon has changed how this thread rounds: the native kernels set that back,
 * JavaScript cannot.
 */
import type { Backend } from "../backend.js";
import type { Kernels } from "../kernel-table.js";
import { interpret } from "../plan.js";
import { elementwise } from "./elementwise.js";
import { rows } from "./embedding.js";
import { embeddingLayers } from "./embedding-linear.js";
import { product } from "./gemm.js";
import { linearLosses } from "./linear-cross-entropy.js";
import { reductions } from "./reduce.js";
import { losses } from "./softmax.js";
import { updates } from "./update.js";

const kernels: Kernels = {
  name: "reference",
  ...product,
  ...elementwise,
  ...reductions,
  ...rows,
  ...losses,
  ...embeddingLayers,
  ...updates,
  ...linearLosses,
};

export const reference: Backend = {
  ...kernels,
  isa: "javascript",
  supportedIsas: Object.freeze(["javascript"]),
  threads: 1,
  setThreads: () => undefined,
  plan: (commands, feeds, fetches) => interpret(kernels, commands, feeds, fetches),
  settle: () => 0,
  fmaPeak: () => 0,
};
