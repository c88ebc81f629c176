/**
 * Trains, and prints resident memory in bytes as JSON: `memory-program.ts replay|eager|words WARM
 * STEPS`. Needs --expose-gc.
 */
import { Generator, NPLM, parseSchedule, randint, Trainer } from "../../lib/index.js";
import { lectureTrainer } from "../../test/train/programs/lecture-trainer.js";

const [kind, warm, steps] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];

/** The paper's network with direct connections over 2,000 words, on random text. */
function wordTrainer(): Trainer {
  const generator = new Generator(1);
  const model = NPLM.create(
    { vocabularySize: 2000, blockSize: 4, embedding: 30, hidden: 50, direct: true },
    generator,
  );
  const examples = {
    X: randint(0, 2000, [5000, 4], { generator }),
    Y: randint(0, 2000, [5000], { generator }),
  };
  return new Trainer({
    model,
    examples,
    batchSize: 32,
    schedule: parseSchedule("0.01"),
    generator,
  });
}

const trainer = kind === "words" ? wordTrainer() : lectureTrainer(32, kind === "replay");
/**
 * What is in use: what the collector and the allocator merely have not given back yet would hide a
 * small leak.
 */
function resident(): number {
  for (let i = 0; i < 4; i++) (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage.rss();
}

// The lowest of ten looks after the warm-up: what training gives back late must not hide what it
// takes.
let lowest = Infinity;
while (trainer.step < steps) {
  trainer.trainSteps(kind === "eager" ? 1 : 100);
  if (trainer.step >= warm && (trainer.step - warm) % ((steps - warm) / 10) === 0)
    lowest = Math.min(lowest, resident());
}
console.log(
  JSON.stringify({
    lowest,
    end: resident(),
    peak: process.resourceUsage().maxRSS * 1024,
    steps: trainer.step,
  }),
);
