/** How arguments of what picks and joins are drawn: operations.ts. */
import type { Argument, Ref, Step } from "./case.js";
import { dimOf, type Maker, type World } from "./world.js";

/** A position for a dimension of this size; index tensors all have the shape `common`. */
function position(w: World, size: number, common: readonly number[]): Argument {
  const { d } = w;
  return d.pick<() => Argument>([
    () => d.whole(-size, Math.max(0, size - 1)),
    () => ":",
    () => ({ s: [d.pick([null, 0, 1, -2]), d.pick([null, 1, 2, -1])] }),
    () => w.indices(d.chance(0.2) ? [1] : common, -size, size - 1),
    () => w.indices(common, -size, size - 1),
    () => w.input("bool", [size]),
  ])();
}

function index(w: World, a: Ref): Step {
  const { d } = w;
  const { shape } = w.of(a);
  if (d.chance(0.15)) return ["index", a, w.input("bool", shape)];
  const common = w.shape([0, 1, 1, 2]);
  const at = shape.slice(0, d.whole(0, shape.length)).map((size) => position(w, size, common));
  if (d.chance(0.2)) at.splice(d.whole(0, at.length), 0, null);
  if (d.chance(0.2)) at.push("...");
  if (d.chance(0.02)) at.push(...shape.map(() => 0), 0);
  return ["index", a, ...(at.length > 0 ? at : ["..."])];
}

/** Tensors of a's shape but along `dim`. */
function parts(w: World, a: Ref, dim: number | undefined): Argument[] {
  const { shape } = w.of(a);
  const more = w.d.list(w.d.whole(0, 2), () => {
    const other = shape.map((n, i) =>
      i === (dim !== undefined && dim < 0 ? dim + shape.length : dim) ? w.size() : n,
    );
    const wrong = w.d.chance(0.03) ? other.map((n) => n + 1) : other;
    return w.input(w.d.chance(0.8) ? w.of(a).dtype : w.dtype(), wrong);
  });
  return w.d.chance(0.2) ? [a, a, ...more] : [...more, a];
}

export const INDEXING: readonly Maker[] = [
  index,
  index,
  index,
  index,
  (w, a) => {
    const { shape } = w.of(a);
    const dim = dimOf(w, a);
    const size = shape.at(dim) ?? 1;
    const smaller = shape.map((n) => (w.d.chance(0.2) ? Math.min(1, n) : n));
    return ["gather", a, dim, w.indices(smaller, 0, size - 1)];
  },
  (w, a) => {
    const dim = dimOf(w, a);
    return ["cat", parts(w, a, dim), dim];
  },
  (w, a) => ["stack", parts(w, a, undefined), w.d.whole(-w.of(a).rank - 1, w.of(a).rank)],
  (w) => {
    const classes = w.d.whole(1, 4);
    return ["oneHot", w.indices(w.shape([0, 1, 2]), 0, classes - 1), classes];
  },
];
