/** mm-train itself, by the rules of its peers. Usage: ours.mjs step|words|matmul|peak SIZE THREADS [eager] */
import { fmaPeak } from "../../dist/backend/index.js";
import { PEAK_ROUNDS, peakWork } from "../../dist/bench/measure.js";
import { productWork } from "../../dist/bench/matmul.js";
import { NetworkStep, WORDS } from "../../dist/bench/network.js";
import { lectureTrainer } from "../../dist/bench/step.js";
import { backend, isa, setThreads } from "../../dist/index.js";
import { GFLOP, serve } from "./serve.mjs";

const [task, size, threads, way] = process.argv.slice(2);
const n = Number(size);
setThreads(Number(threads));

function work() {
  if (task === "peak") return peakWork;
  if (task === "matmul") return productWork(n);
  if (task === "step") return lectureTrainer(n, way !== "eager");
  const step = new NetworkStep(WORDS, n);
  return way === "eager" ? step.eager : step.replay;
}
const amount = { matmul: GFLOP(n), peak: (fmaPeak(1) * PEAK_ROUNDS) / 1e9 }[task] ?? 1;
await serve(`mm-train (${backend() === "native" ? isa() : "TypeScript"})`, work(), amount);
