/**
 * Every setting of a training run, with its default (the lecture's) and its limits, by owner: the
 * command line and config.json are made from it. Those of a model are its family's.
 */
import * as z from "zod";
import {
  FAMILIES,
  FAMILY_NAMES,
  type FamilyName,
  familyOf,
  isCounted,
  type ModelSettings,
} from "../../models/registry.js";
import { choice, type SettingKinds, type SettingsOf } from "../../setting-kinds.js";
import { dataSettings } from "./data.js";
import { optimizerSettings } from "./optimizer.js";
import { resultSettings, trainingSettings } from "./training.js";

/** Every setting of a training run, complete; `parseConfig` fills in what is left out. */
export type TrainConfig = SettingsOf<typeof dataSettings> &
  ModelSettings &
  SettingsOf<typeof optimizerSettings> &
  SettingsOf<typeof trainingSettings>;

/** All settings but where the data is: what `TrainConfig` and the config.json of a run share. */
export type Hyperparameters = Omit<TrainConfig, "data">;

/** Whose a setting is. */
export type Owner = "data" | "model" | "optimizer" | "training";

const modelSetting = {
  model: choice(...FAMILY_NAMES)
    .default("mlp")
    .describe(
      "the kind of model, whose options --model NAME --help lists: " +
        FAMILIES.map((family) => `${family.name} (${family.description})`).join(", "),
    ),
};

/** The settings of a run with a model, by owner. */
export function settingsByOwner(model: FamilyName): Partial<Record<Owner, SettingKinds>> {
  const { settings, counted } = familyOf({ model });
  const own = { ...modelSetting, ...settings };
  if (counted) return { data: dataSettings, model: own, training: resultSettings };
  const training = trainingSettings;
  return { data: dataSettings, model: own, optimizer: optimizerSettings, training };
}

/** The settings of a run with a model. */
export const settingsOf = ({ model }: Pick<TrainConfig, "model">): SettingKinds =>
  Object.assign({}, ...Object.values(settingsByOwner(model))) as SettingKinds;

/** The settings that a run may have, whatever its model. */
export const ALL_SETTINGS: SettingKinds = {
  ...dataSettings,
  ...modelSetting,
  ...(Object.assign({}, ...FAMILIES.map(({ settings }) => settings)) as SettingKinds),
  ...optimizerSettings,
  ...trainingSettings,
};

const OF_TRAINED: SettingKinds = { ...optimizerSettings, ...trainingSettings };

/** A configuration of the settings of its model: of one that is counted no step is taken. */
export function complete(settings: Readonly<Record<string, unknown>>): TrainConfig {
  const config = settings as TrainConfig;
  return isCounted(config) ? { ...defaultsOf(OF_TRAINED), ...config, steps: 0 } : config;
}

/** The value of a setting; null of a file that there is not. */
export type Setting = string | number | boolean | null;

/** Settings that follow `steps` where they are not given: which part of them. */
const PARTS_OF_STEPS = { logEvery: 200, evalEvery: 10, checkpointEvery: 10 } as const;

const isPartOfSteps = (key: string): key is keyof typeof PARTS_OF_STEPS =>
  Object.hasOwn(PARTS_OF_STEPS, key);

/** What a setting is where it is left out, in words. */
export function defaultText(key: string, kind: z.ZodDefault): string {
  if (isPartOfSteps(key)) return `a ${PARTS_OF_STEPS[key]}th of steps`;
  const value = kind.def.defaultValue as Setting;
  return String(value ?? "a tenth of the text") || "none";
}

/** What each setting is where it is left out, in a run with the steps and the model of another. */
export function usualSettings({ steps, model }: Pick<TrainConfig, "steps" | "model">): TrainConfig {
  const defaults = complete({ ...defaultsOf(settingsOf({ model })), model });
  return { ...followSteps({ ...defaults, steps }, {}), steps: defaults.steps, model: "mlp" };
}

const defaultsOf = (kinds: SettingKinds): Record<string, unknown> => z.object(kinds).parse({});

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

/** `--block-size` for blockSize. */
export const optionName = (key: string): string =>
  `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
