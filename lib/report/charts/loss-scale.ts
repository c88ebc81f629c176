/** From where to where the axis of a loss chart goes: it shows what matters. */
import { extent } from "../drawing/scales.js";
import type { Point } from "../drawing/smooth.js";

/** The first part of a training: its losses may be many times those of all the rest. */
const START = 1 / 20;
/** What comes after it takes at least these parts of the height. */
const BESIDE_START = 0.6;
const BESIDE_REFERENCES = 0.4;

type Range = readonly [low: number, high: number];

/**
 * The losses from the lowest to the highest, on a log scale. The start of a training is cut off
 * where it would press all that follows flat; so is a loss to compare with that is far above. One
 * that is below is always shown: how far a bad run is from it is what matters.
 * @param references losses to compare with, the most telling first
 */
export function lossScale(
  points: readonly Point[],
  end: number,
  references: readonly number[],
): Range {
  const later = points.filter(({ step }) => step >= START * end);
  const shown = (later.length > 0 ? later : points).map(({ loss }) => loss);
  if (shown.length === 0 && references.length === 0) return [1, 10];
  let range: Range = extent(shown.length > 0 ? shown : references);
  const least = height(range);
  const widen = (losses: readonly number[], part: number): void => {
    for (const loss of losses) {
      const wider: Range = [Math.min(range[0], loss), Math.max(range[1], loss)];
      if (height(wider) <= least / part) range = wider;
    }
  };
  const [lowest] = range;
  widen(
    references.filter((loss) => loss < lowest),
    0,
  );
  widen(references, BESIDE_REFERENCES);
  widen(
    points.map(({ loss }) => loss),
    BESIDE_START,
  );
  // A twentieth of the height.
  const pad = range[1] > range[0] ? (range[1] / range[0]) ** 0.05 : 1.5;
  return [range[0] / pad, range[1] * pad];
}

/** Losses that hardly change are given some height, too: nothing else could be beside them. */
export const height = ([low, high]: Range): number => Math.max(0.5, Math.log(high / low));

/**
 * Runs of neighbouring points at or below `top`. A line that comes from above, or leaves, ends
 * where it crosses: what is drawn stays inside the frame.
 */
export function below<T extends Point>(points: readonly T[], top: number): T[][] {
  const runs: T[][] = [];
  for (const [i, point] of points.entries()) {
    const before = points.at(i - 1);
    const wasBelow = i > 0 && before !== undefined && before.loss <= top;
    const isBelow = point.loss <= top;
    if (isBelow && !wasBelow) runs.push([]);
    if (i > 0 && before !== undefined && isBelow !== wasBelow)
      runs.at(-1)?.push(crossing(before, point, top));
    if (isBelow) runs.at(-1)?.push(point);
  }
  return runs;
}

/** Between two points, straight on a log scale. */
function crossing<T extends Point>(a: T, b: T, top: number): T {
  const part = Math.log(top / a.loss) / Math.log(b.loss / a.loss);
  return { ...b, step: a.step + part * (b.step - a.step), loss: top };
}
