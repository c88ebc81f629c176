export type { TrainConfig } from "./config.js";
export { type Corpus, loadCorpus, type Split } from "./corpus.js";
export { loadRunCorpus } from "./run-corpus.js";
export {
  evaluate,
  evaluateKnown,
  type KnownLoss,
  type KnownWords,
  perplexity,
} from "./evaluate.js";
export {
  type FindLearningRateOptions,
  findLearningRate,
  type LearningRateResult,
  type RateTrial,
} from "./find-lr.js";
export type { Mark } from "./marks.js";
export type { ListOptions } from "./read-list.js";
export type { Origin } from "./origin.js";
export { loadRun, type Run, type RunConfig } from "./run-folder.js";
export {
  type LikelyWord,
  type Sample,
  sample,
  type SampleOptions,
  sampleWithProbabilities,
} from "./sample.js";
export { type Score, score } from "./score.js";
export { encodeSafetensors, readSafetensors } from "./safetensors.js";
export { parseConfig, type Settings } from "./parse-config.js";
export { type PresetName, PRESETS } from "./presets.js";
export { type Milestone, parseSchedule, rateAt, type Schedule } from "./schedule.js";
export type { SplitLosses, TrainResult } from "./result.js";
export type { TrainListeners } from "./listeners.js";
export type { Verdict } from "./verdict.js";
export { type ResumeOptions, resume, type TrainOptions, train } from "./train.js";
export type { TextOptions } from "./text-options.js";
export { type StepListener, Trainer, type TrainerOptions } from "./trainer.js";
