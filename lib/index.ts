/** The library: everything a script needs is imported from here. */
export type { BackwardOptions } from "./autograd/index.js";

export {
  backend,
  type BackendName,
  isa,
  setBackend,
  setThreads,
  supportedIsas,
  threads,
} from "./backend/index.js";
export * from "./compile/index.js";
export { type Batch, EpochOrder, toBatch } from "./data/examples/batches.js";
export { type Dataset, minibatch } from "./data/examples/dataset.js";
export * from "./data/index.js";
export {
  AutogradError,
  BackendError,
  CheckpointError,
  CompileError,
  DataError,
  IndexError,
  type LargestGradient,
  MmError,
  ShapeError,
  TrainingError,
  UsageError,
  ValueError,
} from "./errors.js";
export * from "./models/index.js";
export * from "./nn/index.js";
export * from "./optim/index.js";
export * from "./random/index.js";
export {
  type ChartOptions,
  type DrawnResult,
  type DrawOptions,
  embeddingChart,
  type EmbeddingOptions,
  learningRateChart,
  lossChart,
  type LossCurves,
  type MinibatchLoss,
  type PictureOptions,
  type RateCurve,
  report,
  resume,
  type SplitLoss,
  train,
} from "./report/public.js";
export * from "./tensor/index.js";
export * from "./train/index.js";
export * from "./generate/index.js";
export * from "./run/index.js";
export type { Setting } from "./run/settings/config.js";
export {
  type Drawn,
  type Limits,
  type ListedValues,
  type LogValues,
  type RangeValues,
  type RankedRun,
  type RankedTrial,
  readSweep,
  type Space,
  sweep,
  type SweepListeners,
  type SweepOptions,
  type SweepRecord,
  type SweepResult,
  type Values,
  type When,
} from "./sweep/index.js";
