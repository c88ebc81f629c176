/**
 * Run by worker.test.ts in a process of its own. argv[2]: how the workers end, "exit" or
 * "terminate".
 */
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { type Operand, rowMajorGemm } from "../../lib/backend/kernels.js";
import { loadNative } from "../../lib/backend/native/native.js";
import { allocate } from "../../lib/backend/storage.js";

const SIZE = 192; // 14 MFLOP: above the threads' threshold

function product(threads: number): number {
  const native = loadNative();
  native.setThreads(threads);
  const operand = (fill: (i: number) => number): Operand => {
    const storage = allocate(SIZE * SIZE);
    for (let i = 0; i < storage.length; i++) storage.slab.f32[storage.start + i] = fill(i);
    return { storage, offset: 0 };
  };
  const a = operand((i) => Math.sin(i));
  const b = operand((i) => Math.cos(i));
  const out = operand(() => 0);
  native.gemm(rowMajorGemm({ m: SIZE, n: SIZE, k: SIZE, a, b, out }));
  let checksum = 0;
  for (let i = 0; i < out.storage.length; i++)
    checksum = (checksum * 31 + out.storage.slab.i32[out.storage.start + i]) | 0;
  return checksum;
}

// Node 20 does not run the loader of TypeScript for a worker's first file: the worker registers it
// itself.
const start =
  `import("tsx/esm/api").then(({ register }) => { register(); return ` +
  `import(${JSON.stringify(import.meta.url)}); })`;

async function main(): Promise<void> {
  const sums = new Set<number>();
  for (let i = 0; i < 20; i += 4) {
    const four = Array.from({ length: 4 }, async () => {
      const worker = new Worker(start, { eval: true, argv: [process.argv[2]] });
      const exit = new Promise((resolve) => worker.once("exit", resolve));
      sums.add(
        await new Promise<number>((resolve, reject) =>
          worker.once("message", resolve).once("error", reject),
        ),
      );
      if (process.argv[2] === "terminate") await worker.terminate();
      await exit;
    });
    await Promise.all(four);
  }
  console.log(sums.size === 1 ? "20 equal products" : `different products: ${[...sums].join(" ")}`);
}

if (isMainThread) {
  await main();
} else {
  parentPort?.postMessage(product(3));
  // Something to be stopped in the middle of.
  if (process.argv[2] === "terminate") setInterval(() => product(3), 1);
}
