/**
 * Kernels give their bits in a process whose floating-point environment another addon has changed.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { KERNEL_NAMES } from "../../lib/backend/kernel-table.js";
import { binding } from "./native-binding.js";
import { root, scratch } from "../train/support.js";

const folder = scratch();
const addon = join(folder(), "odd-floats.node");

/** Compiles odd-floats.c; whether that works here. */
function compiled(): boolean {
  if (process.arch !== "x64" && process.arch !== "arm64") return false;
  const prefixes = [dirname(dirname(process.execPath)), "/usr/local", "/usr"];
  const include = prefixes
    .map((p) => join(p, "include", "node"))
    .find((dir) => existsSync(join(dir, "node_api.h")));
  if (include === undefined) return false;
  const undefinedNames = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : [];
  const source = join(root, "test", "backend", "odd-floats.c");
  return (
    spawnSync("cc", ["-shared", "-fPIC", ...undefinedNames, `-I${include}`, source, "-o", addon])
      .status === 0
  );
}

const SIZE = 200; // 16 MFLOP: shared between threads
const GEMM = KERNEL_NAMES.indexOf("gemm");
/** Offsets of a, b, no bias, out and no y; then sizes and strides. */
const OFFSETS = [0, 0, -1, 0, -1, -1, -1, -1, -1];
const CONTROL = [...OFFSETS, SIZE, SIZE, SIZE, SIZE, 1, SIZE, 1, SIZE, 0];

/** Numbers whose products are subnormal, and numbers whose sums are rounded. */
const numbers = (scale: number): Float32Array =>
  Float32Array.from({ length: SIZE * SIZE }, (_, i) => (Math.sin(i) + (i % 7)) * scale);

/** The bytes of a product, by a call of its own and by a plan. */
function products(a: Float32Array): [eager: string, replayed: string] {
  const [eager, replayed] = [new Int32Array(SIZE * SIZE), new Int32Array(SIZE * SIZE)];
  binding.control.set(CONTROL);
  const memory = a.buffer as ArrayBuffer;
  binding.run(GEMM, memory, memory, undefined, eager.buffer);
  const row = new Int32Array(1 + 9 + 64);
  row.set([GEMM, 0, 0, -1, 1, -1, -1, -1, -1, -1, ...CONTROL]);
  const buffers = [memory, replayed.buffer];
  const none = new Int32Array(0);
  const plan = binding.createPlan(row, none, none, buffers);
  binding.runPlan(plan, buffers, 1, none, none);
  const digest = (words: Int32Array): string => createHash("sha256").update(words).digest("hex");
  return [digest(eager), digest(replayed)];
}

it.skipIf(!compiled())(
  "the same bits in an odd floating-point environment, which stays the caller's",
  () => {
    const odd = createRequire(import.meta.url)(addon) as { set(odd: boolean): void; get(): number };
    const usual = odd.get();
    const before = binding.threads();
    for (const a of [numbers(1), numbers(1e-20)]) {
      binding.setThreads(1);
      const [expected] = products(a);
      for (const threads of [1, 2, 5]) {
        odd.set(true);
        const set = odd.get();
        // New threads inherit the environment of the one that makes them.
        binding.setThreads(threads);
        const [eager, replayed] = products(a);
        const after = odd.get();
        odd.set(false);
        expect(set).not.toBe(usual);
        expect(after).toBe(set);
        expect([eager, replayed]).toEqual([expected, expected]);
      }
    }
    binding.setThreads(Math.max(1, before));
  },
);
