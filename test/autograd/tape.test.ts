/**
 * The tape's promises: what backward() adds, releases and refuses, and whose memory gradients are
 * in.
 */
import { describe, expect, it } from "vitest";
import {
  AutogradError,
  Dropout,
  Generator,
  linear,
  linearCrossEntropy,
  noGrad,
  ones,
  randn,
  SGD,
  type Tensor,
  tensor,
  zeros,
} from "../../lib/index.js";
import { record, saveOutput } from "../../lib/tensor/tape.js";
import { type Expression, numbers, ours, type Shape, toTensor } from "../tensor/support.js";

/** The gradient as nested arrays. */
const gradOf = (x: Tensor): unknown => x.grad?.toArray();

const parameter = (value: Parameters<typeof tensor>[0]): Tensor => {
  const x = tensor(value);
  x.requiresGrad = true;
  return x;
};

describe("the tape", () => {
  it("has no place for an operation that forgets what its rule reads", () => {
    const x = tensor([1, 2]);
    const y = x.tanh();
    noGrad(() => {
      expect(record("neg", y, [x])).toBe(y);
      expect(record("tanh", y, [x], saveOutput)).toBe(y);
      // @ts-expect-error: tanh saves its output
      expect(record("tanh", y, [x])).toBe(y);
      // @ts-expect-error: not under another name
      expect(record("tanh", y, [x], () => ({ y }))).toBe(y);
      // @ts-expect-error: a quotient saves both
      expect(record("div", y, [x, x], ([a]) => ({ a }))).toBe(y);
    });
  });

  it("adds the gradients of two backward passes", () => {
    const x = parameter([1, 2]);
    x.mul(3).sum().backward();
    x.mul(x).sum().backward();
    expect(gradOf(x)).toEqual([5, 7]);
  });

  it("starts anew after grad is set to null", () => {
    const x = parameter([1, 2]);
    x.mul(3).sum().backward();
    x.grad = null;
    x.mul(4).sum().backward();
    expect(gradOf(x)).toEqual([4, 4]);
  });

  it("serves several backward passes with retainGraph, and then is released", () => {
    const x = parameter([1, 2]);
    const y = x.mul(x).sum();
    y.backward(undefined, { retainGraph: true });
    y.backward(undefined, { retainGraph: true });
    y.backward();
    expect(gradOf(x)).toEqual([6, 12]);
    expect(() => y.backward()).toThrow(AutogradError);
    expect(() => y.backward()).toThrow("retainGraph");
  });

  it("refuses a second pass through a shared part that was released", () => {
    const x = parameter([1, 2]);
    const h = x.tanh();
    h.sum().backward();
    expect(() => h.mul(2).sum().backward()).toThrow(AutogradError);
  });

  it("shares a retained part between two losses", () => {
    const x = parameter([0.5]);
    const h = x.mul(2);
    h.sum().backward(undefined, { retainGraph: true });
    h.mul(3).sum().backward();
    expect(gradOf(x)).toEqual([8]);
  });

  it("is not written under noGrad, which ends with an exception too and may be nested", () => {
    const x = parameter([1]);
    const inside = noGrad(() => noGrad(() => x.mul(2)) && x.mul(3));
    expect(inside.requiresGrad).toBe(false);
    expect(() => inside.sum().backward()).toThrow(AutogradError);
    expect(() =>
      noGrad(() => {
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(x.mul(2).requiresGrad).toBe(true);
  });

  it("is not reached through detach and data", () => {
    const x = parameter([1, 2]);
    x.mul(x.detach()).add(x.data).sum().backward();
    expect(gradOf(x)).toEqual([1, 2]);
  });

  it("leaves tensors that need no gradient alone", () => {
    const [x, constant] = [parameter([1, 2]), tensor([3, 4])];
    const y = x.mul(constant);
    y.sum().backward();
    expect(constant.grad).toBeNull();
    expect(y.grad).toBeNull();
    expect(gradOf(x)).toEqual([3, 4]);
  });

  it("does not reach a part of the graph that has no gradient", () => {
    const [x, unused] = [parameter([1]), parameter([2])];
    unused.mul(2);
    x.mul(2).sum().backward();
    expect(unused.grad).toBeNull();
  });

  it("has no limit of depth", () => {
    const x = parameter([1]);
    let y: Tensor = x;
    for (let i = 0; i < 20_000; i++) y = y.add(1);
    y.backward(ones([1]));
    expect(gradOf(x)).toEqual([1]);
  });

  it("visits a node once however many paths lead to it", () => {
    const x = parameter([1]);
    let y: Tensor = x;
    for (let i = 0; i < 40; i++) y = y.add(y); // 2^40 paths
    y.sum().backward();
    expect(gradOf(x)).toEqual([2 ** 40]);
  });

  it("takes a leaf as the root, and adds the gradient given", () => {
    const x = parameter([1, 2]);
    x.backward(tensor([3, 4]));
    x.backward(tensor([3, 4]));
    expect(gradOf(x)).toEqual([6, 8]);
  });

  it("refuses int32 tensors as parameters", () => {
    const ids = tensor([1, 2], { dtype: "int32" });
    expect(() => {
      ids.requiresGrad = true;
    }).toThrow(AutogradError);
  });

  it("refuses to change requiresGrad of a result", () => {
    const y = parameter([1]).mul(2);
    expect(() => {
      y.requiresGrad = false;
    }).toThrow(AutogradError);
  });

  it("refuses a gradient of int32, whose bits are no float32", () => {
    const x = parameter([1, 2]);
    const ids = tensor([1, 1], { dtype: "int32" });
    for (const y of [x, x.add(1), x.tanh()]) expect(() => y.backward(ids)).toThrow("float32");
  });

  it("shares the gradient of the maximum among ties, gives it to the first along a dimension", () => {
    const x = parameter([
      [1, 3, 3],
      [3, 0, 0],
    ]);
    x.max().backward();
    expect(gradOf(x)).toEqual([
      [0, Math.fround(1 / 3), Math.fround(1 / 3)],
      [Math.fround(1 / 3), 0, 0],
    ]);
    x.grad = null;
    x.maxAlong(1).values.sum().backward();
    expect(gradOf(x)).toEqual([
      [0, 1, 0],
      [1, 0, 0],
    ]);
  });
});

describe("a tensor that a gradient needs, changed in place before it is used,", () => {
  const trained = (x: Tensor): Tensor => Object.assign(x, { requiresGrad: true });
  const ids = (...list: number[]): Tensor => tensor(list, { dtype: "int32" });
  const refused = /needs was changed in place after it was used/;

  it.each<[string, () => [Tensor, () => unknown]]>([
    [
      "a factor",
      () => {
        const a = tensor([3, 4]);
        return [trained(tensor([1, 2])).mul(a), () => a.mul_(100)];
      },
    ],
    [
      "a view of a factor",
      () => {
        const a = randn([2, 2]);
        return [trained(randn([2, 2])).matmul(a), () => a.select(0, 0).add_(1)];
      },
    ],
    [
      "a result",
      () => {
        const y = trained(tensor([1, 2])).exp();
        return [y, () => noGrad(() => y.detach().add_(1))];
      },
    ],
    [
      "ids of rows",
      () => {
        const ix = ids(0, 1);
        return [trained(randn([3, 2])).index(ix), () => ix.copy_(ids(1, 1))];
      },
    ],
    [
      "positions of maxima",
      () => {
        const { values, indices } = trained(randn([2, 3])).maxAlong(1);
        return [values, () => indices.copy_(ids(9, 9))];
      },
    ],
    [
      "targets",
      () => {
        const y = ids(0, 1);
        return [
          linearCrossEntropy(randn([2, 3]), trained(randn([3, 4])), randn([4]), y),
          () => y.copy_(ids(0, 99)),
        ];
      },
    ],
    [
      "a mask, drawn anew",
      () => {
        const d = new Dropout(0.5, { generator: new Generator(1) });
        d.forward(zeros([2]));
        return [
          trained(randn([2])).mul(d.mask as Tensor),
          () => {
            d.draw();
          },
        ];
      },
    ],
    [
      "a parameter, by an optimizer",
      () => {
        const w = trained(randn([2]));
        w.grad = tensor([1, 1]);
        return [w.mul(w), () => new SGD([w], 1).step()];
      },
    ],
  ])("%s, is missed", (_, make) => {
    const [y, change] = make();
    change();
    expect(() => y.sum().backward()).toThrow(refused);
  });

  it("is a gradient that was added to, by another pass or by this one", () => {
    const w = trained(tensor([3]));
    w.mul(w).sum().backward();
    const product = w.mul(w.grad as Tensor).sum();
    w.mul(2).sum().backward();
    expect(() => product.backward()).toThrow(refused);
    expect(() =>
      w
        .mul(w.grad as Tensor)
        .add(w.mul(w.grad as Tensor))
        .sum()
        .backward(),
    ).toThrow(refused);
  });

  it("is none where the gradient needs other numbers", () => {
    const [w, a] = [trained(tensor([1, 2])), tensor([3, 4])];
    const y = w.mul(a).add(a).sum();
    noGrad(() => w.add_(1)); // the gradient of w needs a only
    const z = w.add(a).sum();
    a.add_(0);
    z.backward();
    expect(w.grad?.toArray()).toEqual([1, 1]);
    expect(() => y.backward()).toThrow(refused);
    const [x, weight, bias] = [randn([2, 3]), randn([3, 4]), trained(zeros([4]))];
    const layer = linear(x, weight, bias);
    x.mul_(2); // that of a bias needs neither factor
    layer.sum().backward();
    expect(bias.grad?.toArray()).toEqual([2, 2, 2, 2]);
  });

  it("is none where a factor is frozen between the passes", () => {
    const [a, b] = [trained(tensor([1, 2])), trained(tensor([3, 4]))];
    noGrad(() => b.add_(1));
    const y = a.mul(b).sum();
    a.requiresGrad = false;
    y.backward();
    expect([a.grad, b.grad?.toArray()]).toEqual([null, [1, 2]]);
  });
});

it("a tensor that required no gradient when it was used gets none", () => {
  const [w, a] = [parameter([2]), tensor([3])];
  const y = w.mul(a).sum();
  a.requiresGrad = true;
  y.backward();
  expect([gradOf(w), a.grad]).toEqual([[3], null]);
  const [x, weight] = [
    tensor([[1, 2]]),
    parameter([
      [1, 2],
      [3, 4],
    ]),
  ];
  const loss = linearCrossEntropy(x, weight, tensor([0, 0]), tensor([1], { dtype: "int32" }));
  x.requiresGrad = true;
  loss.backward();
  expect([x.grad, weight.grad?.shape]).toEqual([null, [2, 2]]);
});

it("a gradient given that lies across the one it is added to is read first", () => {
  const x = parameter([
    [0, 0],
    [0, 0],
  ]);
  x.backward(
    tensor([
      [1, 2],
      [3, 4],
    ]),
  );
  x.backward((x.grad as Tensor).t());
  expect(gradOf(x)).toEqual([
    [2, 5],
    [5, 8],
  ]);
  const y = parameter(Array.from({ length: 40 }, () => 0));
  y.grad = ones([40]);
  y.slice(0, 1, 40).backward(y.grad.slice(0, 0, 39));
  expect(gradOf(y)).toEqual([1, ...Array.from({ length: 39 }, () => 2)]);
});

it("a product of no matrices has gradients, of zeros", () => {
  const [a, b] = [randn([0, 3, 2]), randn([2, 4])].map((x) =>
    Object.assign(x, { requiresGrad: true }),
  );
  const [c, d] = [zeros([0, 1, 2]), zeros([1, 2, 5])].map((x) =>
    Object.assign(x, { requiresGrad: true }),
  );
  a.matmul(b).sum().backward();
  c.matmul(d).sum().backward();
  expect([a.grad?.shape, b.grad?.toArray(), c.grad?.shape, d.grad?.shape]).toEqual([
    [0, 3, 2],
    zeros([2, 4]).toArray(),
    [0, 1, 2],
    [1, 2, 5],
  ]);
});

it("the gradient of a maximum that is NaN goes to the NaN, as in PyTorch", () => {
  const x = parameter([1, Number.NaN, 3]);
  x.max().backward();
  expect(gradOf(x)).toEqual([0, 1, 0]);
});

describe("gradients share no memory", () => {
  /** Expressions whose rules hand a gradient on unchanged, or as a view of it. */
  const passers: Record<string, { inputs: Shape[]; f: Expression }> = {
    "a + b": {
      inputs: [
        [3, 4],
        [3, 4],
      ],
      f: ([a, b]) => a.add(b),
    },
    "a - b": {
      inputs: [
        [3, 4],
        [3, 4],
      ],
      f: ([a, b]) => a.sub(b),
    },
    "(a + b) + (a + c)": {
      inputs: [
        [3, 4],
        [3, 4],
        [3, 4],
      ],
      f: ([a, b, c]) => a.add(b).add(a.add(c)),
    },
    "a.view + b": { inputs: [[12], [3, 4]], f: ([a, b]) => a.view([3, 4]).add(b) },
    "a.t() + b.t()": {
      inputs: [
        [4, 3],
        [4, 3],
      ],
      f: ([a, b]) => a.t().add(b.t()),
    },
    "cat [a, b]": {
      inputs: [
        [1, 4],
        [2, 4],
      ],
      f: ([a, b], lib) => lib.cat([a, b], 0),
    },
    "stack [a, b]": { inputs: [[4], [4]], f: ([a, b], lib) => lib.stack([a, b]) },
    clones: {
      inputs: [
        [3, 4],
        [3, 4],
      ],
      f: ([a, b]) => a.clone().add(b.clone()),
    },
    expand: {
      inputs: [
        [3, 4],
        [3, 4],
      ],
      f: ([a, b]) => a.expand([3, 4]).add(b),
    },
    "row + matrix": {
      inputs: [
        [1, 4],
        [1, 4],
        [3, 4],
      ],
      f: ([a, b, c]) => a.add(b).add(c),
    },
    "sum of a + b": {
      inputs: [
        [3, 4],
        [3, 4],
      ],
      f: ([a, b]) => a.add(b).sum(),
    },
    "sum of scalars": { inputs: [[], []], f: ([a, b]) => a.sum().add(b.sum()) },
    linear: { inputs: [[1, 2], [2, 4], [4]], f: ([x, w, b], lib) => lib.linear(x, w, b) },
    "cross-entropy": {
      inputs: [
        [2, 3],
        [2, 3],
      ],
      f: ([a, b], lib) => lib.crossEntropy(a.add(b), [0, 1]),
    },
  };

  it.each(Object.entries(passers))(
    "%s: changing one in place leaves the others and the one passed in",
    (_, { inputs, f }) => {
      const leaves = inputs.map((shape, i) => toTensor(numbers(shape, i)));
      for (const leaf of leaves) leaf.requiresGrad = true;
      const out = f(leaves, ours);
      const gradient = toTensor(numbers(out.shape, 9));
      const given = gradient.toArray();
      out.backward(gradient, { retainGraph: true });
      const before = leaves.map(gradOf);
      for (const [i, leaf] of leaves.entries()) {
        const own = leaf.grad?.clone() as Tensor;
        leaf.grad?.add_(1);
        for (const [j, other] of leaves.entries())
          if (j !== i) expect(gradOf(other)).toEqual(before[j]);
        expect(gradient.toArray()).toEqual(given);
        leaf.grad?.copy_(own);
      }
      gradient.mul_(0);
      expect(leaves.map(gradOf)).toEqual(before);
    },
  );

  it("nor with a parameter, nor with results that are kept", () => {
    const x = parameter([1, 2]);
    const y = x.exp();
    const kept = y.toArray();
    y.backward(ones([2]));
    x.grad?.mul_(0);
    expect(x.toArray()).toEqual([1, 2]);
    expect(y.toArray()).toEqual(kept);
  });

  it("and are row-major whatever the layout of the gradient passed in", () => {
    const x = parameter([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    x.backward(
      tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ]).t(),
    );
    expect(x.grad?.isContiguous()).toBe(true);
    expect(gradOf(x)).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
    const y = parameter([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    y.backward(zeros([1, 1]).expand([2, 3]));
    y.grad?.index(0, 0).add_(1);
    expect(gradOf(y)).toEqual([
      [1, 0, 0],
      [0, 0, 0],
    ]);
  });
});

it("adds to a gradient that shares its own memory", () => {
  const x = zeros([2, 3]);
  x.requiresGrad = true;
  const once = tensor([1, 2]).view([2, 1]);
  x.grad = once.expand([2, 3]);
  x.mul(2).sum().backward();
  expect(x.grad?.toArray()).toEqual([
    [3, 3, 3],
    [4, 4, 4],
  ]);
  expect(once.toArray()).toEqual([[1], [2]]);
});
