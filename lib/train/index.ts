export { parseConfig, type TrainConfig } from "./config.js";
export { type Corpus, loadCorpus, type Split } from "./corpus.js";
export { evaluate } from "./evaluate.js";
export { loadRun, type Run, type RunConfig } from "./run-folder.js";
export { sample } from "./sample.js";
export { encodeSafetensors, readSafetensors } from "./safetensors.js";
export { formatSchedule, type Milestone, parseSchedule, rateAt, type Schedule } from "./schedule.js";
export { type TrainOptions, type TrainResult, train } from "./train.js";
export { Trainer, type TrainerOptions } from "./trainer.js";
