/**
 * Sets of settings that were found to work, by name; docs/presets.md says how, and what each
 * setting brought.
 */
import type { TrainConfig } from "./config.js";

const TEXT = { data: "brown", level: "word", samples: 5 } as const;

/** 800,000 examples in minibatches of 128. */
const EPOCH = 6250;

/**
 * What the networks of the paper's Table 1 share; docs/paper.md says where it differs from the
 * paper, and why.
 */
const PAPER = {
  ...TEXT,
  model: "nplm",
  batchSize: 128,
  order: "shuffled",
  bias: "unigram",
  lr: "inverse:2.56/1e-4",
  weightDecay: 1e-4,
  steps: 20 * EPOCH,
  evalEvery: EPOCH,
  checkpointEvery: EPOCH,
  logEvery: 50,
  patience: 3,
} as const;
const MLP1 = { ...PAPER, blockSize: 4, embedding: 60, hidden: 50, direct: true } as const;
const MLP3 = { ...MLP1, hidden: 0 } as const;
const MLP5 = { ...MLP1, embedding: 30 } as const;
const MLP7 = { ...MLP5, blockSize: 2 } as const;
const MLP9 = { ...PAPER, blockSize: 4, embedding: 30, hidden: 100 } as const;

const presets = {
  /** the defaults */
  lecture: {},
  /** bigrams as a trained table: what a network must beat */
  bigram: {
    model: "bigram",
    batchSize: 2048,
    steps: 500,
    optimizer: "adamw",
    lr: "cosine:0.3->0",
    evalEvery: 100,
    logEvery: 10,
  },
  /** better than the lecture's in 1,000 steps */
  quick: {
    blockSize: 5,
    embedding: 24,
    hidden: 160,
    batchSize: 128,
    steps: 1000,
    init: "kaiming",
    optimizer: "adamw",
    lr: "onecycle:0.015/0.05",
    weightDecay: 0.01,
    evalEvery: 500,
    logEvery: 20,
  },
  /** the lowest dev loss on the lecture's names that was found */
  best: {
    blockSize: 6,
    embedding: 48,
    hidden: 512,
    batchSize: 256,
    steps: 12_000,
    init: "kaiming",
    optimizer: "adamw",
    lr: "onecycle:0.003/0.1",
    weightDecay: 0.1,
    evalEvery: 2000,
    checkpointEvery: 3000,
    logEvery: 100,
  },
  /** the paper's interpolated trigram */
  "del-int": { ...TEXT, model: "del-int" },
  /** modified Kneser-Ney, trigrams */
  kn3: { ...TEXT, model: "kneser-ney", blockSize: 2 },
  /** modified Kneser-Ney, 4-grams */
  kn4: { ...TEXT, model: "kneser-ney", blockSize: 3 },
  /** modified Kneser-Ney, 5-grams */
  kn5: { ...TEXT, model: "kneser-ney", blockSize: 4 },
  /** trigrams over 500 classes of words */
  "class-500": { ...TEXT, model: "class", blockSize: 2, classes: 500 },
  // Those of even number are the one before, mixed with a trigram: `mm-train evaluate --mix`.
  "paper-mlp1": MLP1,
  "paper-mlp3": MLP3,
  "paper-mlp5": MLP5,
  "paper-mlp7": MLP7,
  "paper-mlp9": MLP9,
  /** not the paper's: more of everything, held in check by dropout, and rates that end at 0 */
  "paper-best": {
    ...PAPER,
    blockSize: 5,
    embedding: 60,
    hidden: 200,
    dropout: 0.3,
    lr: "cosine:2.56->0",
    steps: 6 * EPOCH,
    patience: 0,
  },
} as const satisfies Record<string, Partial<TrainConfig>>;

/**
 * `lecture` (the defaults), `bigram`, `quick` and `best` over characters; of the Brown corpus's
 * words `del-int`, `kn3` to `kn5` and `class-500`, counted, `paper-mlp1` to `paper-mlp9`, the
 * networks of Bengio et al. (2003), Table 1, and `paper-best`.
 */
export type PresetName = keyof typeof presets;

/**
 * The settings of each preset that differ from the defaults; docs/presets.md says what each
 * brought.
 */
export const PRESETS: Readonly<Record<PresetName, Readonly<Partial<TrainConfig>>>> =
  Object.freeze(presets);
for (const settings of Object.values(PRESETS)) Object.freeze(settings);

/** Those whose settings were found over characters, and mean nothing over words. */
export const OF_CHARACTERS: readonly PresetName[] = ["bigram", "quick", "best"];
