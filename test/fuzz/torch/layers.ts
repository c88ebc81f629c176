/** How arguments of products and losses are drawn: operations.ts. */
import type { Argument, Ref } from "./case.js";
import type { Maker, World } from "./world.js";

/** `a`, if it is float32 of this rank, else a new tensor. */
const floats = (w: World, a: Ref, rank: number): Ref =>
  w.of(a).dtype === "float32" && w.of(a).rank === rank
    ? a
    : w.input(
        "float32",
        w.d.list(rank, () => w.size()),
      );

const last = (w: World, a: Ref): number => w.of(a).shape.at(-1) ?? 1;
const matrix = (w: World, rows: number): Ref => w.input("float32", [rows, w.size()]);
const activation = (w: World): string[] => (w.d.chance(0.5) ? [] : [w.d.pick(["none", "tanh"])]);

const product: Maker = (w, x) => {
  const { d } = w;
  const a = w.of(x).dtype === "float32" || d.chance(0.05) ? x : w.input("float32", w.shape([1, 2]));
  const k = d.chance(0.02) ? w.size() : last(w, a);
  const batch = d.pick([[], [], d.chance(0.5) ? w.of(a).shape.slice(0, -2) : [1], [2]]);
  const b = d.chance(0.2) ? [k] : [...batch, k, w.size()];
  return ["matmul", a, w.input("float32", b)];
};

const reduction = (w: World): Record<string, Argument> =>
  w.d.chance(0.5) ? { reduction: w.d.pick(["mean", "sum", "none"]) } : {};

const crossEntropy: Maker = (w, a) => {
  const { d } = w;
  const rank = d.pick([1, 2, 2, 2, 3]);
  const logits = floats(w, a, rank);
  const shape = w.of(logits).shape;
  const classes = shape[rank === 1 ? 0 : 1];
  const targets = w.indices(shape.toSpliced(rank === 1 ? 0 : 1, 1), 0, classes - 1);
  const options = {
    ...reduction(w),
    ...(d.chance(0.2) ? { ignoreIndex: d.pick([0, 1, -100]) } : {}),
    ...(d.chance(0.2) ? { labelSmoothing: d.pick([0, 0.25, 0.5, 1]) } : {}),
    ...(d.chance(0.2)
      ? { weight: w.leaf("float32", [classes], () => d.whole(1, 6) / 2, false) }
      : {}),
  };
  return ["crossEntropy", logits, targets, ...(Object.keys(options).length > 0 ? [options] : [])];
};

export const LAYERS: readonly Maker[] = [
  product,
  product,
  product,
  (w, a) => {
    const x = floats(w, a, 2);
    const weight = matrix(w, last(w, x));
    return ["linear", x, weight, w.input("float32", [last(w, weight)]), ...activation(w)];
  },
  (w, a) => {
    const table = floats(w, a, 2);
    return ["embedding", w.indices(w.shape([0, 1, 2]), 0, w.of(table).shape[0] - 1), table];
  },
  (w, a) => {
    const table = floats(w, a, 2);
    const [rows, width] = w.of(table).shape;
    const tokens = w.indices([w.size(), w.d.whole(1, 3)], 0, rows - 1);
    const weight = matrix(w, w.of(tokens).shape[1] * width);
    const bias = w.input("float32", [last(w, weight)]);
    return ["embeddingLinear", tokens, table, weight, bias, ...activation(w)];
  },
  crossEntropy,
  crossEntropy,
  (w, a) => {
    const x = floats(w, a, 2);
    const weight = matrix(w, last(w, x));
    const classes = last(w, weight);
    const targets = w.indices([w.of(x).shape[0]], 0, classes - 1);
    const options = reduction(w);
    const bias = w.input("float32", [classes]);
    const end = Object.keys(options).length > 0 ? [options] : [];
    return ["linearCrossEntropy", x, weight, bias, targets, ...end];
  },
];
