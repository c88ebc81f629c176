/** Dropout: PyTorch's masks, and what they do in a model. */
import { describe, expect, it } from "vitest";
import {
  BatchNorm1d,
  compile,
  countBigram,
  crossEntropy,
  Dropout,
  Embedding,
  embeddingLinear,
  evaluate,
  Flatten,
  Generator,
  Linear,
  loadCorpus,
  lossOf,
  Mixture,
  MLP,
  Module,
  noGrad,
  ones,
  parseSchedule,
  sample,
  score,
  type Tensor,
  tensor,
  train,
  Trainer,
  ValueError,
} from "../../lib/index.js";
import { load } from "../reference/records.js";

const shape = { vocabularySize: 5, blockSize: 2, embedding: 3, hidden: 8 };
const X = tensor(
  [
    [0, 1],
    [2, 3],
    [4, 0],
  ],
  { dtype: "int32" },
);

describe("a mask", () => {
  const { dropout } = load<{ dropout: { p: number; masks: number[][] }[] }>("optim.json");

  it.each(dropout)("of p = $p is PyTorch's, draw after draw", ({ p, masks }) => {
    const layer = new Dropout(p, { generator: new Generator(7) });
    const one = ones([5, 9]);
    expect(layer.mask).toBeUndefined();
    expect(layer.forward(one).toTypedArray()).toEqual(Float32Array.from(masks[0]));
    const { mask } = layer;
    if (p === 0) expect(mask).toBeUndefined();
    for (const want of p === 0 ? [] : masks.slice(1)) {
      layer.draw();
      expect(mask?.toTypedArray()).toEqual(Float32Array.from(want));
    }
    const again = new Dropout(p, { generator: new Generator(7) });
    for (const want of masks)
      expect(again.forward(one).toTypedArray()).toEqual(Float32Array.from(want));
    expect(again.eval().forward(one)).toBe(one);
  });

  it.each([1, -0.1, Number.NaN])("of p = %d is refused", (p) => {
    expect(() => new Dropout(p)).toThrow(ValueError);
  });
});

it("drops hidden units and their gradients, and scales the others; in training only", () => {
  const model = MLP.create(shape, new Generator(1));
  const { W1, b1, W2, b2 } = model;
  const without = model.forward(X).toArray();
  model.dropout = new Dropout(0.5, { generator: new Generator(7) });
  const logits = model.forward(X);
  const mask = model.dropout.mask as Tensor;
  expect(mask.shape).toEqual([3, 8]);
  const h = noGrad(() => embeddingLinear(X, model.C, W1, b1, "tanh"));
  const want = noGrad(() => h.mul(mask).matmul(W2).add(b2));
  expect(logits.toArray()).toEqual(want.toArray());
  expect(logits.toArray()).not.toEqual(without);
  crossEntropy(logits, tensor([1, 2, 3], { dtype: "int32" })).backward();
  const kept = mask.toArray() as number[][];
  const gradient = b1.grad?.toTypedArray() ?? [];
  expect([...gradient].map((g) => g !== 0)).toEqual(
    [...gradient.keys()].map((unit) => kept.some((row) => row[unit] !== 0)),
  );
  expect(model.eval().forward(X).toArray()).toEqual(without);
});

it("leaves evaluation and sampling alone, and the mode of the model as it was", () => {
  const words = ["emma", "ava", "mia", "olivia", "sophia", "isabella"];
  const { splits, vocabulary } = loadCorpus(words, 2, 42);
  const model = MLP.create({ ...shape, vocabularySize: vocabulary.size }, new Generator(1));
  const ask = () => [
    evaluate(model, splits.train),
    ...sample(model, vocabulary, 3, new Generator(1)),
    score(model, vocabulary, ["emma"])[0].loss,
    evaluate(new Mixture([model, countBigram(splits.train, vocabulary.size)], [1]), splits.train),
  ];
  const without = ask();
  model.dropout = new Dropout(0.5, { generator: new Generator(7) });
  expect(ask()).toEqual(without);
  expect([model.training, model.dropout.training]).toEqual([true, true]);
  expect(lossOf(model, splits.train.X, splits.train.Y).item()).not.toBe(without[0]);
});

it("is over in what train() returns", async () => {
  const words = ["emma", "ava", "mia", "olivia", "sophia", "isabella"];
  const { model, corpus } = await train({
    ...{ words, dropout: 0.5, blockSize: 2, embedding: 2, hidden: 8 },
    ...{ batchSize: 4, steps: 3, samples: 0 },
  });
  const { X } = corpus.splits.train;
  expect((model as MLP).dropout.p).toBe(0.5);
  expect(model.forward(X).toArray()).toEqual(model.forward(X).toArray());
});

describe("a trainer", () => {
  const words = ["emma", "ava", "mia", "olivia", "sophia", "isabella"];
  const { splits, vocabulary } = loadCorpus(words, 2, 42);
  const make = () => {
    const model = MLP.create({ ...shape, vocabularySize: vocabulary.size }, new Generator(1));
    model.dropout = new Dropout(0.5, { generator: new Generator(7) });
    return model;
  };
  const losses = (model: MLP, batchSize: number | "full", compile: boolean, steps = 9) => {
    const generator = new Generator(2);
    const schedule = parseSchedule("0.1");
    const examples = splits.train;
    return [
      ...new Trainer({ model, examples, batchSize, schedule, generator, compile }).trainSteps(
        steps,
      ),
    ];
  };

  it.each([4, "full"] as const)("trains alike as written and replayed: batch %s", (size) => {
    const written = losses(make(), size, false);
    expect(losses(make(), size, true)).toEqual(written);
    expect(losses(make(), size, true, 1)).toEqual(written.slice(0, 1));
  });

  it("is not misled by what the model did before", () => {
    // Another shape, another trainer, a mode, and a mask drawn for no step.
    const runs = [false, true].map((compile) => {
      const model = make();
      model.forward(X);
      losses(model, 5, compile);
      model.eval();
      return [...losses(model, 4, compile), ...losses(model, 4, compile)];
    });
    expect(runs[1]).toEqual(runs[0]);
    expect(new Set(runs[0]).size).toBe(18);
  });

  it("goes on where a mask of another shape was drawn between its steps", () => {
    const run = (compile: boolean) => {
      const model = make();
      const trainer = new Trainer({
        model,
        examples: splits.train,
        batchSize: 4,
        schedule: parseSchedule("0.1"),
        generator: new Generator(2),
        compile,
      });
      const first = trainer.trainSteps(6);
      model.forward(X);
      return [...first, ...trainer.trainSteps(6)];
    };
    expect(run(true)).toEqual(run(false));
  });

  it("follows the modes of the model's layers", () => {
    class Net extends Module {
      readonly blockSize = 2;
      readonly vocabularySize = vocabulary.size;
      readonly embed = new Embedding(vocabulary.size, 3, { generator: new Generator(1) });
      readonly flatten = new Flatten();
      readonly norm = new BatchNorm1d(6);
      readonly dropout = new Dropout(0.5, { generator: new Generator(7) });
      readonly unused = new Dropout(0.5, { generator: new Generator(8) });
      readonly head = new Linear(6, vocabulary.size, { generator: new Generator(2) });
      forward(X: Tensor): Tensor {
        const x = this.norm.forward(this.flatten.forward(this.embed.forward(X)));
        return this.head.forward(this.dropout.forward(x));
      }
    }
    const run = (compile: boolean) => {
      const model = new Net();
      const trainer = new Trainer({
        model,
        examples: splits.train,
        batchSize: 8,
        schedule: parseSchedule("0.1"),
        generator: new Generator(2),
        compile,
      });
      const losses = [...trainer.trainSteps(6)];
      for (const layer of [model.norm, model.dropout]) {
        layer.eval();
        losses.push(...trainer.trainSteps(6));
      }
      model.train();
      losses.push(...trainer.trainSteps(6));
      return [losses, Object.values(model.stateDict()).map((t) => t.toArray())];
    };
    expect(run(true)).toEqual(run(false));
  });

  it("says what a compiled step of one's own must do", () => {
    const model = make();
    const Y = tensor([1, 2, 3], { dtype: "int32" });
    const step = compile(() => model.loss(X, Y));
    expect(() => step.run(3)).toThrow(
      /^Dropout \(a compiled step can use a layer once, after it ran as written, with the layer's mask as an input/,
    );
  });
});

describe("initialisation", () => {
  it("kaiming starts at the loss of guessing, with W1 scaled for tanh and the stream of normal", () => {
    const model = MLP.create(
      { ...shape, vocabularySize: 27, hidden: 300 },
      new Generator(3),
      "kaiming",
    );
    const lecture = MLP.create({ ...shape, vocabularySize: 27, hidden: 300 }, new Generator(3));
    const { C, W1, b1, W2, b2 } = model;
    expect(C.toArray()).toEqual(lecture.C.toArray());
    expect(W1.toArray()).toEqual(noGrad(() => lecture.W1.mul(5 / 3 / Math.sqrt(6)).toArray()));
    for (const zero of [b1, W2, b2]) expect(new Set(zero.toTypedArray())).toEqual(new Set([0]));
    const loss = crossEntropy(model.forward(X), tensor([1, 2, 3], { dtype: "int32" }));
    expect(loss.item()).toBeCloseTo(Math.log(27), 6);
    expect(model.parameters().every((p) => p.requiresGrad && p.node === null)).toBe(true);
  });
});
