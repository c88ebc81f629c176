/** Good arguments for what lib/nn exports, and for what models have of it. */
import {
  BatchNorm1d,
  Dropout,
  Embedding,
  Flatten,
  Linear,
  type Module,
  Sequential,
  Tanh,
} from "../../../lib/index.js";
import type { Draw } from "../draw.js";
import type { Recipes } from "./index.js";
import { seeded } from "./random.js";
import { floats, ids } from "./tensors.js";

const METHODS = ["train", "eval", "modules", "parameters", "namedParameters", "stateDict"] as const;
type Inherited = (typeof METHODS)[number] | "loadStateDict";

/** What a class of modules has from Module; `forward` is its own. */
export const moduleMethods = <C extends string>(name: C, make: (d: Draw) => Module) =>
  ({
    ...Object.fromEntries(METHODS.map((method) => [`${name}.${method}`, (d: Draw) => [make(d)]])),
    [`${name}.train`]: (d: Draw) => [make(d), d.chance(0.5)],
    [`${name}.loadStateDict`]: (d: Draw) => {
      const module = make(d);
      return [module, { ...make(d).stateDict(), ...module.stateDict() }, { strict: d.chance(0.5) }];
    },
  }) as Record<`${C}.${Inherited}`, (d: Draw) => unknown[]>;

const linear = (d: Draw) => new Linear(3, 2, { bias: d.chance(0.7), generator: seeded(d) });
const embedding = (d: Draw) => new Embedding(5, 2, { generator: seeded(d) });
const dropout = (d: Draw) => {
  const layer = new Dropout(0.5, { generator: seeded(d) });
  if (d.chance(0.5)) layer.forward(floats(d, [2, 3]));
  return layer;
};
const batchNorm = (d: Draw) => {
  const layer = new BatchNorm1d(3);
  return d.chance(0.5) ? layer : layer.eval();
};
const sequential = (d: Draw) =>
  new Sequential(
    embedding(d),
    new Flatten(),
    new Linear(4, 3, { generator: seeded(d) }),
    new Tanh(),
  );
const some = (d: Draw): Module => d.pick<(d: Draw) => Module>([linear, dropout, sequential])(d);

export const nn = {
  parameter: (d) => [floats(d, [2, 3]).detach().clone()],
  buffer: (d) => [d.chance(0.5) ? floats(d, [2, 3]).detach().clone() : ids(d, [4], 3)],
  ...moduleMethods("Module", some),
  "Module.forward": (d) => [linear(d), floats(d, [2, 3])],
  Linear: (d) => [d.whole(1, 4), d.whole(1, 4), { bias: d.chance(0.7), generator: seeded(d) }],
  ...moduleMethods("Linear", linear),
  "Linear.forward": (d) => [linear(d), floats(d, d.pick([[2, 3], [3], [2, 2, 3]]))],
  "Linear.resetParameters": (d) => [linear(d), { generator: seeded(d) }],
  Embedding: (d) => [d.whole(1, 4), d.whole(1, 4), { generator: seeded(d) }],
  ...moduleMethods("Embedding", embedding),
  "Embedding.forward": (d) => [embedding(d), ids(d, d.pick([[3], [2, 2]]), 5)],
  "Embedding.resetParameters": (d) => [embedding(d), { generator: seeded(d) }],
  Dropout: (d) => [d.unit(), { generator: seeded(d) }],
  ...moduleMethods("Dropout", dropout),
  "Dropout.forward": (d) => [dropout(d), floats(d, [2, 3])],
  "Dropout.draw": (d) => [dropout(d)],
  Tanh: () => [],
  ...moduleMethods("Tanh", () => new Tanh()),
  "Tanh.forward": (d) => [new Tanh(), floats(d)],
  Flatten: (d) => [d.whole(0, 1), d.pick([-1, 1])],
  ...moduleMethods("Flatten", () => new Flatten()),
  "Flatten.forward": (d) => [new Flatten(), floats(d, [2, 3, 2])],
  Sequential: (d) => [linear(d), new Tanh()],
  ...moduleMethods("Sequential", sequential),
  "Sequential.forward": (d) => [sequential(d), ids(d, [3, 2], 5)],
  BatchNorm1d: (d) => [d.whole(1, 4), { eps: 1e-5, momentum: d.unit() }],
  ...moduleMethods("BatchNorm1d", batchNorm),
  "BatchNorm1d.forward": (d) => [batchNorm(d), floats(d, [4, 3])],
} satisfies Recipes;
