/** A whole training run: corpus, model, steps, losses, samples, and the run folder if one is wanted. */
import { join, resolve } from "node:path";
import { quote, UsageError } from "../errors.js";
import { countParameters, MLP } from "../models/index.js";
import { Generator } from "../random/index.js";
import { parseConfig, type TrainConfig } from "./config.js";
import { type Corpus, loadCorpus, SPLITS, type Split } from "./corpus.js";
import { evaluation } from "./evaluate.js";
import { claimRunFolder, releaseRunFolder, type RunConfig, saveRun, writeFileAtomic } from "./run-folder.js";
import { sampling } from "./sample.js";
import { parseSchedule, rateAt } from "./schedule.js";
import { Trainer } from "./trainer.js";
import { inTurns } from "./turns.js";

export interface TrainOptions extends Partial<TrainConfig> {
  /** the corpus itself, in place of `data` */
  words?: readonly string[];
  /** a folder for config, model, metrics and samples, or what makes a fresh one; nothing is written without it */
  out?: string | (() => string);
  /** called once before the first step */
  onStart?: (run: { parameters: number; examples: Record<Split, number>; vocabularySize: number }) => void;
  /** called after every step with the loss of its minibatch; `logged` at every `logEvery`-th */
  onStep?: (step: number, loss: number, logged: boolean) => void;
  /** called once after the last step, before the splits are measured */
  onTrained?: () => void;
  /** steps between the losses kept in metrics.jsonl */
  logEvery?: number;
  /** ends the training early; the result and the run folder hold what was reached */
  signal?: AbortSignal;
}

export interface TrainResult {
  readonly model: MLP;
  readonly corpus: Corpus;
  readonly parameters: number;
  readonly examples: Readonly<Record<Split, number>>;
  /** steps done */
  readonly steps: number;
  /** mean loss per character of the train and dev splits; absent when interrupted */
  readonly loss?: { readonly train: number; readonly dev: number };
  /** of the training loop alone */
  readonly seconds: number;
  readonly stepsPerSecond: number;
  readonly samples: readonly string[];
  /** the run folder, if one was wanted */
  readonly run: string | undefined;
  readonly interrupted: boolean;
}

/**
 * Trains the lecture's MLP. Settings left out are the lecture's.
 * @throws UsageError, DataError or CheckpointError before the first step, TrainingError when the loss diverges; no run folder is left then
 */
export async function train(options: TrainOptions = {}): Promise<TrainResult> {
  const { words, out, onStart, onStep, onTrained, logEvery = 1000, signal, ...settings } = options;
  if (!Number.isInteger(logEvery) || logEvery < 1) throw new UsageError(`logEvery: expected a whole number >= 1, got ${quote(logEvery)}`);
  const config = parseConfig(settings);
  const corpus = loadCorpus(words ?? config.data, config.blockSize, config.splitSeed);
  const { vocabulary, splits } = corpus;
  const model = MLP.create({ ...config, vocabularySize: vocabulary.size }, new Generator(config.seed));
  const schedule = parseSchedule(config.lr);
  const trainer = new Trainer({
    model, examples: splits.train, batchSize: config.batchSize, schedule, generator: new Generator(config.batchSeed),
  });

  // The path of a file is kept absolute, so that `evaluate` finds it from any folder.
  const data = words !== undefined ? null : config.data === "names" ? "names" : resolve(config.data);
  const runConfig = (stepsDone: number): RunConfig => ({ ...config, data, version: 1, wordsSha256: corpus.digest, stepsDone });
  const run = typeof out === "function" ? out() : out;
  if (run !== undefined) claimRunFolder(run, runConfig(0));

  const parameters = countParameters(model);
  const examples = Object.fromEntries(SPLITS.map((s) => [s, splits[s].Y.numel])) as Record<Split, number>;
  onStart?.({ parameters, examples, vocabularySize: vocabulary.size });

  const metrics: string[] = [];
  const started = performance.now();
  const step = (at: number, loss: number): void => {
    const logged = at % logEvery === 0 || at === config.steps - 1;
    if (logged) metrics.push(JSON.stringify({ step: at, loss, lr: rateAt(schedule, at) }));
    onStep?.(at, loss, logged);
  };
  try {
    await trainer.run(config.steps, step, signal);
  } catch (error) {
    if (run !== undefined) releaseRunFolder(run);
    throw error;
  }
  const seconds = (performance.now() - started) / 1000;
  const steps = trainer.step;
  onTrained?.();

  const save = (): void => {
    if (run === undefined) return;
    saveRun(run, { config: runConfig(steps), vocabulary, model });
    writeFileAtomic(join(run, "metrics.jsonl"), metrics.map((line) => `${line}\n`).join(""));
  };
  save();
  const result = { model, corpus, parameters, examples, steps, seconds, stepsPerSecond: steps > 0 ? steps / seconds : 0, run };

  const trainLoss = await inTurns(evaluation(model, splits.train), signal);
  const devLoss = await inTurns(evaluation(model, splits.dev), signal);
  const samples = await inTurns(sampling(model, vocabulary, config.samples, new Generator(config.sampleSeed)), signal);
  if (trainLoss === undefined || devLoss === undefined || samples === undefined) return { ...result, samples: [], interrupted: true };

  metrics.push(JSON.stringify({ step: steps, trainLoss, devLoss }));
  save();
  if (run !== undefined) writeFileAtomic(join(run, "samples.txt"), samples.map((word) => `${word}\n`).join(""));
  return { ...result, loss: { train: trainLoss, dev: devLoss }, samples, interrupted: false };
}
