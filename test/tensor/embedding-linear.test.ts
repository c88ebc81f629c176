/** embeddingLinear is linear(embedding(...)) but for the order of its sums. */
import { describe, expect, it } from "vitest";
import {
  AutogradError,
  compile,
  embedding,
  embeddingLinear,
  Generator,
  IndexError,
  linear,
  randint,
  randn,
  setBackend,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "../../lib/index.js";

interface Sizes {
  n: number;
  P: number;
  V: number;
  E: number;
  H: number;
}

function operands({ n, P, V, E, H }: Sizes) {
  const generator = new Generator(5);
  const tokens = randint(0, V, [n, P], { generator });
  const leaves = [[V, E], [P * E, H], [H]].map((shape) => randn(shape, { generator }));
  for (const x of leaves) x.requiresGrad = true;
  return { tokens, leaves, upstream: randn([n, H], { generator }) };
}

type Layer = (tokens: Tensor, leaves: readonly Tensor[]) => Tensor;
const folded: Layer = (tokens, [C, W, b]) => embeddingLinear(tokens, C, W, b);
const plain: Layer = (tokens, [C, W, b]) =>
  linear(embedding(tokens, C).view([tokens.shape[0], W.shape[0]]), W, b);

/** The layer's output and the three gradients. */
function all(layer: Layer, sizes: Sizes): Tensor[] {
  const { tokens, leaves, upstream } = operands(sizes);
  const out = layer(tokens, leaves);
  out.mul(upstream).sum().backward();
  return [out, ...leaves.map((x) => x.grad as Tensor)];
}

/** The same in float64. */
function exactly(sizes: Sizes): Float64Array[] {
  const { n, P, V, E, H } = sizes;
  const { tokens, leaves, upstream } = operands(sizes);
  const [C, W, b] = leaves.map((x) => x.toTypedArray());
  const [ids, g] = [tokens.toTypedArray(), upstream.toTypedArray()];
  const [out, gradC, gradW, gradB] = [n * H, V * E, P * E * H, H].map((k) => new Float64Array(k));
  for (let i = 0; i < n * H; i++) {
    const [row, h] = [Math.floor(i / H), i % H];
    out[i] = b[h];
    gradB[h] += g[i];
    for (let j = 0; j < P * E; j++) {
      const c = ids[row * P + Math.floor(j / E)] * E + (j % E);
      out[i] += C[c] * W[j * H + h];
      gradC[c] += g[i] * W[j * H + h];
      gradW[j * H + h] += g[i] * C[c];
    }
  }
  return [out, gradC, gradW, gradB];
}

/** Root of the sum of squares. */
const error = (x: Tensor, exact: Float64Array): number =>
  Math.hypot(...x.toTypedArray().map((value, i) => value - exact[i]));
const largest = (x: Tensor): number => x.abs().max().item();

describe.each(["native", "wasm", "reference"] as const)(
  "embeddingLinear on the %s backend",
  (name) => {
    it.each<Sizes>([
      { n: 32, P: 3, V: 27, E: 10, H: 200 },
      { n: 256, P: 3, V: 27, E: 10, H: 200 },
      { n: 40, P: 5, V: 500, E: 30, H: 60 },
      { n: 1, P: 1, V: 1, E: 1, H: 1 },
    ])("is the long product to rounding: $n, $P of $V, $E x $H", (sizes) => {
      setBackend(name);
      const [got, want] = [folded, plain].map((layer) => all(layer, sizes));
      const exact = exactly(sizes);
      for (const [i, x] of got.entries()) {
        expect(x.shape).toEqual(want[i].shape);
        expect(largest(x.sub(want[i]))).toBeLessThanOrEqual(2e-6 * largest(want[i]));
        // Shorter sums: it errs less.
        expect(error(x, exact[i])).toBeLessThanOrEqual(error(want[i], exact[i]));
      }
    });

    it("reads tokens and parameters in any layout", () => {
      setBackend(name);
      const { tokens, leaves } = operands({ n: 6, P: 2, V: 5, E: 3, H: 4 });
      const across = (x: Tensor) => x.detach().t().contiguous().t();
      const [C, W, b] = leaves;
      const views = embeddingLinear(across(tokens), across(C), across(W), b, "tanh");
      expect(views.toArray()).toEqual(embeddingLinear(tokens, C, W, b, "tanh").toArray());
      expect(views.toArray()).toEqual(embeddingLinear(tokens, C, W, b).tanh().toArray());
    });

    it("gives gradients to what asks for them", () => {
      setBackend(name);
      const sizes = { n: 6, P: 2, V: 5, E: 3, H: 4 };
      const whole = all(folded, sizes);
      for (const alone of [0, 1, 2]) {
        const { tokens, leaves, upstream } = operands(sizes);
        for (const [i, x] of leaves.entries()) x.requiresGrad = i === alone;
        folded(tokens, leaves).mul(upstream).sum().backward();
        expect(leaves.map((x) => x.grad !== null)).toEqual([0, 1, 2].map((i) => i === alone));
        expect(leaves[alone].grad?.toArray()).toEqual(whole[alone + 1].toArray());
      }
    });

    it("has the same bits when a step is replayed, and names an unknown token there", () => {
      setBackend(name);
      const sizes = { n: 6, P: 2, V: 5, E: 3, H: 4 };
      const [, ...gradients] = all(folded, sizes);
      const { tokens, leaves, upstream } = operands(sizes);
      const ids = zeros([6, 2]).int();
      const step = compile(
        () => {
          for (const x of leaves) x.grad = null;
          const loss = folded(ids, leaves).mul(upstream).sum();
          loss.backward();
          return loss;
        },
        { inputs: [ids] },
      );
      step.run(3, () => ids.copy_(tokens));
      expect(leaves.map((x) => x.grad?.toArray())).toEqual(gradients.map((x) => x.toArray()));
      expect(() => step.run(1, () => ids.fill_(5))).toThrow(
        new IndexError("embedding", 5, 5, "token 5 is out of range 0..4"),
      );
    });

    it("notices that what its gradients need was changed", () => {
      setBackend(name);
      const { tokens, leaves } = operands({ n: 6, P: 2, V: 5, E: 3, H: 4 });
      const out = folded(tokens, leaves).sum();
      leaves[1].data.mul_(2);
      expect(() => out.backward()).toThrow(AutogradError);
    });
  },
);

describe("embeddingLinear refuses", () => {
  const ids = tensor([[0, 1]], { dtype: "int32" });
  const [C, W, b] = [zeros([3, 2]), zeros([4, 5]), zeros([5])];

  it.each<[string, Tensor[], new (...args: never[]) => Error, RegExp]>([
    [
      "a token beyond the table",
      [ids.add(2), C, W, b],
      IndexError,
      /token 3 is out of range 0\.\.2/,
    ],
    ["a token below 0", [ids.sub(1), C, W, b], IndexError, /token -1 is out of range 0\.\.2/],
    ["tokens of float32", [ids.float(), C, W, b], ValueError, /expected int32 tokens, got float32/],
    ["a table of int32", [ids, C.int(), W, b], ValueError, /expected float32 operands, got int32/],
    [
      "other weights",
      [ids, C, zeros([5, 5]), b],
      ShapeError,
      /\[1, 2\], \[3, 2\], \[5, 5\], \[5\]/,
    ],
    ["another bias", [ids, C, W, zeros([4])], ShapeError, /bias \[H\], got .*\[4\]/],
    ["a list of tokens", [ids.view([2]), C, W, b], ShapeError, /expected tokens \[n, P\]/],
    ["no positions", [zeros([2, 0]).int(), C, zeros([0, 5]), b], ShapeError, /expected tokens/],
  ])("%s", (_, [tokens, table, weight, bias], type, message) => {
    const call = () => embeddingLinear(tokens, table, weight, bias);
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });

  it("an unknown activation", () => {
    expect(() => embeddingLinear(ids, C, W, b, "relu" as "tanh")).toThrow(
      'embeddingLinear: expected none or tanh as activation, got "relu"',
    );
  });
});
