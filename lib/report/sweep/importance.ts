/**
 * How much of the differences between trials a setting explains: trials are put into groups of like
 * value, and the variance between the groups is set beside that of all trials (epsilon squared,
 * Kelley 1935: what as many groups would explain by chance is taken off). It looks at each setting
 * by itself, and says nothing of settings that matter together.
 */
import type { SweepRecord } from "../../sweep/index.js";
import { mean } from "../../sweep/plan/statistics.js";
import { settingScale } from "./setting-scale.js";
import { settingsTried } from "./sweep-table.js";

export interface Importance {
  readonly key: string;
  /** of the variance of the losses, 0 to 1 */
  readonly share: number;
  /** that had the setting, and a loss */
  readonly trials: number;
}

/** Numbers are cut into so many groups of as many trials each. */
const GROUPS = 4;
/** With fewer trials chance explains as much as any setting. */
const FEWEST = 8;

/** Of the settings that were tried, those that explain most first. */
export function importances({ space, trials }: SweepRecord): Importance[] {
  const all = settingsTried({ space }).flatMap((key): Importance[] => {
    const scale = settingScale(key, space.settings[key]);
    const points = trials.flatMap((trial) => {
      const at = scale.at(trial.settings[key]);
      // On the first rung, where all of them were: losses after more steps do not compare.
      const [loss] = trial.losses;
      return at === undefined || loss === undefined ? [] : [{ at, loss }];
    });
    if (points.length < FEWEST) return [];
    const groups = "values" in space.settings[key] ? byValue(points) : byRank(points);
    return groups.length < 2 ? [] : [{ key, share: explained(groups), trials: points.length }];
  });
  return all.sort((a, b) => b.share - a.share);
}

interface Point {
  readonly at: number;
  readonly loss: number;
}

function byValue(points: readonly Point[]): number[][] {
  const groups = new Map<number, number[]>();
  for (const { at, loss } of points) groups.set(at, [...(groups.get(at) ?? []), loss]);
  return [...groups.values()];
}

function byRank(points: readonly Point[]): number[][] {
  const sorted = [...points].sort((a, b) => a.at - b.at);
  const groups = Array.from({ length: GROUPS }, (_, i) =>
    sorted.slice((i * sorted.length) / GROUPS, ((i + 1) * sorted.length) / GROUPS),
  );
  return groups.filter((group) => group.length > 0).map((group) => group.map(({ loss }) => loss));
}

function explained(groups: readonly (readonly number[])[]): number {
  const all = groups.flat();
  const middle = mean(all);
  const total = all.reduce((sum, x) => sum + (x - middle) ** 2, 0);
  const between = groups.reduce((sum, g) => sum + g.length * (mean(g) - middle) ** 2, 0);
  const left = all.length - groups.length;
  if (total === 0 || left < 1) return 0;
  const within = (total - between) / left;
  return Math.max(0, (between - (groups.length - 1) * within) / total);
}
