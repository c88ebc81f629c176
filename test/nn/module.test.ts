/** Modules: what they find in themselves, and what they save and load. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  AutogradError,
  Bigram,
  buffer,
  Dropout,
  encodeSafetensors,
  equal,
  Generator,
  Linear,
  MLP,
  Module,
  ones,
  parameter,
  randn,
  readSafetensors,
  Sequential,
  SGD,
  ShapeError,
  Tanh,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "../../lib/index.js";

const generator = () => new Generator(1);

class Net extends Module {
  readonly layers = [new Linear(2, 3, { generator: generator() }), new Tanh()];
  readonly first = new Sequential(new Linear(3, 2, { generator: generator(), bias: false }));
  readonly W = parameter(randn([2, 2], { generator: generator() }));
  readonly mean = buffer(zeros([2]));
  readonly b = parameter(ones([2]));
  /** neither: only used */
  readonly ramp = tensor([1, 2]);

  forward(x: Tensor): Tensor {
    for (const layer of this.layers) x = layer.forward(x);
    return this.first.forward(x).matmul(this.W).add(this.b).mul(this.ramp).sub(this.mean);
  }
}

const numbers = (module: Module) =>
  Object.entries(module.stateDict()).map(([name, t]) => [name, t.toArray()]);

describe("parameters", () => {
  it("are found in the order of definition, a module's own before those of its parts", () => {
    const net = new Net();
    const names = ["W", "b", "layers.0.weight", "layers.0.bias", "first.0.weight"];
    expect(Object.keys(net.namedParameters())).toEqual(names);
    expect(net.parameters()).toEqual(Object.values(net.namedParameters()));
    expect(net.parameters()[0]).toBe(net.W);
    expect(net.parameters().every((p) => p.requiresGrad)).toBe(true);
    expect(Object.keys(net.stateDict())).toEqual(["W", "b", "mean", ...names.slice(2)]);
  });

  it("that two modules share come once, and are saved under both names", () => {
    class Tied extends Module {
      readonly embed = new Linear(2, 2, { generator: generator(), bias: false });
      readonly weight = this.embed.weight;
      forward = (x: Tensor): Tensor => this.embed.forward(x);
    }
    const tied = new Tied();
    expect(Object.keys(tied.namedParameters())).toEqual(["weight"]);
    expect(Object.keys(tied.stateDict())).toEqual(["weight", "embed.weight"]);
    expect(() => new SGD(tied.parameters(), 0.1)).not.toThrow();
  });

  it("stay parameters where they are frozen", () => {
    const net = new Net();
    net.W.requiresGrad = false;
    expect(net.parameters()).toContain(net.W);
    net
      .forward(ones([1, 2]))
      .sum()
      .backward();
    expect([net.W.grad, net.b.grad?.toArray()]).toEqual([null, [1, 2]]);
  });

  it("that are none are refused, not left out", () => {
    class Forgotten extends Module {
      readonly W = zeros([2]);
      forward = (x: Tensor): Tensor => x.mul(this.W);
    }
    const forgotten = new Forgotten();
    expect(forgotten.parameters()).toEqual([]);
    forgotten.W.requiresGrad = true;
    const message =
      "Forgotten: W requires a gradient but is no parameter; make it one with parameter()";
    for (const ask of [() => forgotten.parameters(), () => forgotten.stateDict()])
      expect(ask).toThrow(new ValueError(message));
  });

  it("are leaves with memory of their own", () => {
    const result = parameter(ones([2])).mul(2);
    expect(() => parameter(result)).toThrow(AutogradError);
    expect(() => parameter(zeros([2], "int32"))).toThrow("parameter: expected float32, got int32");
    expect(() => parameter(zeros([1]).expand([3]))).toThrow(ShapeError);
    expect(() => buffer(parameter(ones([2])))).toThrow(AutogradError);
    expect(() => parameter("C" as unknown as Tensor)).toThrow("parameter: expected a tensor");
  });

  it("are found in arrays of arrays, also in one that contains itself", () => {
    class Grid extends Module {
      readonly rows = [
        [new Linear(1, 1, { bias: false })],
        [[new Dropout()], [parameter(ones([2]))]],
      ];
      forward = (x: Tensor): Tensor => x;
    }
    const grid = new Grid();
    const circle: unknown[] = grid.rows;
    circle.push(circle);
    expect(Object.keys(grid.namedParameters())).toEqual(["rows.1.1.0", "rows.0.0.weight"]);
    expect(
      grid
        .eval()
        .modules()
        .map((m) => m.training),
    ).toEqual([false, false, false]);
  });

  it("are refused where one name stands for two", () => {
    class Doubled extends Module {
      readonly "a.weight" = parameter(zeros([1]));
      readonly a = new Linear(1, 1);
      forward = (x: Tensor): Tensor => x;
    }
    const message =
      'Doubled: two parameters or buffers have the name "a.weight"; rename a property that ' +
      "has a dot in its name";
    for (const ask of ["parameters", "stateDict"] as const)
      expect(() => new Doubled()[ask]()).toThrow(new ValueError(message));
  });

  it("are not looked for in a circle", () => {
    class Circle extends Module {
      readonly parts: Module[] = [];
      forward = (x: Tensor): Tensor => x;
    }
    const [a, b] = [new Circle(), new Circle()];
    a.parts.push(b);
    b.parts.push(a);
    expect(a.modules()).toEqual([a, b]);
    expect(() => a.parameters()).toThrow("Circle: a module cannot contain itself");
  });
});

it("training and evaluation are told to every module within", () => {
  const net = new Sequential(new Linear(2, 2), new Sequential(new Dropout(), new Tanh()));
  const modes = () => net.modules().map((m) => m.training);
  expect(net.modules()).toHaveLength(5);
  expect(modes()).toEqual([true, true, true, true, true]);
  expect(net.eval()).toBe(net);
  expect(modes()).toEqual([false, false, false, false, false]);
  net.train();
  expect(modes()).toEqual([true, true, true, true, true]);
  expect(() => net.train("no" as unknown as boolean)).toThrow(ValueError);
});

describe("a state dict", () => {
  it("is the module's own memory, without the tape", () => {
    const net = new Net();
    const { W, b } = net.stateDict();
    expect([W.requiresGrad, W === net.W]).toEqual([false, false]);
    W.mul_(0);
    b.copy_(tensor([3, 4]));
    expect([net.W.toArray(), net.b.toArray()]).toEqual([
      [
        [0, 0],
        [0, 0],
      ],
      [3, 4],
    ]);
  });

  it("makes another module the same, through a file", () => {
    const [net, other] = [new Net(), new Net()];
    for (const p of [...net.parameters(), net.mean]) p.data.add_(0.5);
    const file = join(tmpdir(), `mm-nn-${process.pid}.safetensors`);
    writeFileSync(file, encodeSafetensors(net.stateDict()));
    try {
      expect(readFileSync(file).includes('"layers.0.weight"')).toBe(true);
      expect(other.loadStateDict(readSafetensors(file))).toEqual({ missing: [], unexpected: [] });
    } finally {
      rmSync(file);
    }
    expect(numbers(other)).toEqual(numbers(net));
    expect(other.W.requiresGrad).toBe(true);
    expect(equal(other.forward(ones([1, 2])), net.forward(ones([1, 2])))).toBe(true);
  });

  it("is taken from parameters too", () => {
    const [net, other] = [new Net(), new Net()];
    net.W.data.mul_(2);
    other.loadStateDict({ ...net.stateDict(), ...net.namedParameters() });
    expect(other.W.toArray()).toEqual(net.W.toArray());
    expect(other.W.node).toBeNull();
  });

  it("that does not fit is refused with all that is wrong, and nothing is changed", () => {
    const net = new Net();
    const before = numbers(net);
    const { b, mean, ...rest } = new Net().stateDict();
    expect([b, mean].every((t) => t.numel === 2)).toBe(true);
    const state = {
      ...rest,
      W: zeros([2, 2]),
      "first.0.weight": zeros([3, 2]),
      "layers.0.bias": zeros([3], "int32"),
      "head.weight": zeros([1]),
    };
    const wrong =
      '"layers.0.bias": expected float32 [3], got int32 [3]; "first.0.weight": expected ' +
      "float32 [2, 3], got float32 [3, 2]";
    expect(() => net.loadStateDict(state)).toThrow(
      new ValueError(`loadStateDict: Net: missing "b", "mean"; unexpected "head.weight"; ${wrong}`),
    );
    // As in PyTorch, what both have must fit also where it is not strict.
    expect(() => net.loadStateDict(state, { strict: false })).toThrow(
      new ValueError(`loadStateDict: Net: ${wrong}`),
    );
    expect(() => net.loadStateDict({ ...rest, b, mean: 3 as unknown as Tensor })).toThrow(
      'loadStateDict: Net: "mean": expected float32 [2], got 3',
    );
    expect(() => net.loadStateDict(rest, { strikt: false } as never)).toThrow(
      'loadStateDict: options: unknown option "strikt"; there is strict',
    );
    expect(numbers(net)).toEqual(before);
  });

  it("may be a part of it where it is not strict", () => {
    const net = new Net();
    const got = net.loadStateDict({ W: zeros([2, 2]), x: zeros([1]) }, { strict: false });
    expect(got).toEqual({
      missing: ["b", "mean", "layers.0.weight", "layers.0.bias", "first.0.weight"],
      unexpected: ["x"],
    });
    expect(net.W.toTypedArray()).toEqual(new Float32Array(4));
    expect(net.b.toArray()).toEqual([1, 1]);
  });

  it("of many names that are wrong is told in one line", () => {
    const state = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`w${i}`, zeros([1])]));
    expect(() => new Tanh().loadStateDict(state)).toThrow(
      'loadStateDict: Tanh: unexpected "w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7" and 22 more',
    );
  });

  it("of the lecture's models has the names of their files", () => {
    const shape = { vocabularySize: 5, blockSize: 2, embedding: 3, hidden: 4 };
    const mlp = MLP.create(shape, generator());
    expect(Object.keys(mlp.stateDict())).toEqual(["C", "W1", "b1", "W2", "b2"]);
    expect(mlp.parameters()).toEqual([mlp.C, mlp.W1, mlp.b1, mlp.W2, mlp.b2]);
    expect(Object.keys(Bigram.create(3, generator()).stateDict())).toEqual(["W"]);
    const other = MLP.create(shape, new Generator(2));
    other.loadStateDict(mlp.stateDict());
    expect(numbers(other)).toEqual(numbers(mlp));
  });
});
