/** Sets of settings that were found to work, by name; docs/presets.md says how, and what each setting brought. */
import type { TrainConfig } from "./config.js";

export const PRESETS = {
  /** the defaults */
  lecture: {},
  bigram: {
    model: "bigram", blockSize: 1, batchSize: 2048, steps: 500, optimizer: "adamw", lr: "cosine:0.3->0", evalEvery: 100, logEvery: 10,
  },
  quick: {
    blockSize: 5, embedding: 24, hidden: 160, batchSize: 128, steps: 1000, init: "kaiming",
    optimizer: "adamw", lr: "onecycle:0.015/0.05", weightDecay: 0.01, evalEvery: 500, logEvery: 20,
  },
  best: {
    blockSize: 6, embedding: 48, hidden: 512, batchSize: 256, steps: 12_000, init: "kaiming",
    optimizer: "adamw", lr: "onecycle:0.003/0.1", weightDecay: 0.1, evalEvery: 2000, checkpointEvery: 3000, logEvery: 100,
  },
} as const satisfies Record<string, Partial<TrainConfig>>;

export type PresetName = keyof typeof PRESETS;
