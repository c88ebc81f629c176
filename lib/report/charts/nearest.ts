/**
 * The neighbours of each row of a table, in all of its dimensions: a projection does not show them.
 */

const NEIGHBOURS = 4;
/** All pairs of more rows than these take too long to be compared. */
const MOST_ROWS = 1000;

/**
 * The numbers of the rows nearest to each row, the nearest first; undefined where there are too
 * many.
 */
export function nearest(rows: readonly (readonly number[])[]): number[][] | undefined {
  if (rows.length > MOST_ROWS || rows.length < 2) return undefined;
  return rows.map((row, i) =>
    rows
      .map((other, j) => ({ j, distance: i === j ? Infinity : squared(row, other) }))
      .sort((a, b) => a.distance - b.distance || a.j - b.j)
      .slice(0, Math.min(NEIGHBOURS, rows.length - 1))
      .map(({ j }) => j),
  );
}

const squared = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0);
