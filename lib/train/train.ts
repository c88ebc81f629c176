/** Starts a training run, or goes on with one. */
import { resolve } from "node:path";
import { UsageError } from "../errors.js";
import { EpochOrder } from "../data/batches.js";
import { brownVariant } from "../data/index.js";
import { Dropout, type LanguageModel, MLP, NeuralBigram, NPLM, unigramBias } from "../models/index.js";
import { AdamW, GradientClip, type Optimizer, SGD } from "../optim/index.js";
import { Generator } from "../random/index.js";
import { restoreCheckpoint } from "./checkpoint.js";
import { parseConfig, type Settings, type TrainConfig } from "./config.js";
import { fitCounted, isCounted } from "./counted.js";
import { type Corpus, loadCorpus, loadRunCorpus, textOptions } from "./corpus.js";
import { Metrics } from "./metrics.js";
import { RunFiles } from "./disk/run-files.js";
import { claimRunFolder, holdsModel, readConfig, type RunConfig } from "./run-folder.js";
import { parseSchedule, spansTraining } from "./schedule.js";
import { runSession, type TrainListeners, type TrainResult } from "./session.js";
import { Trainer } from "./trainer.js";

/** Settings of a run (all have defaults), listeners, and where it reads and writes. */
export interface TrainOptions extends Settings, TrainListeners {
  /** the corpus itself, in place of `data` */
  words?: readonly string[];
  /** a folder for the run, or what makes a fresh one; nothing is written without it */
  out?: string | (() => string);
}

/**
 * Trains a model. Settings left out are those of the `preset`, and the lecture's.
 * @throws UsageError, DataError or CheckpointError before the first step, TrainingError when the loss diverges
 */
export async function train(options: TrainOptions = {}): Promise<TrainResult> {
  const { words, out, onStart, onStep, onDevLoss, onSaved, onTrained, signal, ...settings } = options;
  const config = parseConfig(settings);
  const corpus = loadCorpus(words ?? config.data, config.blockSize, config.splitSeed, textOptions(config));
  const { model, trainer } = begin(config, corpus);
  // The path of a file is kept absolute, so that `evaluate` and `resume` find it from any folder.
  const data = words !== undefined ? null : config.data === "names" || brownVariant(config.data) !== undefined ? config.data : resolve(config.data);
  const runConfig: RunConfig = { ...config, data, version: 1, wordsSha256: corpus.digest, stepsDone: 0 };

  const run = typeof out === "function" ? out() : out;
  const files = run === undefined ? undefined : claimRunFolder(run, runConfig);
  try {
    const session = { config: runConfig, corpus, model, trainer, metrics: new Metrics(), files };
    return await runSession(session, { onStart, onStep, onDevLoss, onSaved, onTrained, signal });
  } catch (error) {
    if (files !== undefined && !holdsModel(files.dir)) files.discard();
    throw error;
  } finally {
    files?.close();
  }
}

/** What `resume` cannot read in the run folder. */
export interface ResumeOptions extends TrainListeners {
  /** the words again, where a program gave them */
  words?: readonly string[];
  /** more steps than the run was started with */
  steps?: number;
}

/**
 * Goes on with the run in a folder from its last checkpoint, and ends with exactly the bits of a run that was never interrupted.
 * @throws CheckpointError when the folder holds no run, another process is at work in it, or its corpus is not the one it was started with
 */
export async function resume(run: string, options: ResumeOptions = {}): Promise<TrainResult> {
  readConfig(run); // what is no run is said before it is written in
  const files = new RunFiles(run);
  try {
    return await goOn(files, options);
  } finally {
    files.close();
  }
}

async function goOn(files: RunFiles, { words, steps, ...listeners }: ResumeOptions): Promise<TrainResult> {
  const run = files.dir;
  const saved = readConfig(run);
  const config = { ...saved, steps: parseConfig({ steps: steps ?? saved.steps }).steps };
  if (config.steps !== saved.steps && spansTraining(saved.lr)) {
    throw new UsageError(`${run}: its learning rates (${saved.lr}) are spread over ${saved.steps} steps, expected no other number, got ${config.steps}`);
  }
  if (isCounted(saved.model) && config.steps > 0) throw new UsageError(`${run}: ${saved.model} is counted and takes no steps, expected 0, got ${config.steps}`);
  const corpus = loadRunCorpus(run, saved, words);
  const { model, trainer } = begin(config, corpus);
  if (trainer !== undefined) restoreCheckpoint(run, trainer);
  const step = trainer?.step ?? 0;
  if (config.steps < step) {
    throw new UsageError(`${run} has done ${step} steps already, expected at least as many, got ${config.steps}`);
  }
  const metrics = Metrics.before(run, step);
  return runSession({ config, corpus, model, trainer, metrics, files }, listeners);
}

/** Model and trainer at step 0; no trainer for a model that is counted. */
function begin(config: Omit<TrainConfig, "data">, corpus: Corpus): { model: LanguageModel; trainer: Trainer | undefined } {
  if (isCounted(config.model)) return { model: fitCounted(config, corpus), trainer: undefined };
  const model = freshModel(config, corpus);
  const parameters = Object.values(model.parameters);
  const { batchSize, clip, dropout: p } = config;
  const examples = corpus.splits.train;
  const trainer = new Trainer({
    model, examples, batchSize, schedule: parseSchedule(config.lr, config.steps),
    generator: new Generator(config.batchSeed), optimizer: makeOptimizer(config, model),
    order: config.order === "shuffled" ? new EpochOrder(examples.Y.numel, batchSize, config.batchSeed) : undefined,
    clip: clip > 0 ? new GradientClip(parameters, clip) : undefined,
    dropout: p > 0 && model.hidden !== undefined ? new Dropout(p, [batchSize, model.hidden], new Generator(config.dropoutSeed)) : undefined,
  });
  return { model, trainer };
}

function freshModel(config: Omit<TrainConfig, "data">, { vocabulary, splits }: Corpus): LanguageModel {
  const generator = new Generator(config.seed);
  const vocabularySize = vocabulary.size;
  if (config.model === "nplm") {
    return NPLM.create({ ...config, vocabularySize }, generator, config.bias === "unigram" ? unigramBias(splits.train.Y, vocabularySize) : undefined);
  }
  return config.model === "bigram" ? NeuralBigram.create(vocabularySize, generator) : MLP.create({ ...config, vocabularySize }, generator, config.init);
}

/** At the schedule's first rate; the trainer sets that of each step. */
function makeOptimizer({ optimizer, momentum, weightDecay, lr, steps }: Omit<TrainConfig, "data">, model: LanguageModel): Optimizer {
  const parameters = Object.values(model.parameters);
  const undecayed = model.undecayed?.map((name) => model.parameters[name]);
  const { rate } = parseSchedule(lr, steps)[0];
  return optimizer === "adamw" ? new AdamW(parameters, { lr: rate, weightDecay, undecayed }) : new SGD(parameters, { lr: rate, momentum, weightDecay, undecayed });
}
