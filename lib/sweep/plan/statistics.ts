/** Of losses. */

export const mean = (xs: readonly number[]): number =>
  xs.reduce((sum, x) => sum + x, 0) / xs.length;

/** The standard deviation (n - 1); undefined of fewer than two. */
export function deviation(xs: readonly number[]): number | undefined {
  if (xs.length < 2) return undefined;
  const middle = mean(xs);
  return Math.sqrt(xs.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (xs.length - 1));
}
