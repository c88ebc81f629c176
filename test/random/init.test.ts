import { expect, test } from "vitest";
import {
  calculateGain,
  Generator,
  initEmbedding,
  initLinear,
  kaimingNormal,
  kaimingUniform,
  xavierNormal,
  xavierUniform,
} from "../../lib/random/index.js";
import { expectSameBits, type InitRecord, vectors } from "./vectors.js";

/**
 * Linear and Embedding layers in the order of construction: name, inputs and outputs (or rows and
 * columns).
 */
const SEQUENTIAL = [
  ["0", 27, 2],
  ["2", 6, 10],
  ["4", 10, 27],
] as const;

function compare(record: InitRecord): void {
  const g = new Generator(record.seed);
  const { fn, shape, kwargs } = record;
  const fresh = (): Float32Array => new Float32Array(shape.reduce((product, n) => product * n, 1));
  if (fn === "kaiming_uniform_")
    expectSameBits(kaimingUniform(fresh(), shape, g, kwargs), record.out);
  else if (fn === "kaiming_normal_")
    expectSameBits(kaimingNormal(fresh(), shape, g, kwargs), record.out);
  else if (fn === "xavier_uniform_")
    expectSameBits(xavierUniform(fresh(), shape, g, kwargs.gain), record.out);
  else if (fn === "xavier_normal_")
    expectSameBits(xavierNormal(fresh(), shape, g, kwargs.gain), record.out);
  else if (fn === "nn.Linear") {
    const weight = new Float32Array(record.in_features * record.out_features);
    const bias = new Float32Array(record.out_features);
    initLinear(weight, bias, record.in_features, record.out_features, g);
    expectSameBits(weight, record.weight);
    expectSameBits(bias, record.bias);
  } else if (fn === "nn.Embedding") {
    const weight = new Float32Array(record.num_embeddings * record.embedding_dim);
    initEmbedding(
      weight,
      record.num_embeddings,
      record.embedding_dim,
      g,
      record.padding_idx ?? undefined,
    );
    expectSameBits(weight, record.weight);
  } else {
    expect(fn).toBe("nn.Sequential(Embedding(27,2),Flatten,Linear(6,10),Tanh,Linear(10,27))");
    for (const [name, rows, cols] of SEQUENTIAL) {
      const weight = new Float32Array(rows * cols);
      const bias = new Float32Array(cols);
      if (name === "0") initEmbedding(weight, rows, cols, g);
      else {
        initLinear(weight, bias, rows, cols, g);
        expectSameBits(bias, record.parameters[`${name}.bias`]);
      }
      expectSameBits(weight, record.parameters[`${name}.weight`]);
    }
  }
}

test("nn.init, nn.Linear, nn.Embedding and a network of them: 54 records", () => {
  expect(vectors.init.length).toBe(54);
  for (const record of vectors.init) compare(record);
});

test("gains", () => {
  expect(calculateGain("linear")).toBe(1);
  expect(calculateGain("sigmoid")).toBe(1);
  expect(calculateGain("tanh")).toBe(5 / 3);
  expect(calculateGain("relu")).toBe(Math.SQRT2);
  expect(calculateGain("leaky_relu")).toBeCloseTo(1.4141428569978354, 15);
  expect(calculateGain("selu")).toBe(0.75);
});

test("a convolution's fans count its receptive field", () => {
  const weight = kaimingNormal(new Float32Array(4 * 2 * 9), [4, 2, 3, 3], new Generator(1), {
    nonlinearity: "linear",
  });
  expect(weight).toEqual(new Generator(1).normal(new Float32Array(72), 0, 1 / Math.sqrt(18)));
});

test("arrays that do not fit the shape are refused", () => {
  const g = new Generator(1);
  expect(() => kaimingUniform(new Float32Array(5), [2, 3], g)).toThrow(
    "shape [2, 3] has 6 elements, but the array has 5",
  );
  expect(() => xavierNormal(new Float32Array(5), [5], g)).toThrow(
    "need at least 2 dimensions, but got [5]",
  );
  expect(() => initLinear(new Float32Array(6), new Float32Array(3), 3, 2, g)).toThrow(
    "expected 2 biases, but got 3",
  );
  expect(() => initEmbedding(new Float32Array(6), 3, 3, g)).toThrow(
    "shape [3, 3] has 9 elements, not 6",
  );
  expect(() => initEmbedding(new Float32Array(6), 3, 2, g, 3)).toThrow(
    "paddingIndex must lie within 0 .. 2, but got 3",
  );
  expect(g.getState()).toEqual(new Generator(1).getState());
});
