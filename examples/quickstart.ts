/**
 * # Quickstart
 *
 * One call reads a list of words, trains a model on it and measures it; another makes up new words.
 *
 *     npx tsx examples/quickstart.ts
 */
import { Generator, sample, train } from "mm-train";

const { model, corpus, loss, stepsPerSecond } = await train({
  data: "names", // or a file with one word per line, or `words: [...]`
  steps: 20_000,
  lr: "0.1@0,0.01@15000",
  onStep(step, loss, logged) {
    if (logged && step % 5000 === 0) console.log(`step ${step}  loss ${loss.toFixed(4)}`);
  },
});

console.log(
  `train ${loss?.train.toFixed(4)}  dev ${loss?.dev.toFixed(4)}  at ` +
    `${Math.round(stepsPerSecond)} steps/s`,
);
for (const name of sample(model, corpus.vocabulary, 10, new Generator(42))) console.log(name);
