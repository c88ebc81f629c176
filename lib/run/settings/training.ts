/**
 * Settings of the training loop: its minibatches, what is measured and saved on the way, and what
 * is made up at the end.
 */
import { choice, examples, fraction, seed, whole } from "./kinds.js";

export const trainingSettings = {
  /** examples per step; default: 32 */
  batchSize: whole(1, 10_000_000).default(32).describe("examples per step"),
  /** of examples: drawn with replacement, or each once per epoch; default: random */
  order: choice("random", "shuffled")
    .default("random")
    .describe("of examples: drawn with replacement, or each once per epoch"),
  /** training steps; default: 200000 */
  steps: whole(0, 1_000_000_000).default(200_000).describe("training steps"),
  /** part of the hidden units left out at random in every training step; default: 0 */
  dropout: fraction(0, 1)
    .default(0)
    .describe("part of the hidden units left out at random in every training step"),
  /** seed of the minibatches; default: 1 */
  batchSeed: seed().default(1).describe("seed of the minibatches"),
  /** seed of what dropout leaves out; default: 2 */
  dropoutSeed: seed().default(2).describe("seed of what dropout leaves out"),
  /** steps between the losses kept in metrics.jsonl; default: a 200th of steps */
  logEvery: whole(1, 1_000_000_000)
    .default(1000)
    .describe("steps between the losses kept in metrics.jsonl"),
  /**
   * steps between measurements of the dev split; the best model is kept; default: a 10th of steps
   */
  evalEvery: whole(1, 1_000_000_000)
    .default(20_000)
    .describe("steps between measurements of the dev split; the best model is kept"),
  /**
   * examples of train and of dev that losses are measured on at most, a fixed random part of a
   * larger split: a number, or all; default: 200000
   */
  evalExamples: examples()
    .default(200_000)
    .describe(
      "examples of train and of dev that losses are measured on at most, a fixed random part " +
        "of a larger split: a number, or all",
    ),
  /**
   * measurements of the dev split without a new best before training stops; 0: it does not;
   * default: 0
   */
  patience: whole(0, 1_000_000)
    .default(0)
    .describe(
      "measurements of the dev split without a new best before training stops; 0: it does not",
    ),
  /** steps between checkpoints, from which --resume goes on; default: a 10th of steps */
  checkpointEvery: whole(1, 1_000_000_000)
    .default(20_000)
    .describe("steps between checkpoints, from which --resume goes on"),
  /** words to make up at the end; default: 20 */
  samples: whole(0, 1_000_000).default(20).describe("words to make up at the end"),
  /** seed of the words made up at the end; default: 2147483657 */
  sampleSeed: seed().default(2147483657).describe("seed of the words made up at the end"),
};
