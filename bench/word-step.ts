/** The word-level step of Bengio et al. (2003): V = 16,383, 5 words of context, m = 30, h = 100, forward + backward + SGD, batch 256. */
import { compile, crossEntropy, Generator, linear, linearCrossEntropy, randn, setThreads, SGD, type Tensor, tensor, threads } from "../lib/index.js";
import { row } from "./measure.js";

const [V, CONTEXT, M, H, BATCH] = [16_383, 5, 30, 100, 256];

type Way = "tiled" | "logits in memory";

function wordStep(way: Way): { step: () => Tensor; optimizer: SGD } {
  const generator = new Generator(1);
  const parameters = [[V, M], [CONTEXT * M, H], [H], [H, V], [V]].map((shape) => randn(shape, { generator }).mul(0.1));
  for (const p of parameters) p.requiresGrad = true;
  const [C, W1, b1, W2, b2] = parameters;
  const ids = (n: number, shape: number[]): Tensor => tensor(Array.from({ length: n }, (_, i) => (i * 7919) % V), { dtype: "int32", shape });
  const [X, Y] = [ids(BATCH * CONTEXT, [BATCH, CONTEXT]), ids(BATCH, [BATCH])];
  const optimizer = new SGD(parameters, 0.1);
  const step = () => {
    const h = linear(C.index(X).view([-1, CONTEXT * M]), W1, b1, "tanh");
    const loss = way === "tiled" ? linearCrossEntropy(h, W2, b2, Y) : crossEntropy(linear(h, W2, b2), Y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { step, optimizer };
}

/** Milliseconds per step: the median of `rounds` steps, and the quickest. */
function times(step: () => void, rounds: number): string {
  for (let i = 0; i < 4; i++) step();
  const all = Array.from({ length: rounds }, () => {
    const start = performance.now();
    step();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return `${all[rounds >> 1].toFixed(1)} (${all[0].toFixed(1)})`;
}

export function benchWordStep(rounds = 30): void {
  console.log(`word-level step, ms, median (quickest) of ${rounds}\n${row("", "eager", "replayed", "logits in mem.")}`);
  const before = threads();
  for (const count of [1, 2]) {
    setThreads(count);
    const eager = wordStep("tiled").step;
    const replayed = compile(wordStep("tiled").step);
    const apart = compile(wordStep("logits in memory").step);
    console.log(row(`${count} thread${count > 1 ? "s" : ""}`, times(eager, rounds), times(() => void replayed.run(1), rounds), times(() => void apart.run(1), rounds)));
  }
  setThreads(before);
}
