/** A trainer's state goes on with the same bits, also in another trainer of the same options. */
import { expect, it } from "vitest";
import { AdamW, Dropout, Generator, MLP, parseSchedule, Trainer, zeros } from "../../lib/index.js";
import { toBatch } from "../../lib/data/examples/batches.js";
import { parameterHash } from "./support.js";

const examples = toBatch({
  contexts: Int32Array.from({ length: 40 }, (_, i) => i % 5),
  targets: Int32Array.from({ length: 20 }, (_, i) => (3 * i) % 5),
  count: 20,
  blockSize: 2,
});

function trainer(seed: number): Trainer {
  const shape = { vocabularySize: 5, blockSize: 2, embedding: 3, hidden: 4 };
  const model = MLP.create(shape, new Generator(seed));
  model.dropout = new Dropout(0.2, { generator: new Generator(seed + 1) });
  return new Trainer({
    model,
    examples,
    batchSize: 4,
    schedule: parseSchedule("0.1"),
    generator: new Generator(seed + 2),
    optimizer: new AdamW(model.parameters()),
  });
}

it("goes on with the bits of the training that it was taken from", () => {
  const [one, other] = [trainer(1), trainer(9)];
  one.trainSteps(17);
  const state = one.state();
  other.trainSteps(3);
  other.restore(state);
  expect(other.step).toBe(17);
  const losses = [...one.trainSteps(30)];
  expect([...other.trainSteps(30)]).toEqual(losses);
  expect(parameterHash(other.options.model)).toBe(parameterHash(one.options.model));
  one.restore(state); // a copy: the steps since have not changed it
  expect([...one.trainSteps(30)]).toEqual(losses);
});

it("names the optimizer's state by the parameters that it moves, in whatever order", () => {
  const { options } = trainer(1);
  const { model } = options;
  const [{ W1, W2 }, other] = [model as MLP, zeros([3])];
  other.requiresGrad = true;
  const some = new Trainer({ ...options, optimizer: new AdamW([W2, other, W1]) });
  const shapes = Object.entries(some.state()).filter(([name]) => name.includes("exp_avg."));
  expect(shapes.map(([name, t]) => [name, t.shape])).toEqual([
    ["optimizer.exp_avg.W2", W2.shape],
    ["optimizer.exp_avg.1", [3]],
    ["optimizer.exp_avg.W1", W1.shape],
  ]);
});

it("changes nothing where a state does not fit", () => {
  const one = trainer(1);
  const state = one.state();
  one.trainSteps(5);
  const before = parameterHash(one.options.model);
  const generator = one.state()["trainer.generator"].toArray();
  for (const [wrong, message] of [
    [{ ...state, W1: zeros([2, 2]) }, "W1: expected float32 [6, 4], got float32 [2, 2]"],
    [{ ...state, W1: [1, 2] }, "W1: expected float32 [6, 4], got an array"],
    [
      { ...state, "trainer.dropout": zeros(state["trainer.dropout"].shape, "int32") },
      "a generator's state",
    ],
    [{}, "expected"],
    [null, "expected an object"],
  ] as const)
    expect(() => {
      one.restore(wrong as never);
    }).toThrow(message);
  expect(parameterHash(one.options.model)).toBe(before);
  expect(one.state()["trainer.generator"].toArray()).toEqual(generator);
});
