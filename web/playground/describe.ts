/** A run in words. */
import type { RunView } from "./runs.js";
import { changed, settingOf } from "./settings.js";

/** What tells it from the lecture's run. */
export function describe({ settings, list }: Pick<RunView, "settings" | "list">): string {
  const other = Object.entries(changed(settings)).map(
    ([key, value]) => `${(settingOf(key)?.label ?? key).toLowerCase()} ${value}`,
  );
  const words = list.kind === "names" ? [] : [list.name];
  return [...words, ...other].join(", ") || "the lecture's settings";
}
