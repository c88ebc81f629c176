/** The run that a training starts from: its parameters, its tokens, the settings of its model. */
import { resolve } from "node:path";
import { checkBoolean, checkText } from "../check.js";
import { wordsIn } from "../data/vocabulary/grow-vocabulary.js";
import { sourceName } from "../data/files/standard-input.js";
import { quote, UsageError } from "../errors.js";
import type { TrainConfig } from "./settings/config.js";
import { type NameOf, OF_TRAINING } from "../models/family.js";
import { familyOf, isCounted } from "../models/registry.js";
import { Metrics } from "./folder/metrics.js";
import type { Origin } from "./folder/origin.js";
import { parseConfig } from "./settings/parse-config.js";
import { PRESETS } from "./settings/presets.js";
import { readRun, type Run, type RunConfig } from "./folder/run-folder.js";

/**
 * What the parameters and tokens of a model mean, and how they began: settings that a training from
 * a run takes from it.
 */
type Kept = keyof TrainConfig;
const keptOf = (config: RunConfig): readonly Kept[] => [
  ...(["level", "tokens", "lines", "normalize", "model"] as const),
  ...(Object.keys(familyOf(config).settings) as Kept[]).filter((key) => !OF_TRAINING.includes(key)),
];

type Given = Readonly<Record<string, unknown>>;

/** A run to start from, read. */
export interface BaseRun extends Run {
  /** as it was named */
  readonly dir: string;
  readonly origin: Omit<Origin, "newTokens">;
}

/**
 * The run that `from` names.
 * @throws CheckpointError for what is no run, UsageError for a model that is counted
 */
export function readBaseRun(
  { from, fromBest }: { from?: string; fromBest: boolean },
  nameOf: NameOf = (key) => key,
): BaseRun | undefined {
  checkBoolean("train: fromBest", fromBest);
  if (from === undefined && fromBest) {
    throw new UsageError(`${nameOf("fromBest")}: expected ${nameOf("from")} with it`);
  }
  if (from === undefined) return undefined;
  if (checkText("train: from", from) === "") {
    throw new UsageError(`${nameOf("from")}: expected a run folder, got ""`);
  }
  const model = fromBest ? "best" : "last";
  const { sha256, ...run } = readRun(from, model);
  const { config } = run;
  if (isCounted(config)) {
    const why = `${from} is ${config.model}, which is counted and has no parameters to go on from`;
    throw new UsageError(`${nameOf("from")}: expected a model that is trained: ${why}`);
  }
  const best = fromBest ? Metrics.before(from, Infinity, Infinity).lowest() : undefined;
  const step = best?.step ?? config.stepsDone;
  return { ...run, dir: from, origin: { run: resolve(from), model, step, sha256 } };
}

/**
 * The settings of a training; those of the model are the base run's, where there is one.
 * @param hasWords a program gave the words
 * @throws UsageError naming what contradicts the run: a setting, a preset, the level of the corpus
 */
export function configFrom(
  base: BaseRun | undefined,
  settings: Given,
  hasWords: boolean,
  nameOf: NameOf = (key) => key,
): TrainConfig {
  if (base === undefined) return parseConfig(settings, nameOf);
  const { dir, config, vocabulary } = base;
  const name = String(settings.preset);
  const preset: Given = Object.hasOwn(PRESETS, name) ? PRESETS[name as keyof typeof PRESETS] : {};
  if (!hasWords && settings.data === undefined && preset.data === undefined) {
    throw new UsageError(`${nameOf("from")}: expected a corpus to train on with it, got none`);
  }
  const taken = keptOf(config).map((key) => {
    const own = config[key];
    const [given, wanted] = [settings[key], preset[key]];
    if (given !== undefined && given !== own) {
      const what = `${dir} has ${own}, and its model keeps it`;
      throw new UsageError(
        `${nameOf(key)}: ${what}: expected that or nothing, got ${quote(given)}`,
      );
    }
    if (given === undefined && wanted !== undefined && wanted !== own) {
      const what = `${name} has ${nameOf(key)} ${quote(wanted)}, ${dir} ${own}`;
      throw new UsageError(
        `${nameOf("preset")}: ${what}, and its model keeps it: expected another preset or none`,
      );
    }
    return [key, own] as const;
  });
  const complete = parseConfig({ ...settings, ...Object.fromEntries(taken) }, nameOf);
  const { maxWords } = complete;
  const words = wordsIn(vocabulary);
  if (config.level === "word" && maxWords > 0 && maxWords < words) {
    const what = `${dir} knows ${words} words, and its model keeps them`;
    throw new UsageError(
      `${nameOf("maxWords")}: ${what}: expected ${words} or more, or 0 for no limit, got ` +
        `${maxWords}`,
    );
  }
  if (complete.level === config.level) return complete;
  const { data, level } = complete;
  const what = `${sourceName(data)} is a text of ${level}s, ${dir} a model of ${config.level}s`;
  throw new UsageError(`${nameOf("data")}: ${what}: expected one of its level`);
}
