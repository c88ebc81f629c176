/** Principal components: the plane on which the rows of a table lie farthest apart. */

export interface Projection {
  /** a point per row */
  readonly points: readonly (readonly [number, number])[];
  /** the part of the variance along each axis, 0..1 */
  readonly share: readonly [number, number];
}

/**
 * Enough for eigenvalues that differ by a twentieth; of nearly equal ones any direction shows as
 * much.
 */
const ITERATIONS = 300;

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * b[i], 0);
const scaled = (a: readonly number[], s: number): number[] => a.map((x) => x * s);
const minus = (a: readonly number[], b: readonly number[], times: number): number[] =>
  a.map((x, i) => x - times * b[i]);

/**
 * The first two components of [n, d] rows, d >= 2, by power iteration on X^T X, which is never
 * formed: d may be large.
 */
export function pca(rows: readonly (readonly number[])[]): Projection {
  const mean = rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length);
  const X = rows.map((row) => minus(row, mean, 1));
  const total = X.reduce((sum, row) => sum + dot(row, row), 0);
  const first = component(X, []);
  const second = component(X, [first]);
  const along = (axis: readonly number[]): number[] => X.map((row) => dot(row, axis));
  const [x, y] = [along(first), along(second)];
  const share = (values: readonly number[]): number =>
    total > 0 ? dot(values, values) / total : 0;
  return { points: x.map((value, i) => [value, y[i]] as const), share: [share(x), share(y)] };
}

/**
 * The unit vector of largest variance orthogonal to `found`; zeros where nothing varies any more.
 */
function component(
  X: readonly (readonly number[])[],
  found: readonly (readonly number[])[],
): number[] {
  const clean = (v: number[]): number[] =>
    found.reduce<number[]>((rest, axis) => minus(rest, axis, dot(rest, axis)), v);
  // Rows weighted by fractions of the golden ratio: a start in their space that no symmetry makes
  // orthogonal to the answer.
  let v = clean(
    combine(
      X,
      X.map((_, i) => (((i + 1) * 0.6180339887498949) % 1) - 0.5),
    ),
  );
  for (let i = 0; i < ITERATIONS; i++) {
    const length = Math.sqrt(dot(v, v));
    if (length < 1e-12) return v.map(() => 0);
    const unit = scaled(v, 1 / length);
    v = clean(
      combine(
        X,
        X.map((row) => dot(row, unit)),
      ),
    );
  }
  const length = Math.sqrt(dot(v, v));
  // An eigenvector's sign is free; this one makes the same picture every time.
  const sign = v.reduce((large, x) => (Math.abs(x) > Math.abs(large) ? x : large)) < 0 ? -1 : 1;
  return length > 0 ? scaled(v, sign / length) : v;
}

/** The sum of the rows, each times its weight. */
function combine(X: readonly (readonly number[])[], weights: readonly number[]): number[] {
  const sum: number[] = X[0].map(() => 0);
  for (const [i, row] of X.entries()) {
    for (let j = 0; j < sum.length; j++) sum[j] += weights[i] * row[j];
  }
  return sum;
}
