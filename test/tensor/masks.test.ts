/**
 * Masks, positions and changes in place beside PyTorch's (test/reference/masks.py), and what comes
 * where they are wrong.
 */
import { describe, expect, it } from "vitest";
import * as mm from "../../lib/index.js";
import {
  arange,
  AutogradError,
  crossEntropy,
  type CrossEntropyOptions,
  full,
  IndexError,
  oneHot,
  ones,
  onesLike,
  setBackend,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
  where,
  zeros,
  zerosLike,
} from "../../lib/index.js";
import { load, numbers, type TensorRecord, toTensor } from "../reference/records.js";

interface Case {
  expr: string;
  inputs: Record<string, TensorRecord>;
  output: TensorRecord;
  grads?: Record<string, TensorRecord>;
}
const { cases } = load<{ cases: Case[] }>("masks.json");

type Inputs = Record<"a" | "b" | "i" | "y" | "w", Tensor>;
const loss =
  (options: CrossEntropyOptions) =>
  ({ a, y, w }: Inputs) =>
    crossEntropy(a, y, {
      ignoreIndex: -100, // PyTorch's default
      ...options,
      ...(options.weight === undefined ? {} : { weight: w }),
    });
const weight = ones([5]);
const losses = (["mean", "sum", "none"] as const).flatMap((reduction) =>
  Object.entries({
    "": {},
    ", weight=w": { weight },
    ", label_smoothing=0.1": { labelSmoothing: 0.1 },
    ", weight=w, label_smoothing=0.3": { weight, labelSmoothing: 0.3 },
  }).map(([more, options]) => [
    `F.cross_entropy(a, y, reduction='${reduction}'${more})`,
    loss({ reduction, ...options }),
  ]),
);

/** PyTorch's expression -> ours. */
const expressions: Record<string, (t: Inputs) => Tensor> = {
  "a == b": ({ a, b }) => a.eq(b),
  "a != b": ({ a, b }) => a.ne(b),
  "a < b": ({ a, b }) => a.lt(b),
  "a <= b": ({ a, b }) => a.le(b),
  "a > b": ({ a, b }) => a.gt(b),
  "a >= b": ({ a, b }) => a.ge(b),
  "a > 0": ({ a }) => a.gt(0),
  "a > 1.5": ({ a }) => a.gt(1.5),
  "a < 3000000000": ({ a }) => a.lt(3e9),
  "a.bool()": ({ a }) => a.bool(),
  "torch.maximum(a > 0, b > 0)": ({ a, b }) => a.gt(0).maximum(b.gt(0)),
  "torch.minimum(a > 0, b > 0)": ({ a, b }) => a.gt(0).minimum(b.gt(0)),
  "torch.sign(a > 0)": ({ a }) => a.gt(0).sign(),
  "torch.where(a > b, 0, b > 0)": ({ a, b }) => where(a.gt(b), 0, b.gt(0)),
  "torch.where(a > b, b > 0, 0)": ({ a, b }) => where(a.gt(b), b.gt(0), 0),
  "torch.pow(a, b).sqrt()": ({ a, b }) => a.pow(b).sqrt(),
  "torch.where(a > b, a, b)": ({ a, b }) => a.where(a.gt(b), b),
  "torch.where(a > b, 1, 0)": ({ a, b }) => where(a.gt(b), 1, 0),
  "torch.where(a > b, a, 0.5)": ({ a, b }) => where(a.gt(b), a, 0.5),
  "torch.where(a > b, 0.0, b)": ({ a, b }) => where(a.gt(b), 0, b),
  "torch.where(a == a, a, 0)": ({ a }) => where(a.eq(a), a, 0),
  "a.masked_fill(a != a, 0)": ({ a }) => a.maskedFill(a.ne(a), 0),
  "a.masked_fill(a < 0, -1)": ({ a }) => a.maskedFill(a.lt(0), -1),
  "a.masked_fill(b > 0, -1e9)": ({ a, b }) => a.maskedFill(b.gt(0), -1e9),
  "a.masked_fill(a > b, b[0])": ({ a, b }) => a.maskedFill(a.gt(b), b.index(0)),
  "a.logical_and(b)": ({ a, b }) => a.logicalAnd(b),
  "a.logical_or(b)": ({ a, b }) => a.logicalOr(b),
  "a.logical_xor(b)": ({ a, b }) => a.logicalXor(b),
  "a.logical_not()": ({ a }) => a.logicalNot(),
  "(a > b) + (a == b)": ({ a, b }) => a.gt(b).add(a.eq(b)),
  "(a >= b) * (a <= b)": ({ a, b }) => a.ge(b).mul(a.le(b)),
  "(a > b).sum()": ({ a, b }) => a.gt(b).sum(),
  "torch.ones_like(a)": ({ a }) => onesLike(a),
  "torch.zeros_like(a)": ({ a }) => zerosLike(a),
  "a.gather(0, i.view(1, 3))": ({ a, i }) => a.gather(0, i.view([1, 3])),
  "a.gather(1, i.view(1, 4, 1))": ({ a, i }) => a.gather(1, i.view([1, 4, 1])),
  "a.gather(1, i.view(1, 2, 2))": ({ a, i }) => a.gather(1, i.view([1, 2, 2])),
  "a[i, i]": ({ a, i }) => a.index(i, i),
  "a[:, i]": ({ a, i }) => a.index(":", i),
  "a[:, i, 1]": ({ a, i }) => a.index(":", i, 1),
  "a.max()": ({ a }) => a.max(),
  "a.max(1).values": ({ a }) => a.maxAlong(1).values,
  "a.detach().clone().index_add_(1, i, a.detach()[:, :3], alpha=2)": ({ a, i }) =>
    a.data.clone().indexAdd_(1, i, a.data.index(":", [null, 3]), { alpha: 2 }),
  "a.detach().clone().index_add_(0, i, a.detach())": ({ a, i }) =>
    a.data.clone().indexAdd_(0, i, a.data),
  "a.detach().clone().index_add_(1, i, b.detach())": ({ a, b, i }) =>
    a.data.clone().indexAdd_(1, i, b.data),
  "a.detach().clone().copy_(b.detach())": ({ a, b }) => a.data.clone().copy_(b.data),
  "a.detach().clone().fill_(2)": ({ a }) => a.data.clone().fill_(2),
  "i.clone().add_(3).mul_(i).sub_(1)": ({ i }) => i.clone().add_(3).mul_(i).sub_(1),
  "torch.zeros(3, 4).copy_(i.view(3, 1))": ({ i }) => zeros([3, 4]).copy_(i.view([3, 1])),
  "torch.zeros(3, 4, dtype=torch.int64).copy_(a.detach() * 3)": ({ a }) =>
    zeros([3, 4], "int32").copy_(a.data.mul(3)),
  "a.detach().clone().index_put_((i, i), b.detach()[:3], accumulate=True)": ({ a, b, i }) =>
    a.data.clone().indexPut_([i, i], b.data.index([null, 3]), { accumulate: true }),
  "a.detach().clone().index_put_((a > 0,), torch.tensor(9.))": ({ a }) =>
    a.data.clone().indexPut_([a.gt(0)], tensor(9)),
  ...Object.fromEntries(losses),
};

/** Roundings of float32 that two ways of computing the same may differ by. */
const ROUNDINGS = 8;
function expectClose(got: Tensor, want: TensorRecord): void {
  expect([...got.shape]).toEqual(want.shape);
  expect(got.dtype).toBe(want.dtype.replace("64", "32"));
  const list = numbers(want);
  for (const [p, x] of got.toTypedArray().entries()) {
    if (Object.is(x, list[p])) continue;
    const scale = Math.max(1, Math.abs(list[p]));
    expect(Math.abs(x - list[p])).toBeLessThanOrEqual(ROUNDINGS * 2 ** -24 * scale);
  }
}

describe.each(["native", "wasm", "reference"] as const)("on the %s backend", (backend) => {
  it.each(cases.map((c, n) => [`${c.expr} #${n}`, c] as const))("%s", (_, c) => {
    setBackend(backend);
    const inputs = Object.fromEntries(Object.entries(c.inputs).map(([k, r]) => [k, toTensor(r)]));
    for (const [k, t] of Object.entries(inputs))
      t.requiresGrad = t.dtype === "float32" && k !== "w";
    const out = expressions[c.expr](inputs as Inputs);
    expectClose(out, c.output);
    expect(out.requiresGrad).toBe(c.grads !== undefined);
    if (c.grads === undefined) return;
    out.backward(
      arange(1, out.numel + 1)
        .float()
        .view(out.shape),
    );
    for (const [k, r] of Object.entries(c.grads)) expectClose(inputs[k].grad as Tensor, r);
  });
});

const x = tensor([
  [1, 2],
  [3, 4],
]);
const int = (list: number[]) => tensor(list, { dtype: "int32" });

it("prints masks as PyTorch does", () => {
  expect(String(x.gt(2))).toBe("tensor([[False, False],\n        [ True,  True]])");
  expect(String(x.gt(0))).toBe("tensor([[True, True],\n        [True, True]])");
  expect(String(tensor([1]).eq(1).index(0))).toBe("tensor(True)");
  expect(String(zeros([0], "bool"))).toBe("tensor([], dtype=bool)");
});

it("makes masks of numbers, and numbers of masks", () => {
  const m = tensor([0, 2, NaN], { dtype: "bool" });
  expect([m.dtype, m.toArray()]).toEqual(["bool", [0, 1, 1]]);
  expect([m.int().dtype, m.float().dtype, m.add(1).dtype]).toEqual(["int32", "float32", "int32"]);
  expect(full([2], 3, "bool").toArray()).toEqual([1, 1]);
  expect(ones([2], "bool").index(m.index([0, 2]))).toMatchObject({ dtype: "bool", shape: [1] });
});

it.each<[string, () => unknown, new (...args: never) => Error, string]>([
  ["a condition of numbers", () => where(x, 1, 2), ValueError, "where: condition: expected a mask"],
  ["masks that are subtracted", () => x.gt(0).sub(x.gt(1)), ValueError, "sub: expected numbers"],
  ["a mask that is negated", () => x.gt(0).neg(), ValueError, "neg: expected numbers"],
  ["shapes by their operation", () => x.gt(zeros([3])), ShapeError, "gt: shapes do not broadcast"],
  ["choices by theirs", () => where(x.gt(0), zeros([3]), 1), ShapeError, "where: shapes do not"],
  [
    "a fill that no int32 is",
    () => int([1]).maskedFill(int([1]).gt(0), 0.5),
    ValueError,
    "maskedFill: expected a whole",
  ],
  ["several values", () => x.maskedFill(x.gt(0), x), ShapeError, "maskedFill: expected a number"],
  [
    "gather from the end",
    () => x.gather(1, int([-1, 0]).view([2, 1])),
    IndexError,
    "gather: index -1 is out of range",
  ],
  [
    "gather of other dimensions",
    () => x.gather(1, int([0])),
    ShapeError,
    "gather: expected an index",
  ],
  ["gather at floats", () => x.gather(1, x), ValueError, "gather: expected an int32"],
  [
    "indexAdd_ out of range",
    () => x.clone().indexAdd_(0, int([2]), ones([1, 2])),
    IndexError,
    "indexAdd_: index 2",
  ],
  [
    "indexAdd_ of another shape",
    () => x.clone().indexAdd_(0, int([1]), ones([2, 2])),
    ShapeError,
    "indexAdd_: expected",
  ],
  ["int32 divided in place", () => int([1]).div_(2), ValueError, "div_: expected a float32 tensor"],
  [
    "classes beyond all tensors",
    () => oneHot(int([0]), 2 ** 32),
    ShapeError,
    "oneHot: expected at most 2^31 - 1 elements",
  ],
  ["a mask changed", () => x.gt(0).add_(1), ValueError, "add_: expected a float32 or int32"],
  ["fill_ of several", () => x.clone().fill_(x), ShapeError, "fill_: expected a number"],
  [
    "copy_ of NaN to int32",
    () => int([1]).copy_(tensor([NaN])),
    ValueError,
    "copy_: expected a whole",
  ],
  [
    "a mask added to",
    () => x.gt(0).indexPut_([0], 1, { accumulate: true }),
    ValueError,
    "indexPut_: expected numbers to add to",
  ],
  [
    "smoothing beyond 1",
    () => crossEntropy(x, int([0, 1]), { labelSmoothing: 2 }),
    ValueError,
    "crossEntropy: labelSmoothing",
  ],
  [
    "a weight too long",
    () => crossEntropy(x, int([0, 1]), { weight: ones([3]) }),
    ShapeError,
    "expected weight float32 [2]",
  ],
  [
    "a target that is not ignored",
    () => crossEntropy(x, int([0, 7]), { ignoreIndex: -1 }),
    IndexError,
    "target 7 in row 1",
  ],
  [
    "a sum beyond int32",
    () => full([4], 2 ** 30, "int32").sum(),
    ValueError,
    "sum: expected sums from -2^31 to 2^31 - 1 for int32",
  ],
  [
    "a gradient kept of nothing",
    () => zeros([1]).detach().retainGrad(),
    AutogradError,
    "retainGrad: this tensor does not",
  ],
])("refuses %s", (_, call, type, message) => {
  expect(call).toThrow(type);
  expect(call).toThrow(message);
});

it("gradients notice what was changed in place after they saved it", () => {
  for (const change of [
    (m: Tensor) => m.fill_(0),
    (m: Tensor) => m.indexPut_([0], 1),
    (m: Tensor) => m.copy_(x.gt(3)),
  ]) {
    const w = x.clone();
    w.requiresGrad = true;
    const mask = x.gt(2);
    const out = where(mask, w, 0).sum();
    change(mask);
    expect(() => {
      out.backward();
    }).toThrow("the gradient of where needs was changed in place");
  }
  const w = x.clone();
  w.requiresGrad = true;
  const h = w.mul(1);
  const out = h.mul(h).sum();
  h.data.indexAdd_(0, int([0]), ones([1, 2]));
  expect(() => {
    out.backward();
  }).toThrow("the gradient of mul needs was changed in place");
});

it("a result keeps its gradient where it is told to, and adds to it", () => {
  const w = x.clone();
  w.requiresGrad = true;
  const h = w.mul(2);
  const other = w.mul(3);
  h.retainGrad();
  const out = h.mul(h).add(other).sum();
  out.backward(undefined, { retainGraph: true });
  expect((h.grad as Tensor).toArray()).toEqual([
    [4, 8],
    [12, 16],
  ]);
  expect(other.grad).toBeNull();
  out.backward();
  expect((h.grad as Tensor).toArray()).toEqual([
    [8, 16],
    [24, 32],
  ]);
  expect((w.grad as Tensor).toArray()).toEqual([
    [22, 38],
    [54, 70],
  ]);
});

/** Functions of one tensor, which a mask can be given to. */
const OF_ONE: Readonly<Record<string, (x: Tensor) => unknown>> = {
  ...Object.fromEntries(
    (
      [
        ...["abs", "sign", "relu", "sigmoid", "gelu", "exp", "log", "log10", "tanh", "sqrt", "neg"],
        ...["sum", "mean", "variance", "std", "max", "min", "argmax", "clone", "all", "any"],
      ] as (keyof typeof mm)[]
    ).map((name) => [name, mm[name] as (x: Tensor) => unknown]),
  ),
  softmax: (x) => mm.softmax(x, 0),
  logSoftmax: (x) => mm.logSoftmax(x, 0),
  cumsum: (x) => mm.cumsum(x, 0),
  maxAlong: (x) => mm.maxAlong(x, 0).values,
  minAlong: (x) => mm.minAlong(x, 0).values,
  clamp: (x) => mm.clamp(x, 0, 1),
  pow: (x) => mm.pow(x, 2),
  powers: (x) => mm.pow(2, x),
  maximum: (x) => mm.maximum(x, 0),
  minimum: (x) => mm.minimum(x, x),
  mul: (x) => mm.mul(x, 3),
  div: (x) => mm.div(x, 2),
  add: (x) => mm.add(x, 0.5),
  cat: (x) => mm.cat([x, x]),
  oneHot: (x) => mm.oneHot(x, 2),
  multinomial: (x) => mm.multinomial(x, 2),
  crossEntropy: (x) => mm.crossEntropy(zeros([4, 2]), x),
  embedding: (x) => mm.embedding(x, zeros([2, 3])),
};

describe.each(["native", "wasm", "reference"] as const)("a mask (%s)", (backend) => {
  it.each(Object.entries(OF_ONE))("counts as 1 and 0, or is refused by its name: %s", (_, f) => {
    setBackend(backend);
    const mask = tensor([1, -2, 3, 0]).gt(0);
    let out: unknown;
    try {
      out = f(mask);
    } catch (error) {
      expect(error).toBeInstanceOf(ValueError);
      expect((error as Error).message).toMatch(/got (bool|a mask)/);
      return;
    } finally {
      setBackend("native");
    }
    const numbers = (x: unknown) => (typeof x === "boolean" ? x : (x as Tensor).toArray());
    expect(numbers(out)).toEqual(numbers(f(mask.int())));
    if (typeof out === "object" && (out as Tensor).dtype === "bool")
      expect([...(out as Tensor).toTypedArray()].every((x) => x === 0 || x === 1)).toBe(true);
  });
});
