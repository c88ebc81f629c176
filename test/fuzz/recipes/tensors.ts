/**
 * Good arguments for what lib/tensor, lib/autograd and lib/compile export. A method's first
 * argument is its `this`.
 */
import { compile, CompiledStep, tensor, type Tensor, zeros } from "../../../lib/index.js";
import type { Draw } from "../draw.js";
import { Sabotage, Work } from "../hostile.js";
import { seeded } from "./random.js";
import type { Recipes } from "./index.js";

const shapeOf = (d: Draw, rank = d.whole(0, 4)): number[] =>
  d.list(rank, () => d.whole(d.chance(0.1) ? 0 : 1, 4));
const size = (shape: readonly number[]): number => shape.reduce((n, x) => n * x, 1);

/**
 * float32, in one of the layouts that a tensor can have; sometimes a leaf that wants its gradient,
 * sometimes a result
 */
export function floats(d: Draw, shape = shapeOf(d)): Tensor {
  const wide = d.chance(0.2) && shape.length > 0;
  const turned = !wide && d.chance(0.2);
  const stored = wide
    ? [...shape.slice(0, -1), 2 * shape[shape.length - 1]]
    : turned
      ? shape.toReversed()
      : shape;
  const whole = tensor(
    d.list(size(stored), () => d.whole(-8, 8) / 4),
    { shape: stored },
  );
  if (d.chance(0.3)) whole.requiresGrad = true;
  const out = wide
    ? whole.slice(shape.length - 1, 0, undefined, 2)
    : turned
      ? whole.permute(shape.map((_, i) => shape.length - 1 - i))
      : whole;
  return d.chance(0.2) ? out.mul(0.5) : out;
}

/** int32 from 0 to count - 1 */
export const ids = (d: Draw, shape: readonly number[], count: number): Tensor =>
  tensor(
    d.list(size(shape), () => d.whole(0, count - 1)),
    { shape, dtype: "int32" },
  );

const either = (d: Draw, shape?: number[]): Tensor =>
  d.chance(0.8) ? floats(d, shape) : ids(d, shape ?? shapeOf(d), 5);

/** Two operands that broadcast. */
function pair(d: Draw): [Tensor, unknown] {
  const shape = shapeOf(d);
  const a = either(d, shape);
  if (d.chance(0.2)) return [a, d.whole(-9, 9) / 2];
  return [
    a,
    either(
      d,
      shape.slice(d.whole(0, shape.length)).map((x) => (d.chance(0.2) ? 1 : x)),
    ),
  ];
}

/** A tensor and one of its dimensions. */
function along(d: Draw): [Tensor, number] {
  const a = either(d, shapeOf(d, d.whole(1, 4)));
  return [a, d.whole(-a.rank, a.rank - 1)];
}

function matrices(d: Draw): [Tensor, Tensor] {
  const [n, k, m] = d.list(3, () => d.whole(1, 5));
  const batch = d.chance(0.3) ? [d.whole(1, 3)] : [];
  return [
    floats(d, d.chance(0.8) ? [...batch, n, k] : [k]),
    floats(d, d.chance(0.8) ? [...(d.chance(0.5) ? batch : []), k, m] : [k]),
  ];
}

function classified(d: Draw): [logits: Tensor, targets: Tensor, options: unknown] {
  const [n, classes] = [d.whole(1, 5), d.whole(1, 6)];
  return [
    ...(d.chance(0.7)
      ? ([floats(d, [n, classes]), ids(d, [n], classes)] as const)
      : ([floats(d, [n, classes, 2]), ids(d, [n, 2], classes)] as const)),
    {
      reduction: d.pick(["mean", "sum", "none"]),
      ignoreIndex: d.pick([undefined, 0, -100]),
      labelSmoothing: d.pick([undefined, 0.1]),
      weight: d.pick([undefined, floats(d, [classes])]),
    },
  ];
}

/** x [n, k], weight [m, k], bias [m]; as `linear` and `linearCrossEntropy` take them */
function layer(d: Draw): [Tensor, Tensor, Tensor] {
  const [n, k, m] = d.list(3, () => d.whole(1, 5));
  return [floats(d, [n, k]), floats(d, [k, m]), floats(d, [m])];
}

function reshaped(d: Draw): [Tensor, number[]] {
  const a = either(d);
  const shape = d.pick([[a.numel], [-1], [1, a.numel], a.shape.toReversed(), [...a.shape, 1]]);
  return [a, [...shape]];
}

const positions = (d: Draw, a: Tensor): unknown[] =>
  a.shape
    .slice(0, d.whole(0, a.rank))
    .map((n) =>
      d.pick([
        ":",
        "...",
        null,
        0,
        n - 1,
        -1,
        [0, n],
        [null, null, 2],
        ids(d, [d.whole(0, 3)], Math.max(1, n)),
        ids(d, [], Math.max(1, n)),
        ids(d, [n], 2).gt(0),
      ]),
    );

function leaf(d: Draw, shape?: number[]): Tensor {
  const a = zeros(shape ?? shapeOf(d))
    .add(d.whole(-3, 3) / 2)
    .detach();
  a.requiresGrad = d.chance(0.5);
  return a;
}

function scalarResult(d: Draw): Tensor {
  const a = leaf(d, [2, 3]);
  a.requiresGrad = true;
  return a.tanh().mul(2).sum();
}

/** A step to compile, and what it may do wrong. */
function step(d: Draw): () => unknown {
  const w = leaf(d, [3, 2]);
  w.requiresGrad = true;
  const good = () => {
    const loss = w.mul(w).sum();
    w.grad = null;
    loss.backward();
    return loss;
  };
  return d.pick<() => unknown>([
    good,
    good,
    good,
    () => w.sum().item(),
    () => undefined,
    () => tensor([1]),
    () => zeros([2], "int32"),
    () => Promise.resolve(good()),
    () => {
      throw new Sabotage("the step");
    },
    () => compile(good as () => Tensor).run(1),
    () => w.add(d.unit()).sum(),
    () => zeros([d.whole(1, 4)]).sum(),
  ]);
}

function prepare(d: Draw): unknown {
  return d.pick([
    undefined,
    () => undefined,
    () => {
      zeros([2]).add(1);
    },
    () => {
      if (d.chance(0.3)) throw new Sabotage("prepare");
    },
  ]);
}

const unary = (d: Draw) => [either(d)];
const grown = (d: Draw) => [floats(d)];
const reduction = (d: Draw) => [...along(d), { keepdim: d.chance(0.5) }];
const reductions = (d: Draw) => {
  const [a, dim] = along(d);
  return [a, d.pick([undefined, dim, [dim], a.shape.map((_, i) => i)]), { keepdim: d.chance(0.5) }];
};
const spread = (d: Draw) => {
  const [a, dim] = [floats(d, shapeOf(d, 2)), d.whole(-2, 1)];
  const options = { keepdim: d.chance(0.5), correction: d.pick([0, 1, 0.5]) };
  return [a, d.pick([undefined, dim, [dim], [0, 1]]), options];
};
const dtype = (d: Draw) => d.pick([undefined, "float32", "int32", "bool"]);
const mask = (d: Draw, shape: number[]): Tensor => ids(d, shape, 2).bool();
const options = (d: Draw) => ({ generator: seeded(d) });
const changed = (d: Draw) => {
  const a = leaf(d);
  a.requiresGrad = false;
  return [a, d.chance(0.5) ? d.whole(-4, 4) / 2 : floats(d, [...a.shape])];
};
const pieces = (d: Draw) => {
  const shape = shapeOf(d, d.whole(1, 3));
  return [d.list(d.whole(1, 3), () => either(d, shape)), d.whole(-shape.length, shape.length - 1)];
};
const likely = (d: Draw) => [
  tensor(
    d.list(6, () => d.whole(1, 9)),
    { shape: [2, 3] },
  ),
  new Work(d.whole(1, 3)),
  { replacement: d.chance(0.5), generator: seeded(d) },
];

/** The functions that are methods too. */
const operations = {
  add: pair,
  sub: pair,
  mul: pair,
  div: pair,
  eq: pair,
  ne: pair,
  lt: pair,
  le: pair,
  gt: pair,
  ge: pair,
  logicalNot: unary,
  logicalAnd: (d) => {
    const shape = shapeOf(d);
    return [either(d, shape), either(d, shape)];
  },
  logicalOr: (d) => [mask(d, [2, 3]), either(d, [3])],
  logicalXor: (d) => [mask(d, [2, 3]), either(d, [2, 1])],
  maskedFill: (d) => {
    const a = either(d);
    return [a, mask(d, [...a.shape]), d.whole(-3, 3)];
  },
  gather: (d) => {
    const shape = shapeOf(d, d.whole(1, 3)).map((n) => n + 1);
    const dim = d.whole(0, shape.length - 1);
    return [either(d, shape), dim, ids(d, shape.with(dim, d.whole(0, 4)), shape[dim])];
  },
  neg: unary,
  exp: unary,
  log: unary,
  log10: unary,
  tanh: unary,
  sqrt: unary,
  clone: unary,
  max: unary,
  min: unary,
  abs: unary,
  sign: unary,
  relu: unary,
  sigmoid: unary,
  gelu: (d) => [floats(d), { approximate: d.pick(["none", "tanh"]) }],
  maximum: pair,
  minimum: pair,
  clamp: (d) => [either(d), d.whole(-4, 0) / 2, d.pick([undefined, null, 1, 1.5])],
  std: spread,
  cumsum: along,
  all: unary,
  any: unary,
  pow: (d) =>
    d.chance(0.5)
      ? [either(d), d.pick([0, 1, 2, 3, -1, 0.5, -0.5, 8, 1.7])]
      : d.chance(0.5)
        ? pair(d)
        : [d.whole(-3, 9) / 3, floats(d)],
  view: reshaped,
  reshape: reshaped,
  unbind: along,
  sum: reductions,
  mean: reductions,
  maxAlong: reduction,
  minAlong: reduction,
  argmax: reduction,
  matmul: matrices,
  softmax: along,
  logSoftmax: along,
  crossEntropy: classified,
  index: (d) => {
    const a = either(d);
    return [a, ...positions(d, a)];
  },
  equal: (d) => {
    const a = either(d);
    return [a, d.chance(0.5) ? a : either(d)];
  },
  allclose: (d) => {
    const a = floats(d);
    return [
      a,
      d.chance(0.5) ? a.clone() : floats(d),
      { rtol: 1e-5, atol: 1e-8, equalNan: d.chance(0.5) },
    ];
  },
} satisfies Recipes;

const methods = Object.fromEntries(
  Object.entries(operations).map(([name, recipe]) => [
    `Tensor.${name}`,
    (d: Draw) => {
      let args = recipe(d);
      while (typeof args[0] !== "object") args = recipe(d); // `pow(2, x)`
      return args;
    },
  ]),
) as unknown as Record<`Tensor.${keyof typeof operations}`, (d: Draw) => unknown[]>;

export const tensors = {
  ...operations,
  Tensor: (d) => {
    const a = floats(d);
    return [a.storage, a.shape, a.offset, a.dtype]; // refused: nobody outside has a layout
  },
  tensor: (d) =>
    d.chance(0.5)
      ? [
          d.pick<unknown>([
            3,
            [1, 2],
            [
              [1, 2],
              [3, 4],
            ],
            [],
            [[]],
            [[[1]]],
          ]),
        ]
      : [
          d.pick([new Float32Array(6), Int32Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3, 4, 5, 6]]),
          { shape: [2, 3], dtype: dtype(d) },
        ],
  where: (d) => {
    const [a, b] = pair(d);
    return [mask(d, [...a.shape]), a, b];
  },
  zerosLike: (d) => [either(d), dtype(d)],
  onesLike: (d) => [either(d), dtype(d)],
  zeros: (d) => [shapeOf(d), dtype(d)],
  ones: (d) => [shapeOf(d), dtype(d)],
  full: (d) => [shapeOf(d), d.whole(-3, 3), dtype(d)],
  arange: (d) => [d.whole(-3, 3), new Work(d.whole(0, 9)), d.pick([undefined, 1, 2, -1])],
  linspace: (d) => [d.whole(-3, 3), d.whole(-3, 9), d.whole(0, 5)],
  rand: (d) => [shapeOf(d), options(d)],
  randn: (d) => [shapeOf(d), options(d)],
  randint: (d) => [0, d.whole(1, 9), shapeOf(d), options(d)],
  randperm: (d) => [d.whole(0, 9), options(d)],
  multinomial: likely,
  manualSeed: (d) => [d.pick([0, 1, 2 ** 40, -3, 5n])],
  embedding: (d) => [ids(d, shapeOf(d), 5), floats(d, [d.whole(5, 6), d.whole(1, 3)])],
  variance: spread,
  oneHot: (d) => [ids(d, shapeOf(d), 5), d.pick([undefined, 5, 6])],
  cat: pieces,
  stack: pieces,
  linear: (d) => [...layer(d), d.pick(["none", "tanh"])],
  embeddingLinear: (d) => {
    const [n, P, V, E, H] = d.list(5, () => d.whole(1, 4));
    return [
      ids(d, [n, P], V),
      floats(d, [V, E]),
      floats(d, [P * E, H]),
      floats(d, [H]),
      d.pick(["none", "tanh"]),
    ];
  },
  linearCrossEntropy: (d) => {
    const [x, w, b] = layer(d);
    return [
      x,
      w,
      b,
      ids(d, [x.shape[0]], w.shape[1]),
      { reduction: d.pick(["mean", "sum", "none"]) },
    ];
  },
  noGrad: (d) => [
    d.pick<() => unknown>([
      () => 1,
      () => zeros([2]).add(1),
      async () => 1,
      () => {
        throw new Sabotage("body");
      },
    ]),
  ],
  compile: (d) => [step(d), { inputs: [leaf(d)] }],
  CompiledStep: (d) => [step(d), { inputs: [leaf(d)] }],
  "CompiledStep.run": (d) => [
    new CompiledStep(step(d) as () => Tensor, { inputs: [leaf(d)] }),
    new Work(d.whole(0, 6)),
    prepare(d),
  ],

  ...methods,
  "Tensor.var": spread,
  "Tensor.where": (d) => {
    const [a, b] = pair(d);
    return [a, mask(d, [...a.shape]), b];
  },
  "Tensor.bool": unary,
  "Tensor.float": unary,
  "Tensor.int": unary,
  "Tensor.contiguous": unary,
  "Tensor.flatten": (d) => {
    const [a, dim] = along(d);
    return [a, dim, -1];
  },
  "Tensor.squeeze": (d) => {
    const [a, dim] = along(d);
    return [a, d.pick([undefined, dim])];
  },
  "Tensor.unsqueeze": along,
  "Tensor.t": (d) => [either(d, shapeOf(d, d.whole(0, 2)))],
  "Tensor.permute": (d) => {
    const a = either(d);
    return [a, a.shape.map((_, i) => i).toReversed()];
  },
  "Tensor.transpose": (d) => {
    const [a, dim] = along(d);
    return [a, dim, 0];
  },
  "Tensor.expand": (d) => {
    const a = either(d);
    return [a, [2, ...a.shape]];
  },
  "Tensor.slice": (d) => {
    const [a, dim] = along(d);
    return [a, dim, d.whole(-2, 2), d.whole(-2, 5), d.whole(1, 3)];
  },
  "Tensor.select": (d) => {
    const [a, dim] = along(d);
    return [a, dim, d.whole(-1, 0)];
  },
  "Tensor.add_": changed,
  "Tensor.sub_": changed,
  "Tensor.mul_": changed,
  "Tensor.div_": changed,
  "Tensor.fill_": (d) => [changed(d)[0], d.whole(-4, 4)],
  "Tensor.indexAdd_": (d) => {
    const a = leaf(
      d,
      shapeOf(d, d.whole(1, 3)).map((n) => n + 1),
    );
    a.requiresGrad = false;
    const [dim, n] = [d.whole(0, a.rank - 1), d.whole(0, 4)];
    const index = ids(d, [n], a.shape[dim]);
    return [a, dim, index, floats(d, a.shape.with(dim, n)), { alpha: d.whole(-2, 2) }];
  },
  "Tensor.retainGrad": (d) => [scalarResult(d)],
  "Tensor.copy_": (d) => {
    const a = leaf(d);
    a.requiresGrad = false;
    return [a, either(d, [...a.shape])];
  },
  "Tensor.indexPut_": (d) => {
    const a = d.chance(0.8) ? leaf(d, shapeOf(d, d.whole(1, 3))) : ids(d, [3, 2], 5);
    a.requiresGrad = false;
    return [a, positions(d, a), d.whole(-3, 3), { accumulate: d.chance(0.5) }];
  },
  "Tensor.random_": (d) => [zeros(shapeOf(d), "int32"), 0, d.whole(1, 9), options(d)],
  "Tensor.backward": (d) =>
    d.chance(0.5)
      ? [scalarResult(d), undefined, { retainGraph: d.chance(0.5) }]
      : [leaf(d, [2]).mul(2), floats(d, [2])],
  "Tensor.detach": unary,
  "Tensor.item": (d) => [either(d, d.chance(0.5) ? [] : undefined)],
  "Tensor.toTypedArray": unary,
  "Tensor.toArray": unary,
  "Tensor.toJSON": unary,
  "Tensor.isContiguous": unary,
  "Tensor.toString": grown,
  "Tensor.grad=": (d) => [leaf(d, [2, 3]), d.chance(0.3) ? null : floats(d, [2, 3])],
  "Tensor.requiresGrad=": (d) => [either(d), d.chance(0.5)],
} satisfies Recipes;
