/** Where discs and letters go so that none covers another. */

export interface Disc {
  x: number;
  y: number;
}

const ROUNDS = 400;

/** Discs of one radius near the given centres and inside [0, width] x [0, height]; the same every time. */
export function spread(centres: readonly Readonly<Disc>[], radius: number, width: number, height: number): Disc[] {
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

/** Moves both by half of what is missing; discs on the same point part in a direction of their own. */
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

const CELL = 60;

/** Of labelled dots those whose labels, of a font `size`, do not run into one that stands already. */
export function withRoom<T extends { readonly label: string }>(
  dots: readonly T[],
  places: readonly Readonly<Disc>[],
  size: number,
): T[] {
  const grid = new Map<string, { x: number; y: number; half: number }[]>();
  return dots.filter((dot, i) => {
    const { x, y } = places[i];
    const half = 0.35 * size * [...dot.label].length + 1;
    const [column, row] = [Math.floor(x / CELL), Math.floor(y / CELL)];
    for (let c = column - 1; c <= column + 1; c++) {
      for (let r = row - 1; r <= row + 1; r++) {
        const near = grid.get(`${c},${r}`) ?? [];
        if (near.some((other) => Math.abs(other.x - x) < half + other.half && Math.abs(other.y - y) < size + 1)) return false;
      }
    }
    const cell = `${column},${row}`;
    grid.set(cell, [...(grid.get(cell) ?? []), { x, y, half }]);
    return true;
  });
}
