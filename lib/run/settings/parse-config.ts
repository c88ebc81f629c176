/** Settings as they were given, made a complete configuration. */
import { checkFunction, checkObject } from "../../check.js";
import { brownVariant } from "../../data/index.js";
import { quote, UsageError } from "../../errors.js";
import { configSchema, followSteps, type TrainConfig } from "./config.js";
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
  nameOf: (key: string) => string = (key) => key,
): TrainConfig {
  checkFunction("parseConfig: nameOf", nameOf);
  const { preset = "lecture", ...given } = checkObject("parseConfig: settings", settings);
  if (typeof preset !== "string" || !Object.hasOwn(PRESETS, preset)) {
    const near = typeof preset === "string" ? nearest(preset, Object.keys(PRESETS)) : undefined;
    const hint = near === undefined ? "" : `; did you mean ${near}?`;
    throw new UsageError(
      `${nameOf("preset")}: expected ${Object.keys(PRESETS).join(", ")}, got ` +
        `${quote(preset)}${hint}`,
    );
  }
  const chosen = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  const ofPreset = PRESETS[preset as PresetName];
  const all = { ...ofPreset, ...chosen };
  const parsed = configSchema.safeParse(all);
  if (parsed.success) {
    // A setting that nobody typed is called by the preset that has it.
    const called = (key: string) =>
      key in ofPreset && !(key in chosen)
        ? `${nameOf("preset")} ${preset}: its ${nameOf(key)}`
        : nameOf(key);
    checkPreset(preset as PresetName, parsed.data, nameOf);
    return fitting(followSteps(parsed.data, all), called);
  }
  const issue = parsed.error.issues[0];
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(configSchema.shape);
    const near = nearest(issue.keys[0], known, 3);
    const hint =
      near !== undefined ? `did you mean ${near}?` : `expected one of ${known.join(", ")}`;
    throw new UsageError(`unknown setting ${quote(issue.keys[0])}: ${hint}`);
  }
  const key = String(issue.path[0]);
  const got = issue.message.includes(", got ") ? "" : `, got ${quote(given[key])}`;
  throw new UsageError(`${nameOf(key)}: ${issue.message}${got}`);
}

/** @throws UsageError for a preset of characters where the corpus is one of words */
function checkPreset(
  preset: PresetName,
  { data, level }: TrainConfig,
  nameOf: (key: string) => string,
): void {
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
