/** A whole training run: corpus, model, steps, losses, samples, and the run folder if one is wanted. */
import { join, resolve } from "node:path";
import { countParameters, MLP } from "../models/index.js";
import { Generator } from "../random/index.js";
import { parseConfig, type TrainConfig } from "./config.js";
import { type Corpus, loadCorpus, SPLITS, type Split } from "./corpus.js";
import { evaluate } from "./evaluate.js";
import { createRunFolder, saveRun, writeFileAtomic } from "./run-folder.js";
import { sample } from "./sample.js";
import { parseSchedule, rateAt } from "./schedule.js";
import { Trainer } from "./trainer.js";

export interface TrainOptions extends Partial<TrainConfig> {
  /** the corpus itself, in place of `data` */
  words?: readonly string[];
  /** a folder for config, model, metrics and samples; nothing is written without one */
  out?: string;
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
  readonly interrupted: boolean;
}

/**
 * Trains the lecture's MLP. Settings left out are the lecture's.
 * @throws UsageError, DataError or CheckpointError before the first step; nothing is written then
 */
export async function train(options: TrainOptions = {}): Promise<TrainResult> {
  const { words, out, onStart, onStep, onTrained, logEvery = 1000, signal, ...settings } = options;
  const parsed = parseConfig(settings);
  // A file's path is kept absolute, so that `evaluate` finds it from any folder.
  const config = { ...parsed, data: parsed.data === "names" ? "names" : resolve(parsed.data) };
  const corpus = loadCorpus(words ?? config.data, config.blockSize, config.splitSeed);
  if (out !== undefined) createRunFolder(out);

  const { vocabulary, splits } = corpus;
  const model = MLP.create({ ...config, vocabularySize: vocabulary.size }, new Generator(config.seed));
  const parameters = countParameters(model);
  const examples = Object.fromEntries(SPLITS.map((s) => [s, splits[s].Y.numel])) as Record<Split, number>;
  const schedule = parseSchedule(config.lr);
  const generator = new Generator(config.batchSeed);
  const trainer = new Trainer({ model, examples: splits.train, batchSize: config.batchSize, schedule, generator });
  onStart?.({ parameters, examples, vocabularySize: vocabulary.size });

  const metrics: string[] = [];
  const started = performance.now();
  await trainer.run(
    config.steps,
    (step, loss) => {
      const logged = step % logEvery === 0 || step === config.steps - 1;
      if (logged) metrics.push(JSON.stringify({ step, loss, lr: rateAt(schedule, step) }));
      onStep?.(step, loss, logged);
    },
    signal,
  );
  onTrained?.();
  const seconds = (performance.now() - started) / 1000;
  const steps = trainer.step;
  const save = () => {
    if (out === undefined) return;
    saveRun(out, { config: { ...config, version: 1, wordsSha256: corpus.digest, stepsDone: steps }, vocabulary, model });
    writeFileAtomic(join(out, "metrics.jsonl"), metrics.map((line) => `${line}\n`).join(""));
  };
  const result = { model, corpus, parameters, examples, steps, seconds, stepsPerSecond: steps > 0 ? steps / seconds : 0 };
  save();
  if (signal?.aborted) return { ...result, samples: [], interrupted: true };

  const loss = { train: evaluate(model, splits.train), dev: evaluate(model, splits.dev) };
  const samples = sample(model, vocabulary, config.samples, new Generator(config.sampleSeed));
  metrics.push(JSON.stringify({ step: steps, trainLoss: loss.train, devLoss: loss.dev }));
  if (out !== undefined) {
    save();
    writeFileAtomic(join(out, "samples.txt"), samples.map((word) => `${word}\n`).join(""));
  }
  return { ...result, loss, samples, interrupted: false };
}
