/** Where discs and letters go so that none covers another. */
import { textWidth } from "./text-width.js";

export interface Disc {
  x: number;
  y: number;
}

const ROUNDS = 400;

/**
 * Discs of one radius near the given centres and inside [0, width] x [0, height]; the same every
 * time.
 */
export function spread(
  centres: readonly Readonly<Disc>[],
  radius: number,
  width: number,
  height: number,
): Disc[] {
  const discs = centres.map(({ x, y }) => ({ x, y }));
  const apart = 2 * radius + 0.5;
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false;
    for (let i = 0; i < discs.length; i++) {
      for (let j = 0; j < i; j++) moved = push(discs[i], discs[j], apart, i) || moved;
    }
    for (const disc of discs) {
      disc.x = Math.min(width - radius, Math.max(radius, disc.x));
      disc.y = Math.min(height - radius, Math.max(radius, disc.y));
    }
    if (!moved) break;
  }
  return discs;
}

/**
 * Moves both by half of what is missing; discs on the same point part in a direction of their own.
 */
function push(a: Disc, b: Disc, apart: number, turn: number): boolean {
  let [dx, dy] = [a.x - b.x, a.y - b.y];
  let distance = Math.hypot(dx, dy);
  if (distance >= apart - 0.01) return false;
  if (distance < 1e-6) [dx, dy, distance] = [Math.cos(turn), Math.sin(turn), 1];
  const share = (apart - Math.min(distance, Math.hypot(a.x - b.x, a.y - b.y))) / 2 / distance;
  a.x += dx * share;
  a.y += dy * share;
  b.x -= dx * share;
  b.y -= dy * share;
  return true;
}

/** A label and the middle of where it would stand. */
interface Label {
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

/** Of labels in a font of `size` those that do not run into one that stands already. */
export function withRoom<T extends Label>(labels: readonly T[], size: number): T[] {
  const standing: (Label & { half: number })[] = [];
  return labels.filter(({ label, x, y }) => {
    const half = textWidth(label, size) / 2 + 1;
    const meets = (other: (typeof standing)[number]): boolean =>
      Math.abs(other.y - y) < size + 2 && Math.abs(other.x - x) < half + other.half;
    if (standing.some(meets)) return false;
    standing.push({ label, x, y, half });
    return true;
  });
}

/** Places at least `gap` apart, near where each would be and within [0, end], in their order. */
export function apart(places: readonly number[], gap: number, end: number): number[] {
  const order = places.map((_, i) => i).sort((a, b) => places[a] - places[b]);
  const moved = [...places];
  for (const [i, at] of order.entries()) {
    if (i > 0) moved[at] = Math.max(moved[at], moved[order[i - 1]] + gap);
  }
  // What was pushed beyond the end pushes back.
  let limit = end;
  for (const at of order.reverse()) {
    moved[at] = Math.min(moved[at], limit);
    limit = moved[at] - gap;
  }
  return moved;
}
