/** Losses of the train and dev splits: what is measured on the way, and at the end. */
import type { Dataset } from "../data/examples/dataset.js";
import { TrainingError } from "../errors.js";
import { LARGEST_TABLE } from "../models/bigram.js";
import { countBigram } from "../models/index.js";
import type { Corpus, Split } from "./corpus/corpus.js";
import { evalPart } from "./evaluated-part.js";
import { evaluation } from "../train/evaluate.js";
import type { SplitMetric } from "./folder/metrics.js";
import type { SplitLosses, TrainResult } from "./result.js";
import type { Session } from "./session/session.js";
import type { Task } from "../train/event-loop.js";

/** The examples of each split that its loss is measured on. */
export type Parts = Readonly<Record<keyof SplitLosses, Dataset>>;

export const partsOf = ({ config, corpus: { splits } }: Session): Parts => ({
  train: evalPart(splits.train, config.evalExamples),
  dev: evalPart(splits.dev, config.evalExamples),
});

/** Of the model, and of bigrams where they are a yardstick. */
export interface Losses {
  readonly model: SplitLosses;
  readonly bigrams: SplitLosses | undefined;
}

/** The losses at the end. @param onMeasure called with predictions measured so far, and all */
export function* finalLosses(
  session: Session,
  parts: Parts,
  onMeasure?: (done: number, total: number) => void,
): Task<Losses> {
  const bigram = bigramsOf(session.corpus);
  const total = (bigram === undefined ? 1 : 2) * (parts.train.count + parts.dev.count);
  let seen = 0;
  const onBlock = (n: number): void => onMeasure?.((seen += n), total);
  const model = {
    train: yield* splitLoss(session, "train", parts.train, onBlock),
    dev: yield* splitLoss(session, "dev", parts.dev, onBlock),
  };
  if (bigram === undefined) return { model, bigrams: undefined };
  const bigrams = {
    train: yield* evaluation(bigram, parts.train, onBlock),
    dev: yield* evaluation(bigram, parts.dev, onBlock),
  };
  return { model, bigrams };
}

/** A table of V x V is for characters; n-grams of words are models of their own. */
const bigramsOf = ({ vocabulary: { level, size }, splits }: Corpus) =>
  level === "character" && size <= LARGEST_TABLE ? countBigram(splits.train, size) : undefined;

/**
 * The loss of a split as a task.
 * @throws TrainingError for one that is not finite: a parameter is not, or they are too large for
 *   the arithmetic
 */
export function* splitLoss(
  { model, trainer }: Session,
  split: "train" | "dev",
  part: Dataset,
  onBlock?: (examples: number) => void,
): Task<number> {
  const loss = yield* evaluation(model, part, onBlock);
  if (trainer === undefined || Number.isFinite(loss)) return loss;
  trainer.checkFinite();
  const what =
    `the ${split} loss is ${loss} after ${trainer.step} steps, although the parameters are ` +
    "finite";
  const remedy = "training diverged; lower the learning rate (find-lr suggests one)";
  throw new TrainingError(trainer.step, `${what}: ${remedy}`);
}

/** What metrics.jsonl says of them. */
export function metricOf(
  { model, bigrams }: Losses,
  measured: TrainResult["measured"],
  examples: Readonly<Record<Split, number>>,
): Omit<SplitMetric, "step"> {
  const part = (split: keyof SplitLosses) => [measured[split], examples[split]] as const;
  return {
    trainLoss: model.train,
    devLoss: model.dev,
    ...(bigrams && { bigramTrainLoss: bigrams.train, bigramDevLoss: bigrams.dev }),
    ...(measured.train < examples.train && { trainPart: part("train") }),
    ...(measured.dev < examples.dev && { devPart: part("dev") }),
  };
}
