/** Runs a session to the end: the steps that are left, the final losses, the samples. */
import { cpus } from "node:os";
import { backend, isa, threads } from "../backend/index.js";
import { addTo, TrainingError } from "../errors.js";
import { countParameters } from "../models/index.js";
import { Generator } from "../random/index.js";
import { SPLITS, type Split } from "./corpus/corpus.js";
import type { TrainListeners } from "./listeners.js";
import { losses, metricOf, partsOf } from "./losses.js";
import { markSamples } from "./known-samples.js";
import type { TrainResult } from "./result.js";
import { sampling } from "../generate/sample.js";
import { formatSamples } from "./folder/samples-file.js";
import { addDevLoss, save, savedIn, type Session } from "./session.js";
import { steps } from "./steps.js";
import { inTurns } from "../train/event-loop.js";
import { verdictOn } from "./verdict.js";

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
  const parts = partsOf(session);
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

  const measuring = losses(session, parts, listeners.onMeasure);
  const measuredLosses = await inTurns(measuring, signal);
  const generator = new Generator(config.sampleSeed);
  const made = await inTurns(sampling(model, vocabulary, config.samples, generator), signal);
  if (measuredLosses === undefined || made === undefined) {
    return { ...result, samples: [], cut: [], marks: [], interrupted: true, stoppedEarly: false };
  }
  const samples = made.samples.map(({ word }) => word);

  const { model: loss, bigrams } = measuredLosses;
  const verdict = verdictOn({
    dev: loss.dev,
    bigrams: bigrams?.dev,
    vocabularySize: vocabulary.size,
    config,
  });
  const bestModel = addDevLoss(session, metricOf(measuredLosses, measured, examples));
  files?.write({
    ...bestModel,
    ...metrics.file(),
    "samples.txt": formatSamples(made.samples),
  });
  const lowest = metrics.lowest();
  return {
    ...result,
    ...(lowest && { best: { step: lowest.step, devLoss: lowest.devLoss } }),
    loss,
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

const machine = () => ({
  backend: backend(),
  isa: isa(),
  threads: threads(),
  cpu: cpus().at(0)?.model ?? "unknown",
  node: process.version,
  date: new Date().toISOString(),
});
