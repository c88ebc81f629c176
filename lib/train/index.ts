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
export { type Milestone, parseSchedule, rateAt, type Schedule } from "./schedule.js";
export type { TrainerState } from "./state.js";
export { type StepListener, Trainer } from "./trainer.js";
export type { TrainerOptions } from "./trainer-options.js";
