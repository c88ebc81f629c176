/** The part of the plane that is seen: it grows at once and shrinks slowly, so that points move. */

export interface Frame {
  readonly x: number;
  readonly y: number;
  /** half of its width and height */
  readonly reach: number;
}

/** Of the way to a smaller frame, in each picture. */
const EASE = 0.1;

/** @param points x and y in turn */
export function frameOf(points: ArrayLike<number>, before?: Frame): Frame {
  const [left, right] = extentOf(points, 0);
  const [bottom, top] = extentOf(points, 1);
  const [x, y] = [(left + right) / 2, (bottom + top) / 2];
  const reach = Math.max(right - left, top - bottom, 1e-6) / 2;
  if (before === undefined) return { x, y, reach };
  const eased = (from: number, to: number): number => from + EASE * (to - from);
  const centre = { x: eased(before.x, x), y: eased(before.y, y) };
  // Everything is inside, also while the centre is on its way.
  const needed = Math.max(
    right - centre.x,
    centre.x - left,
    top - centre.y,
    centre.y - bottom,
    1e-6,
  );
  return { ...centre, reach: Math.max(needed, eased(before.reach, reach)) };
}

function extentOf(points: ArrayLike<number>, from: 0 | 1): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = from; i < points.length; i += 2) {
    low = Math.min(low, points[i]);
    high = Math.max(high, points[i]);
  }
  return low <= high ? [low, high] : [0, 0];
}
