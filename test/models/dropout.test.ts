/** Dropout: PyTorch's masks, and what they do in a model. */
import { describe, expect, it } from "vitest";
import {
  crossEntropy,
  Dropout,
  Generator,
  MLP,
  noGrad,
  tensor,
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

  it.each(dropout)(
    "of p = $p is PyTorch's, draw after draw, in the same memory",
    ({ p, masks }) => {
      const layer = new Dropout(p, [5, 9], new Generator(7));
      const { mask } = layer;
      expect(new Set(mask.toTypedArray())).toEqual(new Set([1]));
      for (const want of masks) {
        layer.draw();
        expect(mask.toTypedArray()).toEqual(Float32Array.from(want));
      }
    },
  );

  it.each([1, -0.1, Number.NaN])("of p = %d is refused", (p) => {
    expect(() => new Dropout(p, [2], new Generator(1))).toThrow(ValueError);
  });
});

it("drops hidden units and their gradients, and scales the others", () => {
  const model = MLP.create(shape, new Generator(1));
  const { W1, b1, W2, b2 } = model.parameters;
  const mask = tensor([[0, 2, 0, 2, 0, 2, 0, 2]]).expand([3, 8]);
  const emb = model.parameters.C.index(X).view([-1, 6]);
  const h = noGrad(() => emb.matmul(W1).add(b1).tanh());
  const want = noGrad(() => h.mul(mask).matmul(W2).add(b2));
  const logits = model.forward(X, mask);
  expect(logits.toArray()).toEqual(want.toArray());
  expect(logits.toArray()).not.toEqual(model.forward(X).toArray());
  crossEntropy(logits, tensor([1, 2, 3], { dtype: "int32" })).backward();
  const gradient = b1.grad?.toTypedArray() ?? [];
  expect([...gradient].map((g) => g !== 0)).toEqual([
    false,
    true,
    false,
    true,
    false,
    true,
    false,
    true,
  ]);
});

describe("initialisation", () => {
  it("kaiming starts at the loss of guessing, with W1 scaled for tanh and the stream of normal", () => {
    const model = MLP.create(
      { ...shape, vocabularySize: 27, hidden: 300 },
      new Generator(3),
      "kaiming",
    );
    const lecture = MLP.create({ ...shape, vocabularySize: 27, hidden: 300 }, new Generator(3));
    const { C, W1, b1, W2, b2 } = model.parameters;
    expect(C.toArray()).toEqual(lecture.parameters.C.toArray());
    expect(W1.toArray()).toEqual(
      noGrad(() => lecture.parameters.W1.mul(5 / 3 / Math.sqrt(6)).toArray()),
    );
    for (const zero of [b1, W2, b2]) expect(new Set(zero.toTypedArray())).toEqual(new Set([0]));
    const loss = crossEntropy(model.forward(X), tensor([1, 2, 3], { dtype: "int32" }));
    expect(loss.item()).toBeCloseTo(Math.log(27), 6);
    expect(Object.values(model.parameters).every((p) => p.requiresGrad && p.node === null)).toBe(
      true,
    );
  });
});
