/**
 * Products of square matrices on one thread: the kernel, the tensor operation, and plain
 * JavaScript.
 */
import { rowMajorGemm } from "../backend/kernels.js";
import { kernels, setThreads } from "../backend/index.js";
import { Generator } from "../random/index.js";
import { matmul, randn, zeros } from "../tensor/index.js";
import type { Context } from "./context.js";
import { measure, peakRate, peakWork, rate, repeat, type Work } from "./measure.js";
import { naive, tiled } from "./plain.js";
import { measured, plain, type Row, type Section } from "./table.js";

const SIZES = [16, 32, 64, 128, 256, 512, 1024, 2048];
/** Above these a plain loop takes seconds: naive 17 s at 2048. */
const NAIVE_TO = 1024;
const QUICK_TO = 256;

/** The kernel's product of random [n, n] matrices, into memory that it is given. */
export function productWork(n: number): Work {
  const generator = new Generator(n);
  const [a, b, out] = [randn([n, n], { generator }), randn([n, n], { generator }), zeros([n, n])];
  const k = kernels();
  const product = rowMajorGemm({ m: n, n, k: n, a, b, out });
  return repeat(() => k.gemm(product));
}

export function* benchMatmul({ effort, quick, full }: Context): Iterable<Section | Row> {
  setThreads(1);
  yield {
    event: "section",
    group: "matmul",
    title: "n x n x n float32 product, 1 thread",
    note:
      "kernel: into given memory; eager: matmul(a, b), which makes a tensor; - : not measured, " +
      "it takes too long (--full)",
    columns: [
      plain("n", "n"),
      measured("kernel", "kernel", "GFLOP/s"),
      plain("peak", "of peak", "%"),
      measured("eager", "eager", "GFLOP/s"),
      measured("naive", "naive JS", "GFLOP/s"),
      measured("tiled", "tiled JS", "GFLOP/s"),
      plain("toNaive", "/ naive", "x"),
      plain("toTiled", "/ tiled", "x"),
    ],
  };
  for (const n of SIZES) {
    const generator = new Generator(n);
    const [a, b] = [randn([n, n], { generator }), randn([n, n], { generator })];
    const [x, y, z] = [
      a.toTypedArray() as Float32Array,
      b.toTypedArray() as Float32Array,
      new Float32Array(n * n),
    ];
    const inTime = full || n <= (quick ? QUICK_TO : SIZES[SIZES.length - 1]);
    const candidates: Record<string, Work> = {
      kernel: productWork(n),
      peakWork,
      eager: repeat(() => void matmul(a, b)),
    };
    if (inTime) candidates.tiled = repeat(() => tiled(n, x, y, z));
    if (full || (inTime && n <= NAIVE_TO)) candidates.naive = repeat(() => naive(n, x, y, z));
    const times = measure(candidates, effort);
    const gflops = (key: string) => (key in times ? rate(times[key], (2 * n ** 3) / 1e9) : null);
    const [kernel, eager, slow, fair] = ["kernel", "eager", "naive", "tiled"].map(gflops);
    const peak = peakRate(times.peakWork);
    const against = (other: typeof kernel) =>
      kernel && other ? kernel.median / other.median : null;
    yield {
      event: "row",
      group: "matmul",
      cells: {
        n,
        kernel,
        peak: kernel && peak ? (100 * kernel.median) / peak.high : null,
        eager,
        naive: slow,
        tiled: fair,
        toNaive: against(slow),
        toTiled: against(fair),
      },
    };
  }
}
