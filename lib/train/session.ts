/**
 * One training from where its trainer stands to the end: steps, dev losses on the way, checkpoints,
 * final losses, samples.
 */
import { cpus } from "node:os";
import { backend, isa, threads } from "../backend/index.js";
import { checkFunction, checkInstance } from "../check.js";
import type { CorpusSummary } from "../data/summary.js";
import type { Dataset } from "../data/dataset.js";
import { addTo, TrainingError } from "../errors.js";
import { LARGEST_TABLE } from "../models/bigram.js";
import { countBigram, countParameters, type LanguageModel } from "../models/index.js";
import { Generator } from "../random/index.js";
import { checkpointFile } from "./checkpoint.js";
import { type Corpus, SPLITS, type Split } from "./corpus.js";
import { evalPart } from "./eval-part.js";
import { evaluation } from "./evaluate.js";
import { type Mark, markSamples } from "./marks.js";
import type { Metrics, SplitMetric } from "./metrics.js";
import type { RunFiles } from "./disk/run-files.js";
import type { Origin } from "./origin.js";
import {
  bestFile,
  CORPUS,
  holdsModel,
  readConfig,
  type RunConfig,
  runFiles,
} from "./run-folder.js";
import { sampling } from "./sample.js";
import { parseSchedule, rateIn } from "./schedule.js";
import type { Trainer } from "./trainer.js";
import { inTurns, type Task } from "./turns.js";
import { type Verdict, verdictOn } from "./verdict.js";

/** What a program hears of a training, and how it ends one. */
export interface TrainListeners {
  /** called once before the first step */
  onStart?: (run: {
    parameters: number;
    examples: Record<Split, number>;
    measured: Record<keyof SplitLosses, number>;
    vocabularySize: number;
    step: number;
    level: "character" | "word";
    batchSize: number;
    corpus: CorpusSummary | undefined;
    from: Origin | null;
  }) => void;
  /** called after every step with the loss of its minibatch; `logged` at every `logEvery`-th */
  onStep?: (step: number, loss: number, logged: boolean) => void;
  /** called after each measurement of the dev split on the way */
  onDevLoss?: (step: number, devLoss: number) => void;
  /** called after each save of the run folder on the way */
  onSaved?: (run: string) => void;
  /** called once after the last step, before the splits are measured */
  onTrained?: () => void;
  /** called on the way through that measurement: predictions measured so far, and all there are */
  onMeasure?: (done: number, total: number) => void;
  /** ends the training early; the result and the run folder hold what was reached */
  signal?: AbortSignal;
}

/**
 * The listeners among options, and the rest.
 * @throws ValueError for what is none, before anything is done
 */
export function takeListeners<T extends TrainListeners>(operation: string, options: T) {
  const { onStart, onStep, onDevLoss, onSaved, onTrained, onMeasure, signal, ...rest } = options;
  const listeners = { onStart, onStep, onDevLoss, onSaved, onTrained, onMeasure };
  for (const [name, listener] of Object.entries(listeners))
    if (listener !== undefined) checkFunction(`${operation}: ${name}`, listener);
  if (signal !== undefined)
    checkInstance(`${operation}: signal`, signal, AbortSignal, "an AbortSignal");
  return { listeners: { ...listeners, signal }, rest };
}

/**
 * Losses of the splits that may be looked at while a model is chosen, in nats per character (word).
 */
export interface SplitLosses {
  /** of the split it learned from */
  readonly train: number;
  /** of the split to choose by */
  readonly dev: number;
}

/** What a training ends with. */
export interface TrainResult {
  /** after the last step */
  readonly model: LanguageModel;
  /** what it was trained on */
  readonly corpus: Corpus;
  /** how many numbers the model's parameters hold */
  readonly parameters: number;
  /** how many each split has */
  readonly examples: Readonly<Record<Split, number>>;
  /** of train and dev, how many examples the losses are measured on: `evalExamples` at most */
  readonly measured: Readonly<Record<keyof SplitLosses, number>>;
  /** steps done */
  readonly steps: number;
  /** mean loss per character (word) in nats; absent when interrupted */
  readonly loss?: SplitLosses;
  /**
   * the lowest dev loss that was measured, and after how many steps: `best.safetensors` of the run
   * folder
   */
  readonly best?: {
    /** steps done when it was measured */
    readonly step: number;
    /** in nats per character (word) */
    readonly devLoss: number;
  };
  /**
   * the same of bigrams counted on the train split: the yardstick; absent for words and when
   * interrupted
   */
  readonly bigram?: SplitLosses;
  /**
   * what the dev loss is worse than, where it is no good; absent where it is better than bigrams
   * and guessing, and when interrupted
   */
  readonly verdict?: Verdict;
  /** seconds of the training loop alone, in this session */
  readonly seconds: number;
  /** of the training loop alone; 0 without steps */
  readonly stepsPerSecond: number;
  /** words made up at the end, none of them empty */
  readonly samples: readonly string[];
  /** of each sample, whether it would have gone on: 1000 characters (100 words) are the most */
  readonly cut: readonly boolean[];
  /** why the samples are fewer than were asked for */
  readonly shortage?: string;
  /** where each sample is known from; empty for words */
  readonly marks: readonly Mark[];
  /** the run it started from; null: from fresh parameters */
  readonly from: Origin | null;
  /** the run folder, if one was wanted */
  readonly run: string | undefined;
  /** whether `signal` ended it early */
  readonly interrupted: boolean;
  /** whether `patience` did */
  readonly stoppedEarly: boolean;
}

export interface Session {
  readonly config: RunConfig;
  readonly corpus: Corpus;
  readonly model: LanguageModel;
  /** none of a model that is counted */
  readonly trainer: Trainer | undefined;
  readonly metrics: Metrics;
  readonly files: RunFiles | undefined;
}

export async function runSession(
  session: Session,
  listeners: TrainListeners,
): Promise<TrainResult> {
  const { config, corpus, model, trainer, metrics, files } = session;
  const run = files?.dir;
  const { signal } = listeners;
  const { vocabulary, splits } = corpus;
  const parameters = countParameters(model);
  const examples = Object.fromEntries(SPLITS.map((s) => [s, splits[s].count])) as Record<
    Split,
    number
  >;
  const parts = {
    train: evalPart(splits.train, config.evalExamples),
    dev: evalPart(splits.dev, config.evalExamples),
  };
  const measured = { train: parts.train.count, dev: parts.dev.count };
  const first = trainer?.step ?? 0;
  listeners.onStart?.({
    parameters,
    examples,
    measured,
    vocabularySize: vocabulary.size,
    step: first,
    level: vocabulary.level,
    batchSize: config.batchSize,
    corpus: corpus.summary,
    from: config.from,
  });

  const started = performance.now();
  try {
    if (trainer !== undefined) await inTurns(steps({ ...session, trainer }, listeners), signal);
    trainer?.checkFinite();
  } catch (error) {
    if (error instanceof TrainingError && run !== undefined) addTo(error, savedIn(run));
    throw error;
  }
  const seconds = (performance.now() - started) / 1000;
  const last = trainer?.step ?? 0;
  const done = last - first;
  const stepsPerSecond = done > 0 ? done / seconds : 0;
  trainer?.options.model.eval();
  listeners.onTrained?.();
  if (done > 0) metrics.machine = { seconds, stepsPerSecond, ...machine() };
  save(session);
  const result = {
    model,
    corpus,
    parameters,
    examples,
    measured,
    steps: last,
    seconds,
    stepsPerSecond,
    from: config.from,
    run,
  };

  // A table of V x V is for characters; n-grams of words are models of their own.
  const bigram =
    vocabulary.level === "character" && vocabulary.size <= LARGEST_TABLE
      ? countBigram(splits.train, vocabulary.size)
      : undefined;
  const total = (bigram === undefined ? 1 : 2) * (measured.train + measured.dev);
  let seen = 0;
  const onBlock = (n: number): void => listeners.onMeasure?.((seen += n), total);
  const trainLoss = await inTurns(splitLoss(session, "train", parts.train, onBlock), signal);
  const devLoss = await inTurns(splitLoss(session, "dev", parts.dev, onBlock), signal);
  const bigramTrainLoss =
    bigram && (await inTurns(evaluation(bigram, parts.train, onBlock), signal));
  const bigramDevLoss = bigram && (await inTurns(evaluation(bigram, parts.dev, onBlock), signal));
  const made = await inTurns(
    sampling(model, vocabulary, config.samples, new Generator(config.sampleSeed)),
    signal,
  );
  if (trainLoss === undefined || devLoss === undefined || made === undefined) {
    return { ...result, samples: [], cut: [], marks: [], interrupted: true, stoppedEarly: false };
  }
  const samples = made.samples.map(({ word }) => word);

  const bigrams =
    bigramTrainLoss !== undefined && bigramDevLoss !== undefined
      ? { train: bigramTrainLoss, dev: bigramDevLoss }
      : undefined;
  const verdict = verdictOn({
    dev: devLoss,
    bigrams: bigrams?.dev,
    vocabularySize: vocabulary.size,
    config,
  });
  const bestModel = addDevLoss(session, {
    trainLoss,
    devLoss,
    ...(bigrams && { bigramTrainLoss: bigrams.train, bigramDevLoss: bigrams.dev }),
    ...partsOf(measured, examples),
  });
  files?.write({
    ...bestModel,
    ...metrics.file(),
    "samples.txt": samples.map((word) => `${word}\n`).join(""),
  });
  const lowest = metrics.lowest();
  return {
    ...result,
    ...(lowest && { best: { step: lowest.step, devLoss: lowest.devLoss } }),
    loss: { train: trainLoss, dev: devLoss },
    ...(bigrams && { bigram: bigrams }),
    ...(verdict && { verdict }),
    samples,
    cut: made.samples.map(({ cut }) => cut),
    ...(made.shortage !== undefined && { shortage: made.shortage }),
    marks: vocabulary.level === "word" ? [] : markSamples(samples, corpus.words, config.splitSeed),
    interrupted: false,
    stoppedEarly: last < config.steps,
  };
}

/** What metrics.jsonl says of splits that were measured in part. */
function partsOf(
  measured: TrainResult["measured"],
  examples: TrainResult["examples"],
): Pick<SplitMetric, "trainPart" | "devPart"> {
  const part = (split: keyof SplitLosses) => [measured[split], examples[split]] as const;
  return {
    ...(measured.train < examples.train && { trainPart: part("train") }),
    ...(measured.dev < examples.dev && { devPart: part("dev") }),
  };
}

const machine = () => ({
  backend: backend(),
  isa: isa(),
  threads: threads(),
  cpu: cpus().at(0)?.model ?? "unknown",
  node: process.version,
  date: new Date().toISOString(),
});

/** The steps that are left, with dev losses and checkpoints where they are due. */
function* steps(
  session: Session & { trainer: Trainer },
  { onStep, onDevLoss, onSaved }: TrainListeners,
): Task<void> {
  const { config, trainer, metrics } = session;
  const schedule = parseSchedule(config.lr, config.steps);
  const report = (step: number, loss: number): void => {
    const logged = step % config.logEvery === 0 || step === config.steps - 1;
    if (logged) metrics.add({ step, loss, lr: rateIn(schedule, step) });
    onStep?.(step, loss, logged);
  };
  const next = (every: number): number => (Math.floor(trainer.step / every) + 1) * every;
  const dev = evalPart(session.corpus.splits.dev, config.evalExamples);
  while (trainer.step < config.steps) {
    const { step } = trainer;
    if (step > 0 && step % config.evalEvery === 0 && !metrics.hasDevLoss(step)) {
      const devLoss = yield* splitLoss(session, "dev", dev);
      session.files?.write(addDevLoss(session, { devLoss }));
      onDevLoss?.(step, devLoss);
    }
    if (config.patience > 0 && metrics.sinceLowest() >= config.patience) return;
    yield* trainer.training(
      Math.min(config.steps, next(config.evalEvery), next(config.checkpointEvery)),
      report,
    );
    if (trainer.step % config.checkpointEvery === 0) {
      trainer.checkFinite();
      save(session);
      if (session.files !== undefined) onSaved?.(session.files.dir);
    }
  }
}

/** What a training that diverged leaves: nothing that is not finite is ever saved. */
function savedIn(run: string): string {
  try {
    if (!holdsModel(run)) return "";
    return `; ${run} holds the model of step ${readConfig(run).stepsDone}, its last checkpoint`;
  } catch {
    return ""; // a run folder that cannot be read does not hide the divergence
  }
}

/**
 * The loss of a split as a task.
 * @throws TrainingError for one that is not finite: a parameter is not, or they are too large for
 *   the arithmetic
 */
function* splitLoss(
  { model, trainer }: Session,
  split: "train" | "dev",
  part: Dataset,
  onBlock?: (examples: number) => void,
): Task<number> {
  const loss = yield* evaluation(model, part, onBlock);
  if (trainer === undefined || Number.isFinite(loss)) return loss;
  trainer.checkFinite();
  const what = `the ${split} loss is ${loss} after ${trainer.step} steps, although the parameters are finite`;
  const remedy = "training diverged; lower the learning rate (find-lr suggests one)";
  throw new TrainingError(trainer.step, `${what}: ${remedy}`);
}

/** Keeps the measurement; returns the file of the model if none was better. */
function addDevLoss(
  { metrics, model, trainer }: Session,
  losses: Omit<SplitMetric, "step">,
): Record<string, Uint8Array> {
  const best = metrics.lowest()?.devLoss ?? Number.POSITIVE_INFINITY;
  const step = trainer?.step ?? 0;
  metrics.add({ step, ...losses });
  return losses.devLoss < best ? bestFile(model, step) : {};
}

/**
 * The checkpoint last: what `--resume` finds beside it is at least as old as the steps it goes on
 * from.
 */
function save({ config, corpus, model, trainer, metrics, files }: Session): void {
  const run = {
    config: { ...config, stepsDone: trainer?.step ?? 0 },
    vocabulary: corpus.vocabulary,
    model,
  };
  const read = corpus.summary && { [CORPUS]: `${JSON.stringify(corpus.summary, null, 2)}\n` };
  files?.write({
    ...runFiles(run),
    ...read,
    ...metrics.file(),
    ...(trainer && checkpointFile(trainer)),
  });
}
