/** Good arguments for what lib/report exports. */
import type { Draw } from "../draw.js";
import { names } from "./data.js";
import type { Recipes } from "./index.js";
import { RUN } from "./train.js";

const LOSSES = [0, 1e-3, 2.5, 3.3, 26, 1e6, Number.NaN, Infinity];
const RATES = ["0.1", "0.1@0,0.01@3", "step:0.1*0.5/2", "cosine:0.1->0.001", "inverse:0.1/1e-5"];
const look = (d: Draw) => d.pick<unknown>([undefined, {}, { narrow: d.chance(0.5) }]);
const level = (d: Draw) => d.pick(["character", "word", undefined]);
const list = <T>(length: number, item: (i: number) => T): T[] =>
  Array.from({ length }, (_, i) => item(i));

const curves = (d: Draw) => ({
  minibatches: list(d.whole(0, 40), (step) => ({
    step,
    loss: d.pick(LOSSES),
    ...(d.chance(0.8) && { lr: 0.1 }),
  })),
  splits: list(d.whole(0, 2), (i) => ({
    step: 20 * i,
    trainLoss: d.pick(LOSSES),
    devLoss: d.pick(LOSSES),
    bigramDevLoss: 2.5,
  })),
  lr: d.pick([undefined, ...RATES]),
  steps: d.pick([undefined, 0, 40]),
  batchSize: d.pick([undefined, 1, 32]),
  vocabularySize: d.pick([undefined, 1, 27]),
  level: level(d),
});

function embedding(d: Draw): unknown[] {
  const [rows, E] = [d.whole(1, 9), d.whole(1, 4)];
  const number = () => d.pick([d.unit(), 0, -3, 1e30, Number.NaN]);
  return [
    list(rows, () => list(E, number)),
    list(rows, (i) => d.pick([String.fromCodePoint(97 + i), "\n", "étude"])),
    { level: level(d), narrow: d.chance(0.5) },
  ];
}

const rates = (d: Draw) => ({
  trials: list(d.whole(0, 20), (i) => ({
    rate: 10 ** (i / 5 - 3),
    loss: d.pick(LOSSES),
    smoothed: d.pick(LOSSES),
  })),
  suggested: d.pick([0.1, 0.03]),
  reason: "because",
  level: level(d),
});

export const pictures = {
  lossChart: (d) => [curves(d), look(d)],
  embeddingChart: embedding,
  learningRateChart: (d) => [rates(d), look(d)],
  report: (d) => [RUN, d.pick([undefined, {}, { words: names() }])],
} satisfies Recipes;
