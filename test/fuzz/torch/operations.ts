/** How each operation's arguments are drawn, mostly good ones: one maker for each. */
import type { Argument, Ref, Step } from "./case.js";
import { INDEXING } from "./indexing.js";
import { LAYERS } from "./layers.js";
import { dimOf, type Maker, type World } from "./world.js";

const scalar = (w: World): Argument =>
  w.d.chance(0.05)
    ? { n: w.d.pick(["nan", "inf", "-inf"]) }
    : w.d.pick([0, 1, 2, -1, 3, -2, 0.5, -0.5, 1.5, -3]);

/** A tensor that broadcasts with `a`. */
const operand = (w: World, a: Ref): Ref => w.input(w.dtype(), w.fitting(w.of(a).shape));

const binary =
  (operation: string): Maker =>
  (w, a) => {
    const kind = w.d.whole(0, 5);
    if (kind === 0) return [operation, a, scalar(w)];
    if (kind === 1 && REVERSIBLE.has(operation)) return [operation, scalar(w), a];
    if (kind === 2) return [operation, a, a];
    return kind === 3 ? [operation, operand(w, a), a] : [operation, a, operand(w, a)];
  };
const REVERSIBLE = new Set(["add", "sub", "mul", "div", "pow", "maximum", "minimum"]);

const unary =
  (operation: string): Maker =>
  (_, a) => [operation, a];

const dims = (w: World, a: Ref): Argument => {
  const { rank } = w.of(a);
  if (rank < 2 || w.d.chance(0.7)) return w.d.chance(0.2) ? null : dimOf(w, a);
  return w.d.pick([[0, 1], [rank - 1, 0], [-1, -2], w.d.chance(0.05) ? [0, 0] : [0]]);
};

/** Over some dimensions, with options. */
const reduction =
  (operation: string, more: (w: World) => Record<string, Argument> = () => ({})): Maker =>
  (w, a) => {
    const options = { ...(w.d.chance(0.4) ? { keepdim: w.d.chance(0.8) } : {}), ...more(w) };
    return [operation, a, dims(w, a), ...(Object.keys(options).length > 0 ? [options] : [])];
  };
const correction = (w: World): Record<string, Argument> =>
  w.d.chance(0.5) ? { correction: w.d.pick([0, 1, 2]) } : {};

const along =
  (operation: string, options: boolean): Maker =>
  (w, a) => [
    operation,
    a,
    dimOf(w, a),
    ...(options && w.d.chance(0.4) ? [{ keepdim: w.d.chance(0.8) }] : []),
  ];

/** Another shape of as many elements; now and then of more. */
function shapeLike(w: World, a: Ref): number[] {
  const { shape, numel } = w.of(a);
  if (w.d.chance(0.03)) return [numel + 1];
  const merged =
    shape.length > 1 && w.d.chance(0.5) ? [shape[0] * shape[1], ...shape.slice(2)] : [];
  return w.d.pick([
    [numel],
    numel > 0 ? [-1] : [numel],
    numel % 2 === 0 && numel > 0 ? [2, -1] : [1, numel],
    merged.length > 0 ? merged : [...shape, 1],
    [...shape].reverse(),
  ]);
}

const permutation = (w: World, a: Ref): number[] => {
  const left = w.of(a).shape.map((_, i) => i);
  const order = w.d.list(left.length, () => left.splice(w.d.whole(0, left.length - 1), 1)[0]);
  return w.d.chance(0.03) ? [...order, 0] : order;
};

const SHAPES: Maker[] = [
  ...[0, 1].map((): Maker => (w, a) => ["view", a, shapeLike(w, a)]),
  (w, a) => ["reshape", a, shapeLike(w, a)],
  (w, a) => ["flatten", a, ...(w.d.chance(0.5) ? [] : [dimOf(w, a), -1])],
  (w, a) => ["squeeze", a, ...(w.d.chance(0.5) ? [] : [dimOf(w, a)])],
  (w, a) => ["unsqueeze", a, w.d.whole(-w.of(a).rank - 1, w.of(a).rank)],
  (w, a) => ["permute", a, permutation(w, a)],
  (w, a) => ["transpose", a, dimOf(w, a), dimOf(w, a)],
  unary("t"),
  (w, a) => {
    const { shape } = w.of(a);
    const more = shape.length < 3 && w.d.chance(0.5) ? [w.d.whole(1, 2)] : [];
    return ["expand", a, [...more, ...shape.map((n) => (n === 1 ? 2 : w.d.chance(0.2) ? -1 : n))]];
  },
  (w, a) => {
    const [start, end] = [w.d.whole(-3, 3), w.d.whole(-2, 5)];
    return ["slice", a, dimOf(w, a), start, end, w.d.whole(1, 3)];
  },
  (w, a) => ["select", a, dimOf(w, a), w.d.pick([0, 0, -1, 1])],
  (w, a) => {
    const dim = dimOf(w, a);
    return ["unbind", a, dim, Math.max(0, (w.of(a).shape.at(dim) ?? 1) - 1)];
  },
];

const POINTWISE: Maker[] = [
  ...["add", "sub", "mul", "div", "pow", "maximum", "minimum"].flatMap((o) => [
    binary(o),
    binary(o),
  ]),
  ...["eq", "ne", "lt", "le", "gt", "ge"].map(binary),
  ...["neg", "exp", "log", "log10", "tanh", "sqrt", "abs", "sign", "relu", "sigmoid"].map(unary),
  ...["clone", "contiguous", "float", "int", "bool", "logicalNot"].map(unary),
  (w, a) => ["gelu", a, ...(w.d.chance(0.5) ? [] : [{ approximate: w.d.pick(["none", "tanh"]) }])],
  (w, a) => {
    const [low, high] = [w.d.whole(-3, 1) / 2, w.d.whole(-1, 3) / 2];
    return w.d.pick<Step>([
      ["clamp", a, low, high],
      ["clamp", a, low],
      ["clamp", a, null, high],
    ]);
  },
  (w, a) => {
    const condition = w.input("bool", w.fitting(w.of(a).shape));
    const other = w.d.chance(0.4) ? scalar(w) : operand(w, a);
    return w.d.chance(0.5) ? ["where", condition, a, other] : ["where", condition, other, a];
  },
  (w, a) => ["maskedFill", a, w.input("bool", w.fitting(w.of(a).shape)), scalar(w)],
  ...["logicalAnd", "logicalOr", "logicalXor"].map((o): Maker => (w, a) => [o, a, operand(w, a)]),
];

const REDUCTIONS: Maker[] = [
  ...["sum", "sum", "mean"].map((o) => reduction(o)),
  ...["var", "std"].map((o) => reduction(o, correction)),
  ...["max", "min"].map(unary),
  ...["maxAlong", "maxAlongIndices", "minAlong", "minAlongIndices"].map((o) => along(o, true)),
  (w, a) => (w.d.chance(0.3) ? ["argmax", a] : along("argmax", true)(w, a)),
  ...["cumsum", "softmax", "logSoftmax"].map((o) => along(o, false)),
  ...["all", "any"].map(unary),
  (w, a) => ["equal", a, w.d.chance(0.5) ? a : operand(w, a)],
  (w, a) => [
    "allclose",
    a,
    w.d.chance(0.5) ? a : operand(w, a),
    ...(w.d.chance(0.5) ? [{ equalNan: true }] : []),
  ],
];

export const CALCULATIONS: readonly Maker[] = [
  ...POINTWISE,
  ...SHAPES,
  ...REDUCTIONS,
  ...INDEXING,
  ...LAYERS,
  ...["zerosLike", "onesLike"].map(unary),
];

/** Two views of the same memory, the second one element further. */
function neighbours(w: World, a: Ref): [Ref, Ref] {
  const n = w.of(a).shape[0];
  return [w.view(a, "slice", 0, 0, n - 1, 1), w.view(a, "slice", 0, 1, n, 1)];
}

const changed =
  (operation: string): Maker =>
  (w, a) => {
    if (w.of(a).shape[0] > 1 && w.d.chance(0.1)) return [operation, ...neighbours(w, a)];
    return w.d.chance(0.3) ? [operation, a, scalar(w)] : [operation, a, operand(w, a)];
  };

export const CHANGES: readonly Maker[] = [
  ...["add_", "sub_", "mul_", "div_"].map(changed),
  (w, a) => ["copy_", a, operand(w, a)],
  (w, a) => ["fill_", a, scalar(w)],
  (w, a) => {
    const { shape } = w.of(a);
    const [dim, n] = [dimOf(w, a), w.d.whole(0, 4)];
    const size = shape.at(dim) ?? 1;
    const source = shape.map((size, i) => (i === dim || i === dim + shape.length ? n : size));
    const options = w.d.chance(0.3) ? [{ alpha: w.d.pick([2, -1]) }] : [];
    const index = w.indices([n], 0, size - 1);
    return ["indexAdd_", a, dim, index, w.input(w.of(a).dtype, source), ...options];
  },
  (w, a) => {
    const { shape } = w.of(a);
    const n = w.d.whole(0, 4);
    const at =
      shape.length === 0 || w.d.chance(0.3)
        ? [w.input("bool", shape)]
        : shape.slice(0, w.d.whole(1, shape.length)).map((size) => w.indices([n], -size, size - 1));
    const values = w.d.chance(0.5) ? w.d.whole(-2, 2) : w.input(w.of(a).dtype, []);
    return ["indexPut_", a, at, values, ...(w.d.chance(0.5) ? [{ accumulate: true }] : [])];
  },
];
