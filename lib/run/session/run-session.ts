/** Runs a session: the steps that are left, or some of them, the final losses, the samples. */
import { cpus } from "node:os";
import { backend, isa, threads } from "../../backend/index.js";
import { addTo, TrainingError } from "../../errors.js";
import { countParameters } from "../../models/index.js";
import { Generator } from "../../random/index.js";
import type { TrainListeners } from "./listeners.js";
import { finalLosses, metricOf, type Parts, partsOf, splitLoss } from "../split-losses.js";
import { markSamples } from "../known-samples.js";
import type { TrainResult } from "../result.js";
import { sampling } from "../../generate/sample.js";
import { formatSamples } from "../folder/samples-file.js";
import { addDevLoss, save, savedIn, type Session } from "./session.js";
import { sessionLoop } from "./session-loop.js";
import { inTurns } from "../../train/event-loop.js";
import { verdictOn } from "../verdict.js";

/** @param until steps in all after which it pauses, unless the run has no more */
export async function runSession(
  session: Session,
  listeners: TrainListeners,
  until = session.config.steps,
): Promise<TrainResult> {
  const { config, corpus, model, trainer, metrics, files } = session;
  const { train, dev, test } = corpus.splits;
  const parts = partsOf(session);
  const sizes: Sizes = {
    parameters: countParameters(model),
    examples: { train: train.count, dev: dev.count, test: test.count },
    measured: { train: parts.train.count, dev: parts.dev.count },
  };
  const first = trainer?.step ?? 0;
  const { level, size: vocabularySize } = corpus.vocabulary;
  const { batchSize, from } = config;
  listeners.onStart?.({
    ...sizes,
    vocabularySize,
    step: first,
    level,
    batchSize,
    corpus: corpus.summary,
    wordsSha256: config.wordsSha256,
    from,
    run: files?.dir,
  });
  const seconds = await secondsOfSteps(session, parts, listeners, until);
  const last = trainer?.step ?? 0;
  const stepsPerSecond = last > first ? (last - first) / seconds : 0;
  listeners.onTrained?.();
  if (last > first) metrics.machine = { seconds, stepsPerSecond, ...machine() };
  const paused = last === until && until < config.steps;
  // What is compared of runs that are paused. It is in place before the checkpoint says the step.
  if (paused) files?.write(await pausedLoss(session, parts, listeners));
  save(session);
  const run = files?.dir;
  const trained = { model, corpus, ...sizes, steps: last, seconds, stepsPerSecond, from, run };
  const finished = paused ? undefined : await finish(session, parts, sizes, listeners);
  if (finished === undefined)
    return { ...trained, samples: [], cut: [], marks: [], interrupted: true, stoppedEarly: false };
  return { ...trained, ...finished, interrupted: false, stoppedEarly: last < config.steps };
}

type Sizes = Pick<TrainResult, "parameters" | "examples" | "measured">;

/** Takes the steps that are left; returns how long they took. */
async function secondsOfSteps(
  session: Session,
  parts: Parts,
  listeners: TrainListeners,
  until: number,
): Promise<number> {
  const { trainer, files } = session;
  const started = performance.now();
  try {
    if (trainer !== undefined) {
      const loop = sessionLoop({ ...session, trainer }, parts.dev, until, listeners);
      await inTurns(loop, listeners.signal);
    }
    trainer?.checkFinite();
  } catch (error) {
    if (error instanceof TrainingError && files !== undefined) addTo(error, savedIn(files.dir));
    throw error;
  }
  trainer?.options.model.eval();
  return (performance.now() - started) / 1000;
}

/** The dev loss where a run pauses; the files that keep it. */
async function pausedLoss(session: Session, { dev }: Parts, listeners: TrainListeners) {
  const { metrics, trainer } = session;
  if (metrics.hasDevLoss(trainer?.step ?? 0)) return {};
  const devLoss = await inTurns(splitLoss(session, "dev", dev), listeners.signal);
  if (devLoss === undefined) return {};
  listeners.onDevLoss?.(trainer?.step ?? 0, devLoss);
  return addDevLoss(session, { devLoss });
}

/** Measures the losses, draws the samples and writes both; undefined when interrupted. */
async function finish(
  session: Session,
  parts: Parts,
  { measured, examples }: Sizes,
  { onMeasure, signal }: TrainListeners,
) {
  const { config, corpus, model, metrics, files } = session;
  const { vocabulary } = corpus;
  const losses = await inTurns(finalLosses(session, parts, onMeasure), signal);
  const generator = new Generator(config.sampleSeed);
  const made = await inTurns(sampling(model, vocabulary, config.samples, generator), signal);
  if (losses === undefined || made === undefined) return undefined;
  const bestModel = addDevLoss(session, metricOf(losses, measured, examples));
  files?.write({ ...bestModel, ...metrics.file(), "samples.txt": formatSamples(made.samples) });
  const { model: loss, bigrams: bigram } = losses;
  const best = metrics.lowest();
  const samples = made.samples.map(({ word }) => word);
  const { size: vocabularySize, level } = vocabulary;
  return {
    loss,
    best: best && { step: best.step, devLoss: best.devLoss },
    bigram,
    verdict: verdictOn({ dev: loss.dev, bigrams: bigram?.dev, vocabularySize, config }),
    samples,
    cut: made.samples.map(({ cut }) => cut),
    shortage: made.shortage,
    marks: level === "word" ? [] : markSamples(samples, corpus.words, config.splitSeed),
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
