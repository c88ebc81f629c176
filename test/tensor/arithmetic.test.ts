/**
 * Elementwise functions, powers, limits, spreads and running sums beside PyTorch's numbers
 * (test/reference/arithmetic.py): values and gradients, special cases among them, on both backends, as
 * written and replayed.
 */
import { describe, expect, it } from "vitest";
import {
  compile,
  type Largest,
  maximum,
  minimum,
  pow,
  setBackend,
  type Tensor,
  tensor,
  zeros,
} from "../../lib/index.js";
import { load, numbers, type TensorRecord, toTensor } from "../reference/records.js";

interface Case {
  expr: string;
  note: string;
  inputs: Record<string, TensorRecord>;
  outputs: TensorRecord[];
  gap: number;
  grad_out?: TensorRecord;
  grads?: Record<string, TensorRecord>;
  gradGap?: number;
}
const { cases } = load<{ cases: Case[] }>("arithmetic.json");

const list = ({ values, indices }: Largest): Tensor[] => [values, indices];

/** PyTorch's expressions; those with numbers inside have them as a pattern's groups. */
const forms: [RegExp, (inputs: Record<string, Tensor>, ...given: string[]) => Tensor | Tensor[]][] =
  [
    [/^a\.(abs|sign|relu|sigmoid)\(\)$/, ({ a }, name) => a[name as "abs"]()],
    [/^F\.gelu\(a\)$/, ({ a }) => a.gelu()],
    [/^F\.gelu\(a, approximate='tanh'\)$/, ({ a }) => a.gelu({ approximate: "tanh" })],
    [/^torch\.maximum/, ({ a, b }) => maximum(a, b)],
    [/^torch\.minimum/, ({ a, b }) => minimum(a, b)],
    [
      /^a\.clamp\((.*), (.*)\)$/,
      ({ a }, ...limits) => a.clamp(...limits.map((x) => (x === "None" ? undefined : python(x)))),
    ],
    [/^a\.(min|max)\(\)$/, ({ a }, name) => a[name as "min"]()],
    [/^a\.(min|max)\(0\)$/, ({ a }, name) => list(a[`${name as "min"}Along`](0))],
    [
      /^a\.(min|max)\(1, keepdim=True\)$/,
      ({ a }, name) => list(a[`${name as "min"}Along`](1, { keepdim: true })),
    ],
    [
      /^a\.(var|std)\((?:\((0), (2)\)|(\d))?(?:, )?(?:keepdim=(True))?(?:correction=(.*))?\)$/,
      ({ a }, name, first, second, only, kept, correction) =>
        a[name as "var"](
          first !== undefined
            ? [Number(first), Number(second)]
            : only === undefined
              ? undefined
              : Number(only),
          { keepdim: kept === "True", ...(correction && { correction: Number(correction) }) },
        ),
    ],
    [/^a\.cumsum\((.*)\)$/, ({ a }, dim) => a.cumsum(Number(dim))],
    [/^a\.pow\((.*)\)$/, ({ a }, exponent) => a.pow(python(exponent))],
    [/^torch\.pow\(a, b\)$/, ({ a, b }) => pow(a, b)],
    [/^torch\.pow\((.*), a\)$/, ({ a }, base) => pow(python(base), a)],
  ];

const python = (x: string): number =>
  x.endsWith("inf") ? (x.startsWith("-") ? -Infinity : Infinity) : Number(x);

function formOf({ expr }: Case): ((inputs: Record<string, Tensor>) => Tensor[]) | undefined {
  for (const [pattern, f] of forms) {
    const found = pattern.exec(expr);
    if (found !== null) return (inputs) => [f(inputs, ...found.slice(1))].flat();
  }
  return undefined;
}

/** Equal NaN and infinities; else within twice PyTorch's own distance from float64 and a few roundings. */
function expectClose(got: Tensor, want: TensorRecord, gap: number, what: string): void {
  expect([...got.shape], what).toEqual(want.shape);
  expect(got.dtype, what).toBe(want.dtype);
  const x = got.toTypedArray();
  for (const [i, y] of numbers(want).entries()) {
    if (!Number.isFinite(y)) expect(x[i], `${what}[${i}]`).toBe(y);
    else {
      const error = Math.abs(x[i] - y) / Math.max(1, Math.abs(y));
      expect(error, `${what}[${i}]: ${x[i]}, PyTorch ${y}`).toBeLessThanOrEqual(
        2 * gap + 4 * 2 ** -24,
      );
    }
  }
}

describe.each(["native", "wasm", "reference"] as const)("on the %s backend", (name) => {
  it.each(cases.map((c) => [`${c.expr} of ${c.note}`, c] as const))("%s", (_, c) => {
    setBackend(name);
    const f = formOf(c);
    expect(f, "an operation for each case").toBeDefined();
    const inputs = Object.fromEntries(Object.entries(c.inputs).map(([k, r]) => [k, toTensor(r)]));
    for (const x of Object.values(inputs))
      if (x.dtype === "float32") x.requiresGrad = c.grads !== undefined;
    const outputs = f?.(inputs) ?? [];
    expect(outputs).toHaveLength(c.outputs.length);
    for (const [i, r] of c.outputs.entries()) expectClose(outputs[i], r, c.gap, "output");
    if (c.grads === undefined) return;
    outputs[0].backward(toTensor(c.grad_out as TensorRecord));
    for (const [k, r] of Object.entries(c.grads))
      expectClose(inputs[k].grad as Tensor, r, c.gradGap as number, `gradient of ${k}`);
  });
});

const differentiable = cases.filter((c) => c.grads !== undefined);
it.each(differentiable.map((c) => [`${c.expr} of ${c.note}`, c] as const))(
  "%s is replayed as written",
  (_, c) => {
    setBackend("native");
    const f = formOf(c);
    const inputs = Object.fromEntries(Object.entries(c.inputs).map(([k, r]) => [k, toTensor(r)]));
    const leaves = Object.values(inputs);
    for (const x of leaves) x.requiresGrad = true;
    const weights = toTensor(c.grad_out as TensorRecord);
    const scale = tensor(1);
    const values = zeros(c.outputs[0].shape);
    const step = () => {
      for (const x of leaves) x.grad = null;
      const [out] = f?.(inputs) ?? [];
      const loss = out.mul(weights).mul(scale).sum();
      loss.backward();
      values.copy_(out.detach());
      return loss;
    };
    const seen = () =>
      [values, ...leaves.map((x) => x.grad as Tensor)].map((x) => [...x.toTypedArray()]);
    const losses = [1, 2].map((s) => {
      scale.copy_(tensor(s));
      return [step().item(), seen()];
    });
    const compiled = compile(step, { inputs: [scale] });
    for (let run = 0; run < 6; run++) {
      const [loss] = compiled.run(1, () => void scale.copy_(tensor(1 + (run % 2))));
      expect([loss, seen()]).toEqual(losses[run % 2]);
    }
    expect(compiled.commands, "a replay").toBeDefined();
  },
);

it("sums of int32 that it does not hold are refused", () => {
  const most = tensor([2 ** 30, 2 ** 30, -1], { dtype: "int32" });
  expect(most.sum().item()).toBe(2 ** 31 - 1);
  expect(() => most.cumsum(0)).toThrow("cumsum: expected sums from -2^31 to 2^31 - 1");
  expect(() => most.slice(0, 0, 2).sum()).toThrow(
    "sum: expected sums from -2^31 to 2^31 - 1 for int32, got 2147483648; use float()",
  );
});

it("a power whose base was changed is called by its name", () => {
  const a = tensor([1, 2]);
  const w = tensor([1, 2]);
  w.requiresGrad = true;
  const x = w.mul(a);
  const y = x.pow(2).sum();
  x.detach().add_(1);
  expect(() => {
    y.backward();
  }).toThrow("a tensor that the gradient of pow needs was changed in place");
});
