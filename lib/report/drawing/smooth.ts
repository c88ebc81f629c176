/** Curves thinned and smoothed for drawing. */

export interface Point {
  readonly step: number;
  readonly loss: number;
}

/** Every k-th point, with k so that at most `count` remain. */
export function thin<T>(points: readonly T[], count: number): T[] {
  const every = Math.max(1, Math.ceil(points.length / count));
  return points.filter((_, i) => i % every === 0);
}

/** Values by what `key` says of them, in their order. (Map.groupBy came with Node 21.) */
export function groupBy<T, K>(values: readonly T[], key: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group === undefined) groups.set(key(value), [value]);
    else group.push(value);
  }
  return groups;
}

/** How many neighbours a curve is smoothed over: an odd number, a fifteenth of its points. */
export const smoothingWindow = (points: readonly unknown[]): number =>
  2 * Math.floor(points.length / 30) + 1;

/**
 * The mean of log loss over `window` neighbours, as the lecture smooths its curve; fewer at the
 * ends.
 * @param steepStart narrow windows at the start, where the loss falls faster than it jumps
 */
export function smooth(points: readonly Point[], window: number, steepStart: boolean): Point[] {
  const sums = [0];
  for (const { loss } of points) sums.push(sums[sums.length - 1] + Math.log(loss));
  return points.map(({ step }, i) => {
    const half = Math.min(Math.floor(window / 2), steepStart ? i : Infinity);
    const [from, to] = [Math.max(0, i - half), Math.min(points.length, i + half + 1)];
    return { step, loss: Math.exp((sums[to] - sums[from]) / (to - from)) };
  });
}
