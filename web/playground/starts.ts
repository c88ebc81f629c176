/** Settings to begin with: those of presets that the playground has fields for. */
import { PRESETS } from "../../lib/run/settings/presets.js";
import type { SettingValues } from "./protocol.js";
import { INITIAL } from "./settings.js";

/** The presets offered, by what they are for. */
export const STARTS = {
  lecture: "The lecture's settings.",
  quick: "Good names after 1,000 steps.",
  best: "The lowest dev loss that was found; takes its time.",
} as const;
export type StartName = keyof typeof STARTS;

export const START_NAMES = Object.keys(STARTS) as StartName[];

export function startOf(name: StartName): SettingValues {
  const own = Object.entries<unknown>(PRESETS[name]).filter(([key]) => key in INITIAL);
  return { ...INITIAL, ...(Object.fromEntries(own) as SettingValues) };
}
