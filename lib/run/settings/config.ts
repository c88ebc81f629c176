/**
 * Every setting of a training run, with its default (the lecture's) and its limits; the command
 * line and config.json are made from it.
 */
import { z } from "zod";
import { isCounted } from "../counted-models.js";
import { dataSettings } from "./data.js";
import { modelSettings } from "./model.js";
import { optimizerSettings } from "./optimizer.js";
import { trainingSettings } from "./training.js";

// Named one by one: the emitted type of a spread has lost the docstrings, which an editor shows.
type AllSettings = typeof dataSettings &
  typeof modelSettings &
  typeof optimizerSettings &
  typeof trainingSettings;

const SETTINGS: AllSettings = {
  ...dataSettings,
  ...modelSettings,
  ...optimizerSettings,
  ...trainingSettings,
};
export const configSchema = z.strictObject(SETTINGS);

/** Settings that follow `steps` where they are not given: which part of them. */
const PARTS_OF_STEPS = { logEvery: 200, evalEvery: 10, checkpointEvery: 10 } as const;

const isPartOfSteps = (key: string): key is keyof typeof PARTS_OF_STEPS =>
  Object.hasOwn(PARTS_OF_STEPS, key);

/** What a setting is where it is left out, in words. */
export function defaultText(key: keyof AllSettings): string {
  if (isPartOfSteps(key)) return `a ${PARTS_OF_STEPS[key]}th of steps`;
  return String(configSchema.shape[key].def.defaultValue ?? "a tenth of the text") || "none";
}

/** What each setting is where it is left out, in a run with the steps and the model of another. */
export function usualSettings({ steps, model }: Pick<TrainConfig, "steps" | "model">): TrainConfig {
  const defaults = configSchema.parse({});
  // A counted model takes no steps, and nothing follows them.
  return isCounted(model)
    ? defaults
    : { ...followSteps({ ...defaults, steps }, {}), steps: defaults.steps };
}

/** The configuration, with those that follow its steps where they were not given. */
export function followSteps(
  config: TrainConfig,
  given: Readonly<Record<string, unknown>>,
): TrainConfig {
  const followed = Object.entries(PARTS_OF_STEPS).filter(([key]) => !(key in given));
  return {
    ...config,
    ...Object.fromEntries(
      followed.map(([key, parts]) => [key, Math.max(1, Math.round(config.steps / parts))]),
    ),
  };
}

/** Every setting of a training run, complete; `parseConfig` fills in what is left out. */
// Not z.infer of the schema, whose emitted type has lost the docstrings too.
export type TrainConfig = { [K in keyof AllSettings]: z.infer<AllSettings[K]> };

/** All settings but where the data is: what `TrainConfig` and the config.json of a run share. */
export type Hyperparameters = Omit<TrainConfig, "data">;

/** `--block-size` for blockSize. */
export const optionName = (key: string): string =>
  `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
