/**
 * mm-train itself, by the rules of its peers. Usage: ours.ts step|words|paper|matmul|peak SIZE
 * THREADS [eager]
 */
import { peakRate, peakWork, type Work } from "../../lib/bench/measure.js";
import { productWork } from "../../lib/bench/matmul.js";
import { NetworkStep, WORDS } from "../../lib/bench/network.js";
import { lectureTrainer } from "../../lib/bench/step.js";
import {
  backend,
  Generator,
  isa,
  NPLM,
  parseSchedule,
  randint,
  setThreads,
  SGD,
  Trainer,
  windows,
} from "../../lib/index.js";
import { GFLOP, serve } from "./serve.mjs";

const [task, size, threads, way] = process.argv.slice(2);
const n = Number(size);
setThreads(Number(threads));

function work(): Work {
  if (task === "peak") return peakWork;
  if (task === "matmul") return productWork(n);
  if (task === "step") return lectureTrainer(n, way !== "eager");
  if (task === "paper") return paper();
  const step = new NetworkStep(WORDS, n);
  return way === "eager" ? step.eager : step.replay;
}
/** MLP9 of the paper over random words, with its weight decay. */
function paper(): Work {
  const generator = new Generator(1);
  const vocabularySize = 16_490;
  const model = NPLM.create(
    { vocabularySize, blockSize: 4, embedding: 30, hidden: 100, direct: false },
    generator,
  );
  const examples = windows(
    randint(0, vocabularySize, [100_000], { generator }).toTypedArray() as Int32Array,
    4,
  );
  const named = model.namedParameters();
  const undecayed = model.undecayed.map((name) => named[name]);
  const optimizer = new SGD(model.parameters(), {
    lr: 1e-4,
    weightDecay: 1e-4,
    undecayed,
  });
  const trainer = new Trainer({
    model,
    examples,
    batchSize: n,
    schedule: parseSchedule("0.0001"),
    generator,
    optimizer,
  });
  return (steps) => void trainer.trainSteps(steps);
}

const SECOND = { median: 1, low: 1, high: 1, rounds: 1 };
const amounts: Partial<Record<string, number>> = {
  matmul: GFLOP(n),
  peak: peakRate(SECOND)?.median,
};
await serve(`mm-train (${backend() === "native" ? isa() : "TypeScript"})`, work(), amounts[task]);
