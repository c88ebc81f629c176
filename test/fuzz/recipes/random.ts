/** Good arguments for what lib/random exports. */
import { Generator, PythonRandom } from "../../../lib/index.js";
import type { Draw } from "../draw.js";
import { Work } from "../hostile.js";
import type { Recipes } from "./index.js";

export const seeded = (d: Draw): Generator => new Generator(d.whole(0, 99));
const out = (d: Draw): Float32Array => new Float32Array(d.whole(0, 40));
const python = (d: Draw): PythonRandom => new PythonRandom(d.whole(0, 99));
const items = (d: Draw): unknown =>
  d.pick<unknown>([["a", "b", "c"], "abc", Int32Array.of(1, 2, 3)]);
const table = (d: Draw): [Float32Array, number[]] => {
  const shape = [d.whole(1, 4), d.whole(1, 4)];
  return [new Float32Array(shape[0] * shape[1]), shape];
};
const fill = (d: Draw) => [...table(d), seeded(d)];
const SEEDS = [0, 1, -5, 2 ** 40, 7n, 2n ** 63n];

export const random = {
  Generator: (d) => [d.pick([undefined, ...SEEDS])],
  "Generator.manualSeed": (d) => [seeded(d), d.pick(SEEDS)],
  "Generator.initialSeed": (d) => [seeded(d)],
  "Generator.getState": (d) => [seeded(d)],
  "Generator.setState": (d) => [seeded(d), seeded(d).getState()],
  "Generator.rand": (d) => [seeded(d), out(d)],
  "Generator.randn": (d) => [seeded(d), out(d)],
  "Generator.uniform": (d) => [seeded(d), out(d), -1, d.whole(0, 5)],
  "Generator.bernoulli": (d) => [seeded(d), out(d), d.unit()],
  "Generator.normal": (d) => [seeded(d), out(d), d.whole(-2, 2), d.whole(0, 3)],
  "Generator.exponential": (d) => [seeded(d), out(d), d.whole(1, 4)],
  "Generator.randint": (d) => [
    seeded(d),
    d.pick([new Int32Array(5), new BigInt64Array(5)]),
    d.pick([0, -3, -3n]),
    d.pick([1, 2 ** 30, 7n]),
  ],
  "Generator.randperm": (d) => [seeded(d), new Work(d.whole(0, 20))],
  "Generator.multinomial": (d) => [
    seeded(d),
    Float32Array.of(1, 2, 3, 4, 5, 6),
    2,
    3,
    new Work(d.whole(1, 3)),
    d.chance(0.5),
    d.chance(0.5) ? undefined : new Int32Array(6),
  ],
  PythonRandom: (d) => [d.pick([...SEEDS, "text"])],
  "PythonRandom.seed": (d) => [python(d), d.pick([...SEEDS, "text"])],
  "PythonRandom.random": (d) => [python(d)],
  "PythonRandom.getrandbits": (d) => [python(d), new Work(d.whole(0, 99))],
  "PythonRandom.randbelow": (d) => [python(d), d.whole(1, 99)],
  "PythonRandom.randint": (d) => [python(d), d.whole(-5, 0), d.whole(0, 9)],
  "PythonRandom.randrange": (d) => [
    python(d),
    d.whole(1, 9),
    d.pick([undefined, 20]),
    d.pick([undefined, 2]),
  ],
  "PythonRandom.choice": (d) => [python(d), items(d)],
  "PythonRandom.choices": (d) => [python(d), items(d), new Work(d.whole(0, 5))],
  "PythonRandom.shuffle": (d) => [
    python(d),
    d.pick<unknown>([[1, 2, 3], Int32Array.of(1, 2, 3), []]),
  ],
  "PythonRandom.sample": (d) => [python(d), items(d), new Work(d.whole(0, 3))],
  "PythonRandom.uniform": (d) => [python(d), 0, d.whole(1, 5)],
  "PythonRandom.gauss": (d) => [python(d), d.pick([undefined, 1]), d.pick([undefined, 2])],
  calculateGain: (d) => [
    d.pick(["linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu"]),
    d.pick([undefined, 0.1]),
  ],
  kaimingUniform: (d) => [
    ...fill(d),
    { a: 0.1, mode: d.pick(["fan_in", "fan_out"]), nonlinearity: "relu" },
  ],
  kaimingNormal: (d) => [...fill(d), { mode: "fan_out" }],
  xavierUniform: (d) => [...fill(d), d.pick([undefined, 2])],
  xavierNormal: (d) => [...fill(d), d.pick([undefined, 2])],
  initLinear: (d) => [
    new Float32Array(6),
    d.chance(0.5) ? new Float32Array(2) : undefined,
    3,
    2,
    seeded(d),
  ],
  initEmbedding: (d) => [new Float32Array(6), 3, 2, seeded(d), d.pick([undefined, 1])],
} satisfies Recipes;
