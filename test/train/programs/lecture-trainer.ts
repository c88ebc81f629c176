/**
 * The lecture's training on the names that ship with the package, with its seeds and its first
 * learning rate.
 */
import { Generator, loadCorpus, MLP, parseSchedule, Trainer } from "../../../lib/index.js";

const { vocabulary, splits } = loadCorpus("names", 3, 42);

/**
 * @param compile false runs every step as written; otherwise as many as possible are replayed in
 *   one call
 */
export function lectureTrainer(batchSize: number, compile = true): Trainer {
  const model = MLP.create(
    { vocabularySize: vocabulary.size, blockSize: 3, embedding: 10, hidden: 200 },
    new Generator(2147483647),
  );
  return new Trainer({
    model,
    examples: splits.train,
    batchSize,
    schedule: parseSchedule("0.1"),
    generator: new Generator(1),
    compile,
  });
}
