/** Trains without giving way to the event loop or calling the collector; prints the highest resident memory before and after. */
import { Generator, loadCorpus, MLP, parseSchedule, Trainer } from "../../../lib/index.js";

const [warm, steps] = process.argv.slice(2).map(Number);
const { vocabulary, splits } = loadCorpus("names", 3, 42);
const model = MLP.create(
  { vocabularySize: vocabulary.size, blockSize: 3, embedding: 10, hidden: 200 },
  new Generator(2147483647),
);
const trainer = new Trainer({
  model,
  examples: splits.train,
  batchSize: 32,
  schedule: parseSchedule("0.1"),
  generator: new Generator(1),
});

const losses: number[] = [];
let before = 0;
let after = 0;
while (losses.length < steps) {
  losses.push(trainer.trainStep());
  if (losses.length % 500 !== 0) continue;
  const resident = process.memoryUsage.rss();
  if (losses.length <= warm) before = Math.max(before, resident);
  else after = Math.max(after, resident);
}
process.stdout.write(JSON.stringify({ before, after, losses: losses.length }));
