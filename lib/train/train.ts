/** Starts a training run, or goes on with one. */
import { resolve } from "node:path";
import { UsageError } from "../errors.js";
import { MLP } from "../models/index.js";
import { Generator } from "../random/index.js";
import { restoreCheckpoint } from "./checkpoint.js";
import { parseConfig, type TrainConfig } from "./config.js";
import { type Corpus, loadCorpus, loadRunCorpus } from "./corpus.js";
import { Metrics } from "./metrics.js";
import { claimRunFolder, readConfig, releaseRunFolder, type RunConfig } from "./run-folder.js";
import { parseSchedule } from "./schedule.js";
import { runSession, type TrainListeners, type TrainResult } from "./session.js";
import { Trainer } from "./trainer.js";

export interface TrainOptions extends Partial<TrainConfig>, TrainListeners {
  /** the corpus itself, in place of `data` */
  words?: readonly string[];
  /** a folder for the run, or what makes a fresh one; nothing is written without it */
  out?: string | (() => string);
}

/**
 * Trains the lecture's MLP. Settings left out are the lecture's.
 * @throws UsageError, DataError or CheckpointError before the first step, TrainingError when the loss diverges
 */
export async function train(options: TrainOptions = {}): Promise<TrainResult> {
  const { words, out, onStart, onStep, onDevLoss, onSaved, onTrained, signal, ...settings } = options;
  const config = parseConfig(settings);
  const corpus = loadCorpus(words ?? config.data, config.blockSize, config.splitSeed);
  const { model, trainer } = begin(config, corpus);
  // The path of a file is kept absolute, so that `evaluate` and `resume` find it from any folder.
  const data = words !== undefined ? null : config.data === "names" ? "names" : resolve(config.data);
  const runConfig: RunConfig = { ...config, data, version: 1, wordsSha256: corpus.digest, stepsDone: 0 };

  const run = typeof out === "function" ? out() : out;
  if (run !== undefined) claimRunFolder(run, runConfig);
  try {
    const session = { config: runConfig, corpus, model, trainer, metrics: new Metrics(), run };
    return await runSession(session, { onStart, onStep, onDevLoss, onSaved, onTrained, signal });
  } catch (error) {
    if (run !== undefined) releaseRunFolder(run);
    throw error;
  }
}

export interface ResumeOptions extends TrainListeners {
  /** the words again, where a program gave them */
  words?: readonly string[];
  /** more steps than the run was started with */
  steps?: number;
}

/**
 * Goes on with the run in a folder from its last checkpoint, and ends with exactly the bits of a run that was never interrupted.
 * @throws CheckpointError when the folder holds no run, or its corpus is not the one it was started with
 */
export async function resume(run: string, options: ResumeOptions = {}): Promise<TrainResult> {
  const { words, steps, ...listeners } = options;
  const saved = readConfig(run);
  const config = { ...saved, steps: parseConfig({ steps: steps ?? saved.steps }).steps };
  const corpus = loadRunCorpus(run, saved, words);
  const { model, trainer } = begin(config, corpus);
  restoreCheckpoint(run, trainer);
  if (config.steps < trainer.step) {
    throw new UsageError(`${run} has done ${trainer.step} steps already, expected at least as many, got ${config.steps}`);
  }
  const metrics = Metrics.before(run, trainer.step);
  return runSession({ config, corpus, model, trainer, metrics, run }, listeners);
}

/** Model and trainer at step 0. */
function begin(config: Omit<TrainConfig, "data">, corpus: Corpus): { model: MLP; trainer: Trainer } {
  const model = MLP.create({ ...config, vocabularySize: corpus.vocabulary.size }, new Generator(config.seed));
  const trainer = new Trainer({
    model, examples: corpus.splits.train, batchSize: config.batchSize, schedule: parseSchedule(config.lr),
    generator: new Generator(config.batchSeed),
  });
  return { model, trainer };
}
