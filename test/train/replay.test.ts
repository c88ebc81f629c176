/**
 * Whatever a training is made of, its replayed steps have the bits of steps run as written: losses,
 * parameters, optimizer, generators.
 */
import { expect, it } from "vitest";
import {
  AdamW,
  Dropout,
  Embedding,
  Generator,
  GradientClip,
  Linear,
  loadCorpus,
  manualSeed,
  MLP,
  Module,
  parseSchedule,
  SGD,
  type Tensor,
  Trainer,
  type TrainerOptions,
  TrainingError,
} from "../../lib/index.js";

const { vocabulary, splits } = loadCorpus("names", 3, 42);

/** Everything a training needs beside the model. */
type Parts = (parameters: Tensor[], model: MLP) => Partial<TrainerOptions>;

function train(parts: Parts, compile: boolean, calls: readonly number[], vocabularySize: number) {
  const model = MLP.create(
    { vocabularySize, blockSize: 3, embedding: 4, hidden: 24 },
    new Generator(7),
    "kaiming",
  );
  const parameters = model.parameters();
  const trainer = new Trainer({
    model,
    examples: splits.train,
    batchSize: 16,
    schedule: parseSchedule("onecycle:0.01/0.3", 30),
    generator: new Generator(1),
    ...parts(parameters, model),
    compile,
  });
  const losses = calls.flatMap((count) => [...trainer.trainSteps(count)]);
  const state = [
    ...parameters,
    ...parameters.map((p) => p.grad as Tensor),
    ...Object.values(trainer.optimizer.state).flat(),
  ];
  return {
    losses,
    numbers: state.map((t) => [...t.toTypedArray()]),
    generator: trainer.options.generator.getState(),
    steps: trainer.optimizer.steps,
  };
}

const FULL = "all examples at every step";
const drop = (model: MLP): void => {
  model.dropout = new Dropout(0.3, { generator: new Generator(3) });
};

const cases: [string, Parts, number][] = [
  ["plain SGD", () => ({}), vocabulary.size],
  [FULL, () => ({ batchSize: "full" }), vocabulary.size],
  [
    "momentum",
    (p) => ({
      optimizer: new SGD(p, { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
    }),
    vocabulary.size,
  ],
  ["AdamW", (p) => ({ optimizer: new AdamW(p) }), vocabulary.size],
  ["clipping", (p) => ({ clip: new GradientClip(p, 0.1) }), vocabulary.size],
  [
    "dropout",
    (_, model) => {
      drop(model);
      return {};
    },
    vocabulary.size,
  ],
  [
    "all of it over a large vocabulary",
    (p, model) => {
      drop(model);
      return { optimizer: new AdamW(p), clip: new GradientClip(p, 0.5) };
    },
    2000,
  ],
];

it.each(cases)("%s", (name, parts, size) => {
  const calls = name === FULL ? [1, 3] : [1, 1, 5, 20, 3];
  const written = train(parts, false, calls, size);
  expect(train(parts, true, calls, size)).toEqual(written);
  expect(new Set(written.losses).size).toBeGreaterThan(2); // it does train
});

/** Its layers are used in another order than they are defined in. */
class TwoDropouts extends Module {
  readonly blockSize = 3;
  readonly vocabularySize = vocabulary.size;
  readonly second = new Dropout(0.5);
  readonly first = new Dropout(0.2);
  readonly embed = new Embedding(this.vocabularySize, 4);
  readonly hidden = new Linear(12, 8);
  readonly out = new Linear(8, this.vocabularySize);

  forward(X: Tensor): Tensor {
    const x = this.first.forward(this.embed.forward(X).flatten(1));
    return this.out.forward(this.second.forward(this.hidden.forward(x).tanh()));
  }
}

it("layers that share a generator draw their masks in the order in which they are used", () => {
  const run = (compile: boolean) => {
    manualSeed(7);
    const model = new TwoDropouts();
    const trainer = new Trainer({
      model,
      examples: splits.train,
      batchSize: 16,
      schedule: parseSchedule("0.1", 30),
      generator: new Generator(1),
      compile,
    });
    const losses = [...trainer.trainSteps(12)];
    model.first.eval();
    losses.push(...trainer.trainSteps(6));
    model.first.train();
    return [...losses, ...trainer.trainSteps(6)];
  };
  expect(run(true)).toEqual(run(false));
});

it("a layer that is put into the model between steps is used", async () => {
  const run = async (compile: boolean) => {
    manualSeed(7);
    const model = new TwoDropouts();
    const trainer = new Trainer({
      model,
      examples: splits.train,
      batchSize: 16,
      schedule: [...parseSchedule("0.1", 30), { step: 20, rate: 1e38 }],
      generator: new Generator(1),
      compile,
    });
    const losses: number[] = [];
    const note = (_: number, loss: number) => void losses.push(loss);
    await trainer.run(8, note);
    Object.assign(model, { first: new Dropout(0.9, { generator: new Generator(3) }) });
    await trainer.run(16, note);
    await expect(trainer.run(30, note)).rejects.toThrow(TrainingError);
    return losses;
  };
  expect(await run(true)).toEqual(await run(false));
});

// 25 s: MM_LONG=1 npx vitest run test/train/replay.test.ts
it.skipIf(!process.env.MM_LONG)(
  "the whole lecture run, 200,000 steps",
  { timeout: 600_000 },
  () => {
    const run = (compile: boolean) => {
      const model = MLP.create(
        { vocabularySize: vocabulary.size, blockSize: 3, embedding: 10, hidden: 200 },
        new Generator(2147483647),
      );
      const trainer = new Trainer({
        model,
        examples: splits.train,
        batchSize: 32,
        schedule: parseSchedule("0.1@0,0.01@100000"),
        generator: new Generator(1),
        compile,
      });
      const losses = trainer.trainSteps(200_000);
      return {
        losses: Buffer.from(losses.buffer).toString("base64"),
        parameters: model.parameters().map((p) => [...p.toTypedArray()]),
      };
    };
    const [replayed, written] = [run(true), run(false)];
    expect(written.losses === replayed.losses).toBe(true);
    expect(written.parameters).toEqual(replayed.parameters);
  },
);
