/**
 * The embedding as points on a plane while it changes: of more than two numbers per token the plane
 * of most variance, turned and mirrored so that the points stay as near as they can to where they
 * were.
 */

/** Steps of the subspace iteration: from nothing, and from the plane of the frame before. */
const FIRST = 200;
const AGAIN = 6;

export interface Projected {
  /** x and y in turn */
  readonly points: Float32Array<ArrayBuffer>;
  /** part of the variance that is seen, 0 to 1 */
  readonly seen: number;
}

export class Projection {
  /** two columns of E numbers, orthonormal */
  #axes: Float64Array | undefined;
  #points: Float32Array | undefined;

  /** @param table [rows, E] */
  project(table: ArrayLike<number>, E: number): Projected {
    const rows = table.length / E;
    if (E <= 2) {
      const points = new Float32Array(2 * rows);
      for (let r = 0; r < rows; r++)
        for (let e = 0; e < E; e++) points[2 * r + e] = table[r * E + e];
      return { points, seen: 1 };
    }
    const X = centre(table, E);
    if (this.#axes?.length !== 2 * E) {
      this.#points = undefined;
      this.#axes = start(E);
      iterate(X, this.#axes, E, FIRST);
      principal(along(X, this.#axes, E), this.#axes, E);
    } else iterate(X, this.#axes, E, AGAIN);
    const points = along(X, this.#axes, E);
    if (this.#points?.length === points.length) turn(points, this.#axes, this.#points, E);
    this.#points = points;
    return { points: points.slice(), seen: share(points, X) };
  }
}

function centre(table: ArrayLike<number>, E: number): Float64Array {
  const centred = Float64Array.from(table);
  const rows = centred.length / E;
  for (let e = 0; e < E; e++) {
    let mean = 0;
    for (let i = e; i < centred.length; i += E) mean += centred[i] / rows;
    for (let i = e; i < centred.length; i += E) centred[i] -= mean;
  }
  return centred;
}

/** Two directions that no symmetry of the numbers makes orthogonal to the plane. */
const start = (E: number): Float64Array =>
  Float64Array.from({ length: 2 * E }, (_, i) => (((i + 1) * 0.6180339887498949) % 1) - 0.5);

/** Axes times X^T X, which is never formed: E may be large. */
function iterate(X: Float64Array, axes: Float64Array, E: number, times: number): void {
  for (let i = 0; i < times; i++) {
    const before = axes.slice();
    axes.fill(0);
    for (const at of [0, E])
      for (let row = 0; row < X.length; row += E) {
        const weight = dot(X, row, before, at, E);
        for (let e = 0; e < E; e++) axes[at + e] += weight * X[row + e];
      }
    orthonormalise(axes, E, before);
  }
}

/** @param spare what a column is where nothing varies along it */
function orthonormalise(axes: Float64Array, E: number, spare: Float64Array): void {
  for (const at of [0, E]) {
    if (at === E) {
      const common = dot(axes, 0, axes, E, E);
      for (let e = 0; e < E; e++) axes[E + e] -= common * axes[e];
    }
    const length = Math.sqrt(dot(axes, at, axes, at, E));
    for (let e = 0; e < E; e++)
      axes[at + e] = length > 1e-30 ? axes[at + e] / length : spare[at + e];
  }
}

function dot(a: Float64Array, from: number, b: Float64Array, at: number, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += a[from + i] * b[at + i];
  return sum;
}

/** Turns the axes within their plane so that the first has the most variance. */
function principal(points: Float32Array, axes: Float64Array, E: number): void {
  let [xx, xy, yy] = [0, 0, 0];
  for (let p = 0; p < points.length; p += 2) {
    xx += points[p] ** 2;
    xy += points[p] * points[p + 1];
    yy += points[p + 1] ** 2;
  }
  rotate(axes, E, 0.5 * Math.atan2(2 * xy, xx - yy));
}

function rotate(axes: Float64Array, E: number, angle: number, mirrored = false): void {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let e = 0; e < E; e++) {
    const [x, y] = [axes[e], axes[E + e]];
    axes[e] = cos * x + sin * y;
    axes[E + e] = (mirrored ? -1 : 1) * (cos * y - sin * x);
  }
}

/** Where the rows are on the plane. */
function along(X: Float64Array, axes: Float64Array, E: number): Float32Array<ArrayBuffer> {
  const points = new Float32Array((2 * X.length) / E);
  for (let row = 0, p = 0; row < X.length; row += E, p += 2) {
    points[p] = dot(X, row, axes, 0, E);
    points[p + 1] = dot(X, row, axes, E, E);
  }
  return points;
}

/** Orthogonal Procrustes in the plane: the turn, with a mirror if that is nearer. */
function turn(points: Float32Array, axes: Float64Array, before: Float32Array, E: number): void {
  let [xx, xy, yx, yy] = [0, 0, 0, 0];
  for (let p = 0; p < points.length; p += 2) {
    xx += points[p] * before[p];
    xy += points[p] * before[p + 1];
    yx += points[p + 1] * before[p];
    yy += points[p + 1] * before[p + 1];
  }
  // How near the best turn comes, and the best turn of the mirrored points.
  const plain = Math.hypot(xx + yy, yx - xy);
  const mirrored = Math.hypot(xx - yy, yx + xy);
  const mirror = mirrored > plain;
  const angle = mirror ? Math.atan2(yx + xy, xx - yy) : Math.atan2(yx - xy, xx + yy);
  rotate(axes, E, angle, mirror);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let p = 0; p < points.length; p += 2) {
    const [x, y] = [points[p], points[p + 1]];
    points[p] = cos * x + sin * y;
    points[p + 1] = (mirror ? -1 : 1) * (cos * y - sin * x);
  }
}

function share(points: Float32Array, X: Float64Array): number {
  let [all, seen] = [0, 0];
  for (const x of X) all += x * x;
  for (const x of points) seen += x * x;
  return all > 0 ? Math.min(1, seen / all) : 1;
}
