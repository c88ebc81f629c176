/**
 * Trains on the shipped names and prints a hash of the parameters at some steps: `bits.ts BATCH@STEP,STEP BATCH@STEP ...`
 * Every step runs as written with MM_TEST_EAGER, otherwise as many as possible are replayed in one call.
 */
import { Generator, loadCorpus, MLP, parseSchedule, Trainer } from "../../../lib/index.js";
import { parameterHash } from "../support.js";

const { vocabulary, splits } = loadCorpus("names", 3, 42);
const hashes: Record<string, string> = {};
for (const plan of process.argv.slice(2)) {
  const [batch, steps] = plan.split("@");
  const wanted = steps.split(",").map(Number);
  const model = MLP.create(
    { vocabularySize: vocabulary.size, blockSize: 3, embedding: 10, hidden: 200 },
    new Generator(2147483647),
  );
  const trainer = new Trainer({
    model,
    examples: splits.train,
    batchSize: Number(batch),
    schedule: parseSchedule("0.1"),
    generator: new Generator(1),
    compile: !process.env.MM_TEST_EAGER,
  });
  for (const step of wanted) {
    trainer.trainSteps(step - trainer.step);
    hashes[`${batch}@${step}`] = parameterHash(model);
  }
}
process.stdout.write(JSON.stringify(hashes));
