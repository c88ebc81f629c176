/** The line of progress that a terminal draws over itself: what of it fits the terminal. */
import { width } from "./say.js";

/** What the line says, from left to right. */
export interface ProgressParts {
  readonly percent: string;
  /** steps done, of how many; of words, whose epochs say more, nothing */
  readonly count?: string;
  readonly loss: string;
  readonly dev: string;
  readonly rate: string;
  readonly left: string;
}

/** What a narrow terminal does without, the first to go first. */
const LEAST_FIRST = ["count", "rate", "bar", "dev", "left", "percent"] as const;
const BAR = { least: 4, most: 8 };

/** `parts` in at most `columns` characters, behind a bar of the `share` that is done, 0 to 1. */
export function progressLine(parts: ProgressParts, share: number, columns: number): string {
  const kept: Partial<ProgressParts> & { bar?: string } = { ...parts, bar: "-".repeat(BAR.least) };
  for (const name of LEAST_FIRST) if (width(joined(kept)) > columns) delete kept[name];
  if (kept.bar !== undefined) {
    const size = Math.min(BAR.most, BAR.least + columns - width(joined(kept)));
    const done = Math.round(size * share);
    kept.bar = "█".repeat(done) + "░".repeat(size - done);
  }
  return joined(kept);
}

function joined(parts: Partial<ProgressParts> & { bar?: string }): string {
  const { bar, percent, count, loss, dev, rate, left } = parts;
  const texts = (some: (string | undefined)[]) => some.filter((text) => text !== undefined);
  return texts([texts([bar, percent, count]).join(" ") || undefined, loss, dev, rate, left]).join(
    "  ",
  );
}
