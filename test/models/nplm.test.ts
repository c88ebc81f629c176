/** The paper's network: its sizes, and PyTorch's gradients (test/reference/nplm.py). */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { backward } from "../../lib/autograd/index.js";
import {
  AutogradError,
  crossEntropy,
  countParameters,
  Generator,
  IndexError,
  MLP,
  NPLM,
  type NPLMShape,
  SGD,
  ShapeError,
  tensor,
  type Tensor,
  unigramBias,
  ValueError,
  zeros,
} from "../../lib/index.js";

const generator = () => new Generator(1);
const parameters = (shape: NPLMShape) =>
  Object.values(NPLM.shapes(shape)).reduce((sum, size) => sum + size.reduce((a, b) => a * b, 1), 0);

it.each([
  [
    "MLP1",
    { vocabularySize: 16_383, blockSize: 4, embedding: 60, hidden: 50, direct: true },
    5_762_483,
  ],
  [
    "MLP3",
    { vocabularySize: 16_383, blockSize: 4, embedding: 60, hidden: 0, direct: true },
    4_931_283,
  ],
  [
    "MLP5",
    { vocabularySize: 16_383, blockSize: 4, embedding: 30, hidden: 50, direct: true },
    3_299_033,
  ],
  [
    "MLP7",
    { vocabularySize: 16_383, blockSize: 2, embedding: 30, hidden: 50, direct: true },
    2_313_053,
  ],
  [
    "MLP9",
    { vocabularySize: 16_383, blockSize: 4, embedding: 30, hidden: 100, direct: false },
    2_158_273,
  ],
  [
    "AP",
    { vocabularySize: 17_964, blockSize: 5, embedding: 100, hidden: 60, direct: true },
    11_904_264,
  ],
])("%s has the paper's number of parameters", (_, shape, count) => {
  expect(parameters(shape)).toBe(count);
});

interface Case {
  shape: NPLMShape;
  X: number[][];
  Y: number[];
  loss: number;
  parameters: Record<string, number[]>;
  gradients: Record<string, number[]>;
}
const cases = JSON.parse(
  readFileSync(new URL("../reference/nplm.json", import.meta.url), "utf8"),
) as Case[];

describe("agrees with PyTorch", () => {
  /** The reference's W and U as this model has them, one below the other. */
  const stacked = (p: Record<string, number[]>): Record<string, number[]> => {
    const { W, U, ...rest } = p;
    return W || U
      ? { ...rest, [W && U ? "WU" : W ? "W" : "U"]: [...(W ?? []), ...(U ?? [])] }
      : rest;
  };

  it.each(cases.map((c) => [JSON.stringify(c.shape), c] as const))(
    "%s",
    (_, { shape, X, Y, loss, ...reference }) => {
      const shapes = NPLM.shapes(shape);
      const values = stacked(reference.parameters);
      const model = new NPLM(
        Object.fromEntries(
          Object.entries(shapes).map(([name, size]) => [
            name,
            tensor(values[name], { shape: size, dtype: "float32" }),
          ]),
        ),
        shape,
      );
      const [contexts, targets] = [tensor(X, { dtype: "int32" }), tensor(Y, { dtype: "int32" })];
      const got = model.loss(contexts, targets);
      expect(Math.abs(got.item() / loss - 1)).toBeLessThan(1e-6);
      expect(crossEntropy(model.forward(contexts), targets).item()).toBe(got.item());
      backward(got);
      for (const [name, expected] of Object.entries(stacked(reference.gradients))) {
        const gradient = (model.namedParameters()[name].grad as Tensor).toTypedArray();
        const norm = (x: ArrayLike<number>) =>
          Math.sqrt(Array.from(x).reduce((sum, v) => sum + v * v, 0));
        expect(
          norm(Array.from(gradient, (g, i) => g - expected[i])) / norm(expected),
          name,
        ).toBeLessThan(1e-5);
      }
    },
  );
});

it("starts at the entropy of unigrams with their logarithms as bias", () => {
  const targets = tensor(Int32Array.from([0, 1, 1, 2, 2, 2, 2]));
  const model = NPLM.create(
    { vocabularySize: 4, blockSize: 1, embedding: 2, hidden: 3, direct: true },
    generator(),
    unigramBias(targets, 4),
  );
  const contexts = targets.view([-1, 1]);
  const p = [2, 3, 5, 1].map((n) => n / 11);
  const expected = -[0, 1, 1, 2, 2, 2, 2].reduce((sum, w) => sum + Math.log(p[w]), 0) / 7;
  expect(model.loss(contexts, targets).item()).toBeCloseTo(expected, 6);
});

it("weight decay leaves d and b alone", () => {
  const model = NPLM.create(
    { vocabularySize: 4, blockSize: 1, embedding: 2, hidden: 3, direct: false },
    generator(),
  );
  const all = model.parameters();
  for (const p of all) {
    p.data.copy_(tensor(new Float32Array(p.numel).fill(1), { shape: p.shape }));
    p.grad = tensor(new Float32Array(p.numel), { shape: p.shape });
  }
  new SGD(all, {
    lr: 0.5,
    weightDecay: 0.25,
    undecayed: model.undecayed.map((name) => model.namedParameters()[name]),
  }).step();
  const first = Object.entries(model.namedParameters()).map(([name, p]) => [
    name,
    p.toTypedArray()[0],
  ]);
  expect(Object.fromEntries(first)).toEqual({ C: 0.875, H: 0.875, d: 1, U: 0.875, b: 1 });
});

it("needs hidden units or direct connections, and ties no direct ones", () => {
  expect(() =>
    NPLM.create(
      { vocabularySize: 4, blockSize: 1, embedding: 2, hidden: 0, direct: false },
      generator(),
    ),
  ).toThrow(ValueError);
  expect(() =>
    NPLM.shapes({
      vocabularySize: 4,
      blockSize: 1,
      embedding: 2,
      hidden: 3,
      direct: true,
      tied: true,
    }),
  ).toThrow(ValueError);
  expect(
    countParameters(
      NPLM.create(
        { vocabularySize: 4, blockSize: 1, embedding: 2, hidden: 0, direct: true },
        generator(),
      ),
    ),
  ).toBe(8 + 8 + 4);
});

it("changes nothing where a parameter or a size is wrong", () => {
  const sizes = { vocabularySize: 4, blockSize: 2, embedding: 3, hidden: 5 };
  const shape = { ...sizes, direct: true };
  const { C, H, d, WU, b } = Object.fromEntries(
    Object.entries(NPLM.shapes(shape)).map(([name, size]) => [name, zeros(size)]),
  );
  expect(() => new NPLM({ C, H, d, WU, b: zeros([3]) }, shape)).toThrow(ShapeError);
  expect(() => new NPLM({ C, H, d, WU, b }, { ...shape, blockSize: 3 })).toThrow(ShapeError);
  expect(() => new NPLM({ C, H, d, WU, b, U: b }, shape)).toThrow(ShapeError);
  const result = tensor([1, 2, 3, 4]);
  result.requiresGrad = true;
  expect(() => new NPLM({ C, H, d, WU, b: result.add(1) }, shape)).toThrow(AutogradError);
  expect([C, H, d, WU, b].some((p) => p.requiresGrad)).toBe(false);
  const drawing = generator();
  expect(() => NPLM.create({ ...shape, hidden: 2 ** 30 }, drawing)).toThrow(ShapeError);
  expect(() => NPLM.create(shape, drawing, new Float32Array(3))).toThrow(ShapeError);
  expect(() => MLP.create({ ...sizes, hidden: 2 ** 30 }, drawing)).toThrow(ShapeError);
  expect(drawing.getState()).toEqual(generator().getState());
});

it("is what its shape says, whatever the names of its parameters", () => {
  const shape = { vocabularySize: 4, blockSize: 2, embedding: 3, hidden: 5, direct: false };
  const { C, H, d, U, b } = Object.fromEntries(
    Object.entries(NPLM.shapes(shape)).map(([name, size]) => [name, zeros(size)]),
  );
  expect(new NPLM({ C, H, d, U, b }, shape).shape).toEqual({ ...shape, tied: false });
  const tied = { ...shape, tied: true };
  expect(() => new NPLM({ C, H, d, U, b }, tied)).toThrow(
    "NPLM: parameters: expected C [4, 3], H [6, 5], d [5], P [5, 3], b [4], got C [4, 3], H " +
      "[6, 5], d [5], U [5, 4], b [4]",
  );
});

it("refuses a size that it does not know, and one left out", () => {
  const shape = { vocabularySize: 4, blockSize: 2, embedding: 3, hidden: 5 };
  expect(() => MLP.shapes({ ...shape, hiden: 6 } as typeof shape)).toThrow(
    'MLP: shape: unknown option "hiden"; there are vocabularySize, blockSize, embedding, hidden',
  );
  expect(() => MLP.shapes({ ...shape, hidden: undefined as unknown as number })).toThrow(
    "MLP: shape.hidden: expected a whole number from 1 to 2147483647, got undefined",
  );
  expect(() => NPLM.shapes({ ...shape, direct: true, tide: true } as never)).toThrow(
    'NPLM: shape: unknown option "tide"',
  );
});

it("counts no targets that are no tokens", () => {
  expect(() => unigramBias(tensor([0, 4], { dtype: "int32" }), 4)).toThrow(IndexError);
});

it("takes contexts of its own width only", () => {
  const model = MLP.create(
    { vocabularySize: 4, blockSize: 2, embedding: 3, hidden: 5 },
    generator(),
  );
  // Two rows of two, were they read on.
  expect(() => model.forward(zeros([4, 1], "int32"))).toThrow(ShapeError);
});
