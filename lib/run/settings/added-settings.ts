/** What runs did before a setting was there: config.json of an old run does not name it. */
import type { TrainConfig } from "./config.js";

export const BEFORE_ADDED = {
  normalize: "none",
  unique: false,
  column: "",
  weightColumn: "",
  tokens: "text",
  lines: "text",
  devData: null,
  testData: null,
  evalExamples: "all",
  from: null,
} as const satisfies Partial<TrainConfig> & { from: null };
