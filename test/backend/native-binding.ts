/** The bare addon, for tests of its border: nothing checks before it does. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { NativeBinding } from "../../lib/backend/binding.js";

const require = createRequire(import.meta.url);
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const binding = require("node-gyp-build")(root) as NativeBinding;

export const KERNELS = [
  "gemm",
  "unary",
  "binary",
  "copy",
  "fill",
  "sum",
  "max",
  "gatherRows",
  "scatterAddRows",
  "softmax",
  "crossEntropy",
  "sgd",
  "sgdMomentum",
  "adamw",
  "linearCrossEntropy",
  "linearCrossEntropyBackward",
] as const;
export type KernelName = (typeof KERNELS)[number];

/** Calls a kernel: offsets of its operands, the words after them (from word 5), and its buffers. */
export function call(
  kernel: KernelName,
  offsets: number[],
  words: number[],
  buffers: ArrayBuffer[],
): number {
  binding.control.fill(0);
  binding.control.set(offsets, 0);
  binding.control.set(words, 5);
  return binding.run(KERNELS.indexOf(kernel), ...(buffers as [ArrayBuffer]));
}

/** The words of a strided kernel from word 5: rank, operation, and the tables of eight. */
export function strided(
  rank: number,
  operation: number,
  shape: number[],
  a: number[],
  b: number[],
  out: number[],
): number[] {
  const words = new Array<number>(59).fill(0);
  words[0] = rank;
  words[1] = operation;
  words.splice(3, shape.length, ...shape);
  words.splice(11, a.length, ...a);
  words.splice(19, b.length, ...b);
  words.splice(27, out.length, ...out);
  return words;
}
