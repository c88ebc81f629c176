/**
 * Settings of the training loop: its minibatches, what is measured and saved on the way, and what
 * is made up at the end.
 */
import { choice, seed, integer } from "../../setting-kinds.js";
import { examples } from "./kinds.js";

/** Of every model: how it is measured, and what is made up. */
export const resultSettings = {
  evalExamples: examples()
    .default(200_000)
    .describe(
      "examples of train and of dev that losses are measured on at most, a fixed random part " +
        "of a larger split: a number, or all",
    ),
  samples: integer(0, 1_000_000).default(20).describe("words to make up at the end"),
  sampleSeed: seed().default(2147483657).describe("seed of the words made up at the end"),
};

/** Of models that are trained. */
export const trainingSettings = {
  batchSize: integer(1, 10_000_000).default(32).describe("examples per step"),
  order: choice("random", "shuffled")
    .default("random")
    .describe("of examples: drawn with replacement, or each once per epoch"),
  steps: integer(0, 1_000_000_000).default(200_000).describe("training steps"),
  seed: seed().default(2147483647).describe("seed of the parameters"),
  batchSeed: seed().default(1).describe("seed of the minibatches"),
  logEvery: integer(1, 1_000_000_000)
    .default(1000)
    .describe("steps between the losses kept in metrics.jsonl"),
  evalEvery: integer(1, 1_000_000_000)
    .default(20_000)
    .describe("steps between measurements of the dev split; the best model is kept"),
  patience: integer(0, 1_000_000)
    .default(0)
    .describe(
      "measurements of the dev split without a new best before training stops; 0: it does not",
    ),
  checkpointEvery: integer(1, 1_000_000_000)
    .default(20_000)
    .describe("steps between checkpoints, from which --resume goes on"),
  ...resultSettings,
};
