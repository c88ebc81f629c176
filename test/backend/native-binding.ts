/** The bare addon, for tests of its border: nothing checks before it does. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { NativeBinding } from "../../lib/backend/native/binding.js";
import { KERNEL_NAMES, type KernelName } from "../../lib/backend/kernel-table.js";
import { MAX_RANK } from "../../lib/backend/kernels.js";
import { MAX_OPERANDS } from "../../lib/backend/native/marshal.js";

const require = createRequire(import.meta.url);
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const binding = require("node-gyp-build")(root) as NativeBinding;

/** Calls a kernel: offsets of its operands, the other words, and its buffers. */
export function call(
  kernel: KernelName,
  offsets: number[],
  words: number[],
  buffers: ArrayBuffer[],
): number {
  binding.control.fill(0);
  binding.control.fill(-1, buffers.length, MAX_OPERANDS);
  binding.control.set(offsets, 0);
  binding.control.set(words, MAX_OPERANDS);
  return binding.run(KERNEL_NAMES.indexOf(kernel), ...(buffers as [ArrayBuffer]));
}

/** The words of a strided kernel after its operation: each list with its length and places for 8. */
export const strided = (...lists: number[][]): number[] =>
  lists.flatMap((list) =>
    [list.length, ...list, ...new Array<number>(MAX_RANK).fill(0)].slice(0, 1 + MAX_RANK),
  );
