/** A split that repeats its examples is evaluated to the same bits, each of them once. */
import { describe, expect, it } from "vitest";
import {
  type Batch,
  evaluate,
  Generator,
  IndexError,
  type LanguageModel,
  lossOf,
  MLP,
  Module,
  noGrad,
  randint,
  setBackend,
  ShapeError,
  type Tensor,
  zeros,
} from "../../lib/index.js";
import { repeats } from "../../lib/train/example-losses.js";

const shape = { vocabularySize: 6, blockSize: 2, embedding: 3, hidden: 8 };
const model = MLP.create(shape, new Generator(5));
const BLOCK = 4096;

function examples(n: number, width = 2): Batch {
  const generator = new Generator(n);
  return { X: randint(0, 6, [n, width], { generator }), Y: randint(0, 6, [n], { generator }) };
}

/** The sum of the blocks' losses, every example computed. */
function inFull({ X, Y }: Batch): number {
  let total = 0;
  for (let from = 0; from < Y.numel; from += BLOCK) {
    const to = Math.min(Y.numel, from + BLOCK);
    const [x, y] = [X.slice(0, from, to), Y.slice(0, from, to)];
    total += noGrad(() => lossOf(model, x, y, { reduction: "sum" }).item());
  }
  return total / Y.numel;
}

/** A model that counts the contexts it is asked about. */
function counting() {
  const asked = { contexts: 0 };
  const counted: LanguageModel = {
    ...shape,
    forward: (contexts) => {
      asked.contexts += contexts.shape[0];
      return model.forward(contexts);
    },
    stateDict: () => model.stateDict(),
  };
  return { counted, asked };
}

describe.each(["native", "wasm", "reference"] as const)("on the %s backend", (name) => {
  it.each([
    [4097, 2],
    [10_000, 2],
    [10_000, 5],
  ])("%i examples of contexts of %i have the bits of all computed", (n, width) => {
    setBackend(name);
    const batch = examples(n, width);
    expect(evaluate(model, batch)).toBe(inFull(batch));
  });
});

it("each example is computed once, where they repeat", () => {
  const { counted, asked } = counting();
  const batch = examples(10_000);
  expect(evaluate(counted, batch)).toBe(evaluate(model, batch));
  expect(asked.contexts).toBeLessThanOrEqual(6 ** 3);
});

it("examples that can hardly repeat are computed as they come", () => {
  expect(repeats({ vocabularySize: 27, blockSize: 3 }, 20_000)).toBe(true);
  expect(repeats({ vocabularySize: 27, blockSize: 6 }, 1e6)).toBe(false);
  const { counted, asked } = counting();
  evaluate(counted, examples(BLOCK)); // one block
  expect(asked.contexts).toBe(BLOCK);
});

it("a token out of range is named", () => {
  const { X, Y } = examples(5000);
  expect(() => evaluate(model, { X: X.add(X.eq(5).int()), Y })).toThrow(IndexError);
  expect(() => evaluate(model, { X, Y: Y.sub(1) })).toThrow(IndexError);
});

it("a model without a loss for each example is told so", () => {
  class Odd extends Module {
    readonly vocabularySize = 6;
    readonly blockSize = 2;
    forward = (contexts: Tensor) => model.forward(contexts);
    loss = () => zeros([]);
  }
  const call = () => evaluate(new Odd(), examples(5000));
  expect(call).toThrow(ShapeError);
  expect(call).toThrow(/with reduction "none", a loss for each example/);
});

it("a model that adds its losses as it likes is left to", () => {
  const odd: LanguageModel = {
    ...shape,
    forward: (contexts) => model.forward(contexts),
    loss: (contexts) => zeros([]).add(contexts.shape[0]),
    stateDict: () => model.stateDict(),
  };
  expect(evaluate(odd, examples(5000))).toBe(1);
});
