/** The trials of a sweep, and the runs of each: one per seed, in a folder named by its settings. */
import { UsageError } from "../../errors.js";
import type { Setting, TrainConfig } from "../../run/settings/config.js";
import { settingsOf } from "../../run/settings/config.js";
import { sha256 } from "../../run/disk/sums.js";
import { parseConfig, type Settings } from "../../run/settings/parse-config.js";
import { drawSettings, type Drawn } from "./draw-settings.js";
import { type CheckedSpace, SEEDS } from "./space.js";

/** Settings that are tried. */
export interface Trial {
  /** those that the sweep chose */
  readonly drawn: Drawn;
  readonly runs: readonly TrialRun[];
}

/** The training of a trial with one seed. */
export interface TrialRun {
  /** of its folder within the sweep's */
  readonly name: string;
  readonly seed: number | undefined;
  /** as `train` takes them */
  readonly settings: Settings;
  readonly config: TrainConfig;
}

/**
 * All trials, in the order in which they are tried.
 * @param source names the space in errors
 * @throws UsageError for settings that no run can have, before anything is trained
 */
export function trialsOf(source: string, space: CheckedSpace): Trial[] {
  return drawSettings(space).map((drawn) => {
    const runs = (space.seeds ?? [undefined]).map((seed) => trialRun(source, space, drawn, seed));
    return { drawn, runs };
  });
}

function trialRun(
  source: string,
  { fixed }: CheckedSpace,
  drawn: Drawn,
  seed: number | undefined,
): TrialRun {
  const given = { ...fixed, ...drawn };
  try {
    const { model } = parseConfig(given);
    const kinds = settingsOf({ model });
    const seeds = seed === undefined ? [] : SEEDS.filter((key) => Object.hasOwn(kinds, key));
    const settings = { ...given, ...Object.fromEntries(seeds.map((key) => [key, seed])) };
    const name = nameOf(drawn, seed);
    return { name, seed, settings, config: parseConfig(settings) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${source}: ${settingsText(drawn) || "fixed"}: ${error.message}`);
  }
}

/** "hidden=80, lr=0.1" */
export const settingsText = (drawn: Drawn): string =>
  Object.entries(drawn)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(", ");

/** File systems take at least 255 bytes; a table shows fewer. */
const LONGEST = 120;

/** "hidden=80,lr=0.1,seed=1": unique, and safe in every file system and shell. */
function nameOf(drawn: Drawn, seed: number | undefined): string {
  const parts: [string, Setting][] = Object.entries(drawn);
  if (seed !== undefined) parts.push(["seed", seed]);
  const whole = parts.map(([key, value]) => `${key}=${String(value)}`).join(",");
  const safe = whole.replace(/[^\w.,=+-]/g, "_");
  if (safe === whole && safe.length <= LONGEST) return safe;
  return `${safe.slice(0, LONGEST)}~${sha256(JSON.stringify(parts)).slice(0, 8)}`;
}
