/** A session: one training in memory, and what it writes into its run folder. */
import type { LanguageModel } from "../../models/index.js";
import { checkpointFile } from "../folder/checkpoint.js";
import type { Corpus } from "../corpus/corpus.js";
import type { RunFiles } from "../disk/run-files.js";
import type { Metrics, SplitMetric } from "../folder/metrics.js";
import {
  bestFile,
  CORPUS,
  holdsModel,
  readConfig,
  type RunConfig,
  runFiles,
} from "../folder/run-folder.js";
import type { Trainer } from "../../train/trainer.js";

export interface Session {
  readonly config: RunConfig;
  readonly corpus: Corpus;
  readonly model: LanguageModel;
  /** none of a model that is counted */
  readonly trainer: Trainer | undefined;
  readonly metrics: Metrics;
  readonly files: RunFiles | undefined;
}

/** Adds a measurement; returns best.safetensors where its dev loss is the lowest so far. */
export function addDevLoss(
  { metrics, model, trainer }: Session,
  losses: Omit<SplitMetric, "step">,
): Record<string, Uint8Array> {
  const best = metrics.lowest()?.devLoss ?? Number.POSITIVE_INFINITY;
  const step = trainer?.step ?? 0;
  metrics.add({ step, ...losses });
  return losses.devLoss < best ? bestFile(model, step) : {};
}

/**
 * Writes the model, the metrics and the checkpoint, which is last: after a kill in between, the
 * other files are newer, and `resume` takes their steps again.
 */
export function save({ config, corpus, model, trainer, metrics, files }: Session): void {
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

/** For the message of a training that diverged: which model the run folder still holds. */
export function savedIn(run: string): string {
  try {
    if (!holdsModel(run)) return "";
    return `; ${run} holds the model of step ${readConfig(run).stepsDone}, its last checkpoint`;
  } catch {
    return ""; // a run folder that cannot be read does not hide the divergence
  }
}
