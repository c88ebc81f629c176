/**
 * Every case of ops.json that the operations cover, on both backends: values, strides and gradients
 * beside PyTorch's.
 */
import { describe, expect, it } from "vitest";
import {
  arange,
  cat,
  crossEntropy,
  type CrossEntropyOptions,
  div,
  type Index,
  logSoftmax,
  mul,
  oneHot,
  pow,
  setBackend,
  stack,
  sub,
  type Tensor,
} from "../../lib/index.js";
import { load, numbers, type TensorRecord, toTensor } from "../reference/records.js";

interface Case {
  op: string;
  expr: string;
  note?: string;
  inputs: Record<string, TensorRecord>;
  output: TensorRecord | TensorRecord[];
  grad_out?: TensorRecord[];
  grads?: Record<string, TensorRecord | null>;
  f64_diff: { output: number; grads: number };
}

const { cases } = load<{ cases: Case[] }>("ops.json");

type Inputs = Record<
  | "a"
  | "b"
  | "c"
  | "C"
  | "X"
  | "Y"
  | "y"
  | "i"
  | "j"
  | "m"
  | "p"
  | "w"
  | "x"
  | "W1"
  | "b1"
  | "W2"
  | "b2"
  | "W"
  | "t",
  Tensor
>;
const pair = ({ values, indices }: { values: Tensor; indices: Tensor }) => [values, indices];

/** PyTorch's expression -> ours. */
const expressions: Record<string, (t: Inputs) => Tensor | Tensor[]> = {
  "a + b": ({ a, b }) => a.add(b),
  "a - b": ({ a, b }) => a.sub(b),
  "a * b": ({ a, b }) => a.mul(b),
  "a / b": ({ a, b }) => a.div(b),
  "a + 3": ({ a }) => a.add(3),
  "a - 3": ({ a }) => a.sub(3),
  "a * 3": ({ a }) => a.mul(3),
  "a / 3": ({ a }) => a.div(3),
  "0.1 + a": ({ a }) => a.add(0.1),
  "0.1 - a": ({ a }) => sub(0.1, a),
  "0.1 * a": ({ a }) => mul(0.1, a),
  "0.1 / a": ({ a }) => div(0.1, a),
  "i / j": ({ i, j }) => i.div(j),
  "i + a": ({ i, a }) => i.add(a),
  "a * a + a": ({ a }) => a.mul(a).add(a),
  "(a * b).tanh() + a / b": ({ a, b }) => a.mul(b).tanh().add(a.div(b)),
  "-a": ({ a }) => a.neg(),
  "a ** 2": ({ a }) => a.pow(2),
  "a ** 3": ({ a }) => a.pow(3),
  "a ** -1": ({ a }) => a.pow(-1),
  "a ** 0.5": ({ a }) => a.pow(0.5),
  "a ** -0.5": ({ a }) => a.pow(-0.5),
  "10 ** a": ({ a }) => pow(10, a),
  "a.sqrt()": ({ a }) => a.sqrt(),
  "torch.tanh(a)": ({ a }) => a.tanh(),
  "torch.exp(a)": ({ a }) => a.exp(),
  "a.exp()": ({ a }) => a.exp(),
  "torch.log(a)": ({ a }) => a.log(),
  "a.log()": ({ a }) => a.log(),
  "a @ b": ({ a, b }) => a.matmul(b),
  "a.t() @ b": ({ a, b }) => a.t().matmul(b),
  "a @ b.t()": ({ a, b }) => a.matmul(b.t()),
  "a @ b + c": ({ a, b, c }) => a.matmul(b).add(c),
  "torch.tanh(x @ w + b)": ({ x, w, b }) => x.matmul(w).add(b).tanh(),
  "x @ w": ({ x, w }) => x.matmul(w),
  "a.sum()": ({ a }) => a.sum(),
  "a.sum(0)": ({ a }) => a.sum(0),
  "a.sum(1)": ({ a }) => a.sum(1),
  "a.sum(-1)": ({ a }) => a.sum(-1),
  "a.sum(0, keepdim=True)": ({ a }) => a.sum(0, { keepdim: true }),
  "a.sum(1, keepdim=True)": ({ a }) => a.sum(1, { keepdim: true }),
  "a.sum((0, 2))": ({ a }) => a.sum([0, 2]),
  "a.sum((0, 2), keepdim=True)": ({ a }) => a.sum([0, 2], { keepdim: true }),
  "i.sum()": ({ i }) => i.sum(),
  "m.sum()": ({ m }) => m.sum(),
  "a.mean()": ({ a }) => a.mean(),
  "a.mean(0)": ({ a }) => a.mean(0),
  "a.mean(1, keepdim=True)": ({ a }) => a.mean(1, { keepdim: true }),
  "a.mean((0, 1))": ({ a }) => a.mean([0, 1]),
  "a.max(0)": ({ a }) => pair(a.maxAlong(0)),
  "a.max(1)": ({ a }) => pair(a.maxAlong(1)),
  "a.max(-1)": ({ a }) => pair(a.maxAlong(-1)),
  "a.max(1, keepdim=True)": ({ a }) => pair(a.maxAlong(1, { keepdim: true })),
  "a.max()": ({ a }) => a.max(),
  "a.argmax(1)": ({ a }) => a.argmax(1),
  "a.argmax()": ({ a }) => a.argmax(),
  "a / a.sum(1, keepdim=True)": ({ a }) => a.div(a.sum(1, { keepdim: true })),
  "torch.cat([a, b, c], 1)": ({ a, b, c }) => cat([a, b, c], 1),
  "torch.cat([a, b], 0)": ({ a, b }) => cat([a, b], 0),
  "torch.cat([a, a], 1)": ({ a }) => cat([a, a], 1),
  "torch.cat([a[:, 0, :], a[:, 1, :], a[:, 2, :]], 1)": ({ a }) =>
    cat(
      [0, 1, 2].map((i) => a.index(":", i, ":")),
      1,
    ),
  "torch.cat(torch.unbind(a, 1), 1)": ({ a }) => cat(a.unbind(1), 1),
  "a.view(-1, 6)": ({ a }) => a.view([-1, 6]),
  "torch.unbind(a, 1)": ({ a }) => a.unbind(1),
  "torch.unbind(a)": ({ a }) => a.unbind(),
  "torch.stack([a, b], 1)": ({ a, b }) => stack([a, b], 1),
  "a.view(2, 9)": ({ a }) => a.view([2, 9]),
  "a.view(3, -1, 2)": ({ a }) => a.view([3, -1, 2]),
  "a.view(a.shape[0], 6)": ({ a }) => a.view([a.shape[0], 6]),
  "a.t().reshape(-1)": ({ a }) => a.t().reshape([-1]),
  "a.t().reshape(2, 6)": ({ a }) => a.t().reshape([2, 6]),
  "a[:, 1:3].reshape(-1)": ({ a }) => a.index(":", [1, 3]).reshape([-1]),
  "a.flatten(1)": ({ a }) => a.flatten(1),
  "a.t()": ({ a }) => a.t(),
  "a.T": ({ a }) => a.t(),
  "a.transpose(0, 2)": ({ a }) => a.transpose(0, 2),
  "a.permute(2, 0, 1)": ({ a }) => a.permute([2, 0, 1]),
  "a.t() * b": ({ a, b }) => a.t().mul(b),
  "a.t().sum(0)": ({ a }) => a.t().sum(0),
  "a.t().contiguous().view(-1)": ({ a }) => a.t().contiguous().view([-1]),
  "torch.tanh(a.t())[1:, ::2]": ({ a }) => a.t().tanh().index([1, null], [null, null, 2]),
  "a.unsqueeze(1) * b": ({ a, b }) => a.unsqueeze(1).mul(b),
  "a.squeeze(1)": ({ a }) => a.squeeze(1),
  "a.expand(4, 3)": ({ a }) => a.expand([4, 3]),
  "a[1:3]": ({ a }) => a.index([1, 3]),
  "a[:, ::2]": ({ a }) => a.index(":", [null, null, 2]),
  "a[-1]": ({ a }) => a.index(-1),
  "a[1, 2]": ({ a }) => a.index(1, 2),
  "a[:, -2:]": ({ a }) => a.index(":", [-2, null]),
  "a[..., 0]": ({ a }) => a.index("...", 0),
  "a[:, None]": ({ a }) => a.index(":", null),
  "C[5]": ({ C }) => C.index(5),
  "C[X]": ({ C, X }) => C.index(X),
  "C[i]": ({ C, i }) => C.index(i),
  "C[i, j]": ({ C, i, j }) => C.index(i, j),
  "p[torch.arange(6), y]": ({ p, y }) => p.index(arange(6), y),
  "-p[torch.arange(6), y].log().mean()": ({ p, y }) => p.index(arange(6), y).log().mean().neg(),
  "C[:, j]": ({ C, j }) => C.index(":", j),
  "C[i, 1:3]": ({ C, i }) => C.index(i, [1, 3] as Index),
  "a[m]": ({ a, m }) => a.index(m),
  "a.gather(1, i)": ({ a, i }) => a.gather(1, i),
  "F.one_hot(i, num_classes=6)": ({ i }) => oneHot(i, 6),
  "F.one_hot(X, num_classes=7).to(C.dtype) @ C": ({ X, C }) => oneHot(X, 7).float().matmul(C),
  "F.embedding(X, W)": ({ X, W }) => W.index(X),
  "F.softmax(a, dim=0)": ({ a }) => a.softmax(0),
  "F.softmax(a, dim=1)": ({ a }) => a.softmax(1),
  "F.softmax(a, dim=-1)": ({ a }) => a.softmax(-1),
  "F.log_softmax(a, dim=0)": ({ a }) => a.logSoftmax(0),
  "F.log_softmax(a, dim=1)": ({ a }) => a.logSoftmax(1),
  "F.log_softmax(a, dim=-1)": ({ a }) => a.logSoftmax(-1),
  "F.softmax(a.t(), dim=1)": ({ a }) => a.t().softmax(1),
  "-F.log_softmax(a, 1)[torch.arange(6), y].mean()": ({ a, y }) =>
    logSoftmax(a, 1).index(arange(6), y).mean().neg(),
  "F.cross_entropy(torch.tanh(C[X].view(-1, 6) @ W1 + b1) @ W2 + b2, Y)": ({
    C,
    X,
    W1,
    b1,
    W2,
    b2,
    Y,
  }) => crossEntropy(C.index(X).view([-1, 6]).matmul(W1).add(b1).tanh().matmul(W2).add(b2), Y),
};

const OPTIONS: Record<string, (value: string, t: Inputs) => Partial<CrossEntropyOptions>> = {
  reduction: (value) => ({ reduction: value.slice(1, -1) as "mean" }),
  ignore_index: (value) => ({ ignoreIndex: Number(value) }),
  label_smoothing: (value) => ({ labelSmoothing: Number(value) }),
  weight: (_, { w }) => ({ weight: w }),
};

/** Our expression of a case; `F.cross_entropy(a, y, name=value, ...)` with its options. */
function expressionOf(c: Case): ((t: Inputs) => Tensor | Tensor[]) | undefined {
  const named = /^F\.cross_entropy\(a, y((?:, \w+=[^=]+)*)\)$/.exec(c.expr);
  if (named === null) return expressions[c.expr];
  const given = [...named[1].matchAll(/, (\w+)=((?:(?!, \w+=).)+)/g)];
  // PyTorch ignores -100 unless told otherwise.
  const ignored = numbers(c.inputs.y).includes(-100) ? { ignoreIndex: -100 } : {};
  return (t) => {
    const options = given.map(([, name, value]) => OPTIONS[name](value, t));
    return crossEntropy(t.a, t.y, Object.assign({}, ignored, ...options) as CrossEntropyOptions);
  };
}

const list = <T>(x: T | T[]): T[] => (Array.isArray(x) ? x : [x]);
const covered = (c: Case) => expressionOf(c) !== undefined;

/**
 * Close to PyTorch's float32: within its own distance from float64 plus a few roundings, relative
 * to the larger of 1 and the value.
 */
function expectClose(actual: Tensor, expected: TensorRecord, gap: number): void {
  expect([...actual.shape]).toEqual(expected.shape);
  const got = actual.toTypedArray();
  for (const [k, want] of numbers(expected).entries()) {
    if (Number.isFinite(want))
      expect(Math.abs(got[k] - want) / Math.max(1, Math.abs(want))).toBeLessThanOrEqual(
        2 * gap + 4 * 2 ** -24,
      );
    else expect(got[k]).toBe(want);
  }
}

describe.each(["native", "wasm", "reference"] as const)(
  "PyTorch's operations on the %s backend",
  (name) => {
    it.each(
      cases
        .filter(covered)
        .map((c) => [`${c.expr}${c.note ? ` (${c.note})` : ""} #${cases.indexOf(c)}`, c] as const),
    )("%s", (_, c) => {
      setBackend(name);
      const inputs = Object.fromEntries(Object.entries(c.inputs).map(([k, r]) => [k, toTensor(r)]));
      for (const [k, r] of Object.entries(c.inputs))
        if (r.dtype === "float32") inputs[k].requiresGrad = c.grads !== undefined;
      const outputs = list(expressionOf(c)?.(inputs as Inputs) ?? []);
      const records = list(c.output);
      expect(outputs).toHaveLength(records.length);
      for (const [k, r] of records.entries()) {
        expectClose(outputs[k], r, c.f64_diff.output);
        if (r.stride) expect([...outputs[k].strides]).toEqual(r.stride);
      }
      if (!c.grads) return;
      const differentiable = outputs.filter((o) => o.requiresGrad);
      for (const [k, o] of differentiable.entries())
        o.backward(toTensor((c.grad_out as TensorRecord[])[k]), { retainGraph: true });
      for (const [k, r] of Object.entries(c.grads)) {
        if (r === null) expect(inputs[k].grad).toBeNull();
        else expectClose(inputs[k].grad as Tensor, r, c.f64_diff.grads);
      }
    });
  },
);

it("leaves out only operations that do not exist here", () => {
  const out = new Set(cases.filter((c) => !covered(c)).map((c) => c.op));
  expect([...out].sort()).toEqual([
    "amax",
    "cross_entropy",
    "embedding",
    "logsumexp",
    "min",
    "nll_loss",
    "relu",
    "sigmoid",
    "std",
    "var",
  ]);
});
