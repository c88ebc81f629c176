/** The layers: PyTorch's numbers, shapes and mistakes. */
import { describe, expect, it } from "vitest";
import {
  BatchNorm1d,
  buffer,
  compile,
  Dropout,
  Embedding,
  equal,
  Flatten,
  full,
  Generator,
  IndexError,
  Linear,
  manualSeed,
  Module,
  ones,
  parameter,
  randn,
  Sequential,
  SGD,
  ShapeError,
  type StateDict,
  Tanh,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "../../lib/index.js";
import { expectSameBits, type InitRecord, vectors } from "../random/vectors.js";
import { load, numbers, type TensorRecord } from "../reference/records.js";

const reference = load<{
  parameters: string[];
  first: Record<string, TensorRecord>;
  losses: number[];
  last: Record<string, TensorRecord>;
  evaluated: number;
  cube: { x: TensorRecord; out: TensorRecord };
}>("nn.json");

/** The one of test/reference/nn.py. */
class Net extends Module {
  readonly embed = new Embedding(27, 4);
  readonly body = new Sequential(
    new Flatten(),
    new Linear(12, 8, { bias: false }),
    new BatchNorm1d(8),
    new Tanh(),
    new Dropout(0.25),
  );
  readonly scale = parameter(ones([8]));
  readonly heads = [new Linear(8, 27), new Linear(8, 27)] as const;
  readonly shift = buffer(full([27], 0.5));

  forward(x: Tensor): Tensor {
    const h = this.body.forward(this.embed.forward(x)).mul(this.scale);
    return this.heads[0].forward(h).add(this.heads[1].forward(h)).add(this.shift);
  }
}
const X = tensor(
  Int32Array.from({ length: 81 }, (_, i) => i % 27),
  { shape: [27, 3] },
);
const Y = tensor(Int32Array.from({ length: 27 }, (_, i) => (i * 5) % 27));

function expectClose(state: StateDict, want: Record<string, TensorRecord>, within: number): void {
  expect(Object.keys(state)).toEqual(Object.keys(want));
  for (const [name, t] of Object.entries(state)) {
    expect(t.shape).toEqual(want[name].shape);
    const [got, wanted] = [[...t.toTypedArray()], numbers(want[name]).map(Math.fround)];
    const scale = Math.max(...wanted.map(Math.abs));
    for (const [i, x] of got.entries())
      expect(Math.abs(x - wanted[i]), name).toBeLessThanOrEqual(within * scale);
  }
}

describe("a network of all layers", () => {
  it("has PyTorch's names, and begins with its bits from the same seed", () => {
    manualSeed(7);
    const net = new Net();
    expect(Object.keys(net.namedParameters())).toEqual(reference.parameters);
    expectClose(net.stateDict(), reference.first, 0);
  });

  it.each([false, true])("trains as in PyTorch; compiled: %s", (compiled) => {
    manualSeed(7);
    const net = new Net();
    const dropout = net.body[4] as Dropout;
    const optimizer = new SGD(net.parameters(), 0.1);
    const step = () => {
      const loss = net.forward(X).crossEntropy(Y);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.update();
      return loss;
    };
    const written = (n: number) =>
      Array.from({ length: n }, () => {
        optimizer.prepare();
        return step().item();
      });
    const { length } = reference.losses;
    const first = written(compiled ? 1 : length);
    const inputs = [optimizer.scalars, dropout.mask as Tensor];
    const rest = compile(step, { inputs }).run(length - first.length, () => {
      optimizer.prepare();
      dropout.draw();
    });
    const losses = [...first, ...rest];
    for (const [i, loss] of losses.entries())
      expect(Math.abs(loss / reference.losses[i] - 1)).toBeLessThan(2e-6);
    expectClose(net.stateDict(), reference.last, 1e-4);
    expect(net.eval().forward(X).crossEntropy(Y).item()).toBeCloseTo(reference.evaluated, 5);
  });
});

describe("Linear", () => {
  const records = vectors.init.filter(({ fn }) => fn === "nn.Linear");
  it.each(records)("draws PyTorch's numbers: $in_features to $out_features", (record) => {
    const layer = new Linear(record.in_features, record.out_features, {
      generator: new Generator(record.seed),
    });
    expectSameBits(layer.weight.toTypedArray() as Float32Array, record.weight);
    expectSameBits(layer.bias?.toTypedArray() as Float32Array, record.bias);
    layer.resetParameters({ generator: new Generator(record.seed) });
    expectSameBits(layer.weight.toTypedArray() as Float32Array, record.weight);
  });

  it("takes any leading dimensions", () => {
    manualSeed(3);
    const layer = new Linear(5, 4);
    const x = randn([2, 3, 5]);
    expect([...x.toTypedArray()]).toEqual(numbers(reference.cube.x).map(Math.fround));
    expectClose({ out: layer.forward(x) }, { out: reference.cube.out }, 1e-6);
    const rows = layer.forward(x.view([6, 5]));
    expect(equal(rows.view([2, 3, 4]), layer.forward(x))).toBe(true);
    expect(layer.forward(x.index(0, 0)).shape).toEqual([4]);
  });

  it("names what is wrong", () => {
    expect(() => new Linear(0, 3)).toThrow("Linear: inFeatures: expected a whole number of 1");
    expect(() => new Linear(3, 4, { bais: false } as never)).toThrow(
      'Linear: options: unknown option "bais"; there are bias, generator',
    );
    expect(() => new Linear(3, 4, new Generator(1) as never)).toThrow(
      "Linear: options: expected an object { bias, generator }, got one of class Generator",
    );
    expect(() => new Linear(3, 4, { generator: 1 } as never)).toThrow("Linear: generator");
    expect(() => new Linear(3, 4).forward(ones([2, 5]))).toThrow(ShapeError);
    expect(() => new Linear(2 ** 20, 2 ** 20)).toThrow(ShapeError);
  });

  it("changes behind no gradient's back", () => {
    const layer = new Linear(2, 2, { generator: new Generator(1) });
    const loss = layer.forward(parameter(ones([1, 2]))).sum();
    layer.resetParameters();
    expect(() => loss.backward()).toThrow(/changed/);
  });
});

describe("Embedding", () => {
  const records = vectors.init.filter(
    ({ fn, padding_idx }) => fn === "nn.Embedding" && padding_idx === null,
  );
  it.each(records)("draws PyTorch's numbers: $num_embeddings x $embedding_dim", (record) => {
    const { num_embeddings: n, embedding_dim: dim, seed } = record;
    const { weight } = new Embedding(n, dim, { generator: new Generator(seed) });
    expectSameBits(weight.toTypedArray() as Float32Array, record.weight);
  });

  it("looks rows up, of any shape", () => {
    const layer = new Embedding(5, 2);
    expect(layer.forward(zeros([3, 4], "int32")).shape).toEqual([3, 4, 2]);
    expect(layer.forward(tensor([4, 0], { dtype: "int32" })).toArray()).toEqual([
      layer.weight.index(4).toArray(),
      layer.weight.index(0).toArray(),
    ]);
    expect(() => layer.forward(tensor([5], { dtype: "int32" }))).toThrow(IndexError);
    expect(() => layer.forward(ones([2]))).toThrow("embedding: expected int32 tokens, got float32");
    expect(() => layer.forward([0, 2] as unknown as Tensor)).toThrow(ValueError);
  });
});

describe("Sequential", () => {
  it("draws in PyTorch's order, and has its names", () => {
    const [record] = vectors.init.filter(({ fn }) => fn.startsWith("nn.Sequential")) as [
      InitRecord,
    ];
    const generator = new Generator(record.seed);
    const net = new Sequential(
      new Embedding(27, 2, { generator }),
      new Flatten(),
      new Linear(6, 10, { generator }),
      new Tanh(),
      new Linear(10, 27, { generator }),
    );
    const state = net.stateDict();
    expect(Object.keys(state)).toEqual(Object.keys(record.parameters));
    for (const [name, t] of Object.entries(state))
      expectSameBits(t.toTypedArray() as Float32Array, record.parameters[name]);
    expect([net.length, net[1] instanceof Flatten]).toEqual([5, true]);
    const h = net[0].forward(X).view([27, 6]);
    const want = net[4].forward(net[2].forward(h).tanh());
    expect(equal(net.forward(X), want)).toBe(true);
  });

  it("of nothing is the identity, of what is no module an error", () => {
    const x = ones([2]);
    expect(new Sequential().forward(x)).toBe(x);
    expect(() => new Sequential(new Tanh(), 3 as never)).toThrow(
      "Sequential: modules[1]: expected a Module, got 3",
    );
  });
});

describe("Flatten", () => {
  it("joins dimensions", () => {
    const x = zeros([2, 3, 4, 5]);
    expect(new Flatten().forward(x).shape).toEqual([2, 60]);
    expect(new Flatten(0, 1).forward(x).shape).toEqual([6, 4, 5]);
    expect(() => new Flatten(4).forward(x)).toThrow(IndexError);
  });
});

describe("BatchNorm1d", () => {
  const x = tensor([
    [1, 10],
    [3, 20],
    [8, 60],
  ]);

  it("gives each feature mean 0 and variance 1 in training, and keeps running ones", () => {
    const layer = new BatchNorm1d(2, { eps: 0, momentum: 0.5 });
    const out = layer.forward(x);
    for (const column of [0, 1]) {
      const values = [...out.select(1, column).toTypedArray()];
      expect(values.reduce((a, b) => a + b)).toBeCloseTo(0, 6);
      expect(values.reduce((a, b) => a + b * b, 0) / 3).toBeCloseTo(1, 6);
    }
    expect(layer.running_mean.toArray()).toEqual([2, 15]);
    // Unbiased: 26 / 2 and 1400 / 2, halves of them and of 1.
    expect(layer.running_var.toArray()).toEqual([7, 350.5]);
    expect(layer.parameters()).toEqual([layer.weight, layer.bias]);
  });

  it("uses them in evaluation, and leaves them alone", () => {
    const layer = new BatchNorm1d(2, { eps: 0 });
    layer.running_mean.copy_(tensor([1, 20]));
    layer.running_var.copy_(tensor([4, 100]));
    layer.eval();
    expect(layer.forward(x.index([0, 1])).toArray()).toEqual([[0, -1]]);
    expect(layer.running_mean.toArray()).toEqual([1, 20]);
  });

  it("needs two examples in training", () => {
    const layer = new BatchNorm1d(2);
    expect(() => layer.forward(ones([1, 2]))).toThrow(
      "BatchNorm1d: expected [n, 2] with n of 2 or more in training, got [1, 2]",
    );
    expect(layer.eval().forward(ones([1, 2])).shape).toEqual([1, 2]);
    expect(() => layer.forward(ones([2, 3]))).toThrow(ShapeError);
    expect(() => new BatchNorm1d(2, { momentum: 2 })).toThrow(ValueError);
  });
});

it("layers compute in memory of their own", () => {
  const x = ones([2, 2]);
  for (const layer of [new Linear(2, 2), new Tanh(), new BatchNorm1d(2), new Dropout()])
    layer.forward(x);
  expect(x.toArray()).toEqual([
    [1, 1],
    [1, 1],
  ]);
});

it("a recorded step refuses by their names what draws numbers", () => {
  const linear = new Linear(2, 2);
  const dropout = new Dropout();
  dropout.forward(ones([2]));
  const asked = (draw: () => void) =>
    compile(() => {
      draw();
      return linear.weight.sum();
    });
  const refused = "a recorded step cannot read or make numbers in JavaScript";
  for (const [draw, name] of [
    [() => linear.resetParameters(), "resetParameters"],
    [() => dropout.draw(), "Dropout.draw"],
  ] as const)
    expect(() => asked(draw).run()).toThrow(`${name}: ${refused}`);
});
