export type { Drawn } from "./space/draw-settings.js";
export type { RankedRun, RankedTrial } from "./plan/ranking.js";
export type {
  CheckedValues as TriedValues,
  Limits,
  ListedValues,
  LogValues,
  RangeValues,
  Space,
  Values,
  When,
} from "./space/space.js";
export { readSweep, type SweepRecord } from "./read-sweep.js";
export { sweep, type SweepOptions, type SweepResult } from "./sweep.js";
export type { SweepListeners } from "./sweep-listeners.js";
