/** A run in words. */
import type { SettingValues } from "./protocol.js";
import type { RunView } from "./runs.js";
import { changed, settingOf, valueText } from "./settings.js";
import { START_NAMES, startOf } from "./starts.js";

/** What tells it from the settings to begin with that it is nearest to. */
export function describe({ settings, list }: Pick<RunView, "settings" | "list">): string {
  const { name, other } = nearest(settings);
  const words = list.kind === "names" ? [] : [list.name];
  const start = name === "lecture" ? [] : [name];
  const changes = Object.entries(other).map(([key, value]) => {
    const setting = settingOf(key);
    return setting === undefined
      ? `${key} ${value}`
      : `${setting.label.toLowerCase()} ${valueText(setting, value)}`;
  });
  return [...words, ...start, ...changes].join(", ") || "the lecture's settings";
}

function nearest(settings: SettingValues) {
  const all = START_NAMES.map((name) => ({ name, other: changed(settings, startOf(name)) }));
  const count = ({ other }: (typeof all)[number]): number => Object.keys(other).length;
  return all.reduce((best, each) => (count(each) < count(best) ? each : best));
}
