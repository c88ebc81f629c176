/** What a run's settings say beyond the defaults: what tells runs apart. */
import { shellOption } from "../shell.js";
import {
  optionName,
  type Setting,
  settingsOf,
  type TrainConfig,
  usualSettings,
} from "../run/settings/config.js";
import type { RunConfig } from "../run/folder/run-folder.js";

/** The settings that are not the default ones, in the order of the settings. */
export function differences(config: RunConfig): Record<string, Setting> {
  const keys = Object.keys(settingsOf(config)) as (keyof TrainConfig)[];
  const usual = usualSettings(config);
  const other = keys.filter((key) => config[key] !== usual[key]);
  return Object.fromEntries(other.map((key) => [key, config[key] ?? null]));
}

/** A setting as it is typed: `--hidden 300`, `--direct`. */
export function asTyped(key: string, value: Setting): string {
  if (value === true) return optionName(key);
  if (value === null) return "words of a program";
  return shellOption(optionName(key), String(value));
}
