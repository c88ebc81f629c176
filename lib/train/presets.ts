/** Sets of settings that were found to work, by name; docs/presets.md says how, and what each setting brought. */
import type { TrainConfig } from "./config.js";

export const PRESETS = {
  /** the defaults */
  lecture: {},
  bigram: { model: "bigram", blockSize: 1, batchSize: 4096, steps: 1000, lr: "cosine:50->1", evalEvery: 250, logEvery: 50 },
  quick: {
    blockSize: 5, embedding: 16, hidden: 128, batchSize: 128, steps: 2000, init: "kaiming",
    optimizer: "adamw", lr: "onecycle:0.01/0.1", weightDecay: 0.01, evalEvery: 500, logEvery: 50,
  },
  best: {
    blockSize: 8, embedding: 24, hidden: 512, batchSize: 256, steps: 20_000, init: "kaiming",
    optimizer: "adamw", lr: "onecycle:0.003/0.1", weightDecay: 0.1, evalEvery: 2000, checkpointEvery: 5000, logEvery: 100,
  },
} as const satisfies Record<string, Partial<TrainConfig>>;

export type PresetName = keyof typeof PRESETS;
