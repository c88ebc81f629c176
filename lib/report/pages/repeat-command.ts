/** Command lines with the settings of a run. */
import { brownVariant } from "../../data/index.js";
import { type Setting, settingsOf, usualSettings } from "../../run/settings/config.js";
import { PRESETS } from "../../run/settings/presets.js";
import type { RunConfig } from "../../run/folder/run-folder.js";
import { asTyped } from "../differences.js";

/** Stands for words that came from a program. */
const NO_FILE = "words.txt";

type Values = Readonly<Record<string, unknown>>;

/**
 * A command with the preset that says most of a run's settings, and those that it does not say.
 * @param except settings that the command has no options for
 */
export function repeatCommand(
  config: RunConfig,
  command = "npx mm-train",
  except: readonly string[] = [],
): string {
  const values: Values = { ...config, data: config.data ?? NO_FILE };
  const usual = usualSettings(config);
  const keys = Object.keys(settingsOf(config));
  const told = keys.filter((key) => !except.includes(key) && !isImplied(key, values));
  const candidates = Object.entries(PRESETS).flatMap(([name, preset]) => {
    if (!Object.keys(preset).every((key) => keys.includes(key))) return []; // of another model
    const options = differences(values, { ...usual, ...preset }, told);
    if (options === undefined) return [];
    return [name === "lecture" ? options : [`--preset ${name}`, ...options]];
  });
  const shortest = candidates.reduce((best, options) =>
    options.length < best.length ? options : best,
  );
  return [command, ...shortest].join(" ");
}

/**
 * What the options of a command must say; undefined where none can: a switch cannot be turned off
 * again.
 */
function differences(values: Values, base: Values, keys: readonly string[]): string[] | undefined {
  const options: string[] = [];
  for (const key of keys) {
    const value = values[key];
    if (value === base[key]) continue;
    if (value === false) return undefined;
    options.push(asTyped(key, value as Setting));
  }
  return options;
}

/** The Brown corpus is always read as words. */
const isImplied = (key: string, { data }: Values): boolean =>
  key === "level" && brownVariant(String(data)) !== undefined;
