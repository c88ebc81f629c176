/** The loss of a whole split, computed in blocks. */
import { describe, expect, it } from "vitest";
import {
  type Batch,
  crossEntropy,
  DataError,
  evaluate,
  evaluateKnown,
  type LanguageModel,
  type MLPParameters,
  Generator,
  MLP,
  noGrad,
  randint,
  tensor,
} from "../../lib/index.js";
import { errorOf, parameterHash } from "./support.js";

const V = 27;
const model = MLP.create(
  { vocabularySize: V, blockSize: 3, embedding: 4, hidden: 20 },
  new Generator(5),
);

function examples(n: number): Batch {
  const generator = new Generator(n);
  return { X: randint(0, V, [n, 3], { generator }), Y: randint(0, V, [n], { generator }) };
}

describe("evaluate", () => {
  // 4,096 examples make a block: less than one, one, one and a bit, several and a bit.
  it.each([1, 2, 31, 4095, 4096, 4097, 8192, 12_345])(
    "gives the mean of %d examples, as one pass does",
    (n) => {
      const { X, Y } = examples(n);
      const got = evaluate(model, { X, Y });

      // In double: what the mean of these float32 losses is.
      const losses = noGrad(() =>
        crossEntropy(model.forward(X), Y, { reduction: "none" }),
      ).toTypedArray();
      const exact = Array.from(losses).reduce((sum, loss) => sum + loss, 0) / n;
      // A float32 sum of at most 4,096 terms over 16 lanes: 256 + 4 additions, each off by at most
      // half of 2^-23 of the total.
      expect(Math.abs(got / exact - 1)).toBeLessThan((256 + 4) * 2 ** -24);

      const onePass = noGrad(() => crossEntropy(model.forward(X), Y)).item();
      // The single pass adds n / 16 terms per lane; it may be the less exact of the two.
      expect(Math.abs(got / onePass - 1)).toBeLessThan((256 + 4 + n / 16 + 4) * 2 ** -24);
    },
  );

  it("of one block is that block's sum, to the bit", () => {
    const { X, Y } = examples(1000);
    expect(evaluate(model, { X, Y })).toBe(
      noGrad(() => crossEntropy(model.forward(X), Y, { reduction: "sum" })).item() / 1000,
    );
  });

  it("takes split views as well as whole tensors", () => {
    const { X, Y } = examples(300);
    const part = { X: X.slice(0, 100, 200), Y: Y.slice(0, 100, 200) };
    const copy = {
      X: tensor(part.X.toTypedArray(), { shape: [100, 3] }),
      Y: tensor(part.Y.toTypedArray()),
    };
    expect(evaluate(model, part)).toBe(evaluate(model, copy));
  });

  it("leaves the model and its gradients alone", () => {
    const before = parameterHash(model);
    evaluate(model, examples(5000));
    expect(parameterHash(model)).toBe(before);
    for (const p of model.parameters()) expect(p.grad).toBeNull();
  });

  it("of a uniform model is log V", () => {
    const flat = new MLP({
      ...(model.stateDict() as MLPParameters),
      W2: tensor(new Float32Array(20 * V), { shape: [20, V] }),
      b2: tensor(new Float32Array(V)),
    });
    // float32 log 27 and a sum of 5,000 equal terms; the bound is the first test's.
    expect(Math.abs(evaluate(flat, examples(5000)) / Math.log(V) - 1)).toBeLessThan(
      (256 + 4) * 2 ** -24,
    );
  });

  it("refuses to average nothing", async () => {
    const nothing = {
      X: tensor(new Int32Array(0), { shape: [0, 3] }),
      Y: tensor(new Int32Array(0)),
    };
    expect((await errorOf(DataError, () => evaluate(model, nothing))).message).toContain(
      "at least one example",
    );
  });
});

describe("evaluateKnown", () => {
  const words = { level: "word" } as const;
  const known = ({ X, Y }: Batch): Batch => {
    const rows = Array.from(Y.toTypedArray().keys()).filter((i) => Y.select(0, i).item() !== 0);
    const ix = tensor(rows, { dtype: "int32" });
    return { X: X.index(ix), Y: Y.index(ix) };
  };

  it.each([40, 5000])(
    "of %d examples leaves out those of token 0, and the loss of all is that of evaluate",
    (n) => {
      const batch = examples(n);
      const got = evaluateKnown(model, words, batch);
      const rest = known(batch);
      expect(got.loss).toBe(evaluate(model, batch));
      expect(got.known).toMatchObject({ predictions: n, unknown: n - rest.Y.numel });
      // Differences of sums of float32 losses.
      expect(Math.abs((got.known?.knownLoss ?? 0) / evaluate(model, rest) - 1)).toBeLessThan(1e-5);
    },
  );

  it("is the same number where all words are known, none where none is, and of words only", () => {
    const { X, Y } = examples(50);
    const all = known({ X, Y });
    expect(evaluateKnown(model, words, all).known).toEqual({
      predictions: all.Y.numel,
      unknown: 0,
      knownLoss: evaluate(model, all),
    });
    expect(evaluateKnown(model, words, { X, Y: Y.mul(0) }).known).toEqual({
      predictions: 50,
      unknown: 50,
      knownLoss: null,
    });
    expect(evaluateKnown(model, { level: "character" }, { X, Y })).toEqual({
      loss: evaluate(model, { X, Y }),
    });
  });

  it("is a number where unknown words alone are impossible", () => {
    const sure: LanguageModel = {
      blockSize: 1,
      vocabularySize: 2,
      stateDict: () => ({}),
      forward: (contexts) =>
        tensor(Array.from({ length: contexts.shape[0] }, () => [-Infinity, 0])),
    };
    const batch = {
      X: tensor([[1], [1]], { dtype: "int32" }),
      Y: tensor([0, 1], { dtype: "int32" }),
    };
    expect(evaluateKnown(sure, words, batch)).toEqual({
      loss: Infinity,
      known: { predictions: 2, unknown: 1, knownLoss: 0 },
    });
  });
});
