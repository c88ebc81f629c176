/** The lecture's training step (vocabulary 27, context 3, E = 10, H = 200, random minibatches), eager. */
import { Generator, loadCorpus, MLP, parseSchedule, setThreads, threads, Trainer } from "../lib/index.js";
import { medianSeconds, row } from "./measure.js";

export function benchStep(batches: readonly number[] = [32, 256, 4096]): void {
  const { splits, vocabulary } = loadCorpus("names", 3, 42);
  console.log(`training step, eager, steps/s\n${row("batch", "1 thread", "2 threads")}`);
  const before = threads();
  for (const batchSize of batches) {
    const rates = [1, 2].map((count) => {
      setThreads(count);
      const model = MLP.create({ vocabularySize: vocabulary.size, blockSize: 3, embedding: 10, hidden: 200 }, new Generator(2147483647));
      const trainer = new Trainer({ model, examples: splits.train, batchSize, schedule: parseSchedule("0.1"), generator: new Generator(1) });
      for (let i = 0; i < 200; i++) trainer.trainStep();
      return Math.round(1 / medianSeconds(() => void trainer.trainStep(), { round: 0.5 }));
    });
    console.log(row(batchSize, ...rates));
  }
  setThreads(before);
}
