/** Settings as they were given, made a complete configuration. */
import * as z from "zod";
import { checkFunction, checkObject } from "../../check.js";
import { brownVariant } from "../../data/index.js";
import { quote, UsageError } from "../../errors.js";
import type { NameOf } from "../../models/family.js";
import { familiesWith, type FamilyName } from "../../models/registry.js";
import type { SettingKinds } from "../../setting-kinds.js";
import { ALL_SETTINGS, complete, followSteps, settingsOf, type TrainConfig } from "./config.js";
import { fitting } from "./fitting.js";
import { nearest } from "./nearest.js";
import { OF_CHARACTERS, type PresetName, PRESETS } from "./presets.js";

/** What a run may be started with: settings, and the preset that stands in for those left out. */
export type Settings = Partial<TrainConfig> & {
  /** the settings that stand in for those left out; "lecture" where left out */
  preset?: PresetName;
};

/**
 * Settings completed with those of their `preset`, if they name one, and with defaults.
 * @param nameOf how messages call a setting: by its key, or as an option of the command line
 * @throws UsageError naming the setting, what it expects and what came
 */
export function parseConfig(
  settings: Readonly<Record<string, unknown>>,
  nameOf: NameOf = (key) => key,
): TrainConfig {
  checkFunction("parseConfig: nameOf", nameOf);
  const { preset: name = "lecture", ...rest } = checkObject("parseConfig: settings", settings);
  const preset = checkPreset(name, nameOf);
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const all: Values = { ...PRESETS[preset], ...given };
  // A setting that nobody typed is called by the preset that has it.
  const called = (key: string) =>
    key in all && !(key in given)
      ? `${nameOf("preset")} ${preset}: its ${nameOf(key)}`
      : nameOf(key);
  const { model } = parsed({ model: ALL_SETTINGS.model }, { model: all.model }, called);
  const kinds = settingsOf({ model: model as FamilyName });
  const other = Object.keys(all).find((key) => !Object.hasOwn(kinds, key));
  if (other !== undefined) throw unknownSetting(other, model as FamilyName, called);
  const config = complete(parsed(kinds, all, called));
  checkLevel(preset, config, nameOf);
  return fitting(followSteps(config, all), called);
}

type Values = Readonly<Record<string, unknown>>;

/** @throws UsageError naming the first setting that is of another kind */
function parsed(kinds: SettingKinds, values: Values, called: NameOf): Record<string, unknown> {
  const result = z.object(kinds).safeParse(values);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0];
  const key = String(path[0]);
  const got = message.includes(", got ") ? "" : `, got ${quote(values[key])}`;
  throw new UsageError(`${called(key)}: ${message}${got}`);
}

/** A setting that a run with this model does not have. */
function unknownSetting(key: string, model: FamilyName, called: NameOf): UsageError {
  const families = familiesWith(key);
  if (families.length > 0) {
    const wanted = `${called("model")} ${families.join(" or ")}`;
    return new UsageError(`${called(key)}: ${model} has no such setting, expected ${wanted}`);
  }
  if (Object.hasOwn(ALL_SETTINGS, key))
    return new UsageError(`${called(key)}: ${model} is counted, not trained, expected nothing`);
  const known = Object.keys(settingsOf({ model }));
  const near = nearest(key, Object.keys(ALL_SETTINGS), 3);
  const hint = near !== undefined ? `did you mean ${near}?` : `expected one of ${known.join(", ")}`;
  return new UsageError(`unknown setting ${quote(key)}: ${hint}`);
}

function checkPreset(preset: unknown, nameOf: NameOf): PresetName {
  if (typeof preset === "string" && Object.hasOwn(PRESETS, preset)) return preset as PresetName;
  const near = typeof preset === "string" ? nearest(preset, Object.keys(PRESETS)) : undefined;
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  throw new UsageError(
    `${nameOf("preset")}: expected ${Object.keys(PRESETS).join(", ")}, got ` +
      `${quote(preset)}${hint}`,
  );
}

/** @throws UsageError for a preset of characters where the corpus is one of words */
function checkLevel(preset: PresetName, { data, level }: TrainConfig, nameOf: NameOf): void {
  if (
    !OF_CHARACTERS.includes(preset) ||
    (level === "character" && brownVariant(data) === undefined)
  )
    return;
  const got = level === "word" ? `${nameOf("level")} word` : quote(data);
  throw new UsageError(
    `${nameOf("preset")} ${preset}: its settings are for characters, got ${got}; for words ` +
      "there are kn3 to kn5 and paper-best",
  );
}
