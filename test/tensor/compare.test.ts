/** Comparisons beside a loop over plain numbers; powers and logarithms beside float64. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  all,
  allclose,
  any,
  backend,
  eq,
  equal,
  ge,
  gt,
  le,
  linspace,
  log10,
  lt,
  ne,
  pow,
  setBackend,
  ShapeError,
  tensor,
  ValueError,
  zeros,
} from "../../lib/index.js";

const table = { eq, ne, lt, le, gt, ge };
const plain: Record<keyof typeof table, (x: number, y: number) => boolean> = {
  eq: (x, y) => x === y,
  ne: (x, y) => x !== y,
  lt: (x, y) => x < y,
  le: (x, y) => x <= y,
  gt: (x, y) => x > y,
  ge: (x, y) => x >= y,
};
const names = Object.keys(table) as (keyof typeof table)[];

describe.each(names)("%s", (name) => {
  it("holds where it holds for the numbers, as bool", () => {
    const float = fc.oneof(fc.constantFrom(0, -0, 1, NaN, Infinity, -Infinity), fc.float());
    fc.assert(
      fc.property(fc.array(fc.tuple(float, float)), (pairs) => {
        const out = table[name](tensor(pairs.map(([x]) => x)), tensor(pairs.map(([, y]) => y)));
        expect(out.dtype).toBe("bool");
        expect(out.toArray()).toEqual(pairs.map(([x, y]) => Number(plain[name](x, y))));
      }),
    );
  });

  it("broadcasts, takes numbers and any layout, and is a method", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const want = (y: (i: number, j: number) => number) =>
      [0, 1].map((i) => [0, 1, 2].map((j) => Number(plain[name](3 * i + j + 1, y(i, j)))));
    expect(x[name](3).toArray()).toEqual(want(() => 3));
    expect(x[name](tensor([3, 2, 1])).toArray()).toEqual(want((_, j) => 3 - j));
    const columns = x.t();
    expect(
      columns[name](tensor([2, 5]))
        .t()
        .toArray(),
    ).toEqual(want((i) => [2, 5][i]));
    expect(x[name](tensor(4, { dtype: "int32" })).toArray()).toEqual(want(() => 4));
    expect(() => x[name](tensor([1, 2]))).toThrow(ShapeError);
  });
});

it("a plain number is the float32 it stands for, beside floats; integers are compared exactly", () => {
  expect(tensor([0.1]).eq(0.1).toArray()).toEqual([1]);
  expect(
    tensor([2 ** 24 + 1], { dtype: "int32" })
      .eq(2 ** 24)
      .toArray(),
  ).toEqual([0]);
  expect(tensor([1], { dtype: "int32" }).lt(1.5).toArray()).toEqual([1]);
});

it("all and any", () => {
  expect([all(tensor([1, NaN])), all(tensor([1, 0])), all(tensor([]))]).toEqual([
    true,
    false,
    true,
  ]);
  expect([any(tensor([0, -0])), any(tensor([0, 2])), any(tensor([]))]).toEqual([
    false,
    true,
    false,
  ]);
  expect(
    tensor([
      [1, 2],
      [3, 4],
    ])
      .gt(0)
      .all(),
  ).toBe(true);
});

it("equal wants shapes and elements the same", () => {
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  expect([equal(x, x.clone()), equal(x, x.t()), equal(x, x.view([4])), equal(x, x.int())]).toEqual([
    true,
    false,
    false,
    true,
  ]);
  expect(equal(tensor([NaN]), tensor([NaN]))).toBe(false);
  expect(equal(zeros([0]), zeros([0]))).toBe(true);
});

it("allclose is torch.allclose: atol + rtol * |b|", () => {
  const [a, b] = [tensor([1, 1000]), tensor([1.00001, 1000.01])];
  expect([
    allclose(a, b),
    allclose(a, b, { rtol: 0 }),
    allclose(a, b, { rtol: 0, atol: 0.02 }),
  ]).toEqual([false, false, true]);
  expect(allclose(a, tensor([1.000001, 1000.001]))).toBe(true);
  // The tolerance is relative to b.
  expect([
    allclose(tensor(0), tensor(1), { rtol: 1 }),
    allclose(tensor(1), tensor(0), { rtol: 1 }),
  ]).toEqual([true, false]);
  const special = tensor([NaN, Infinity, -Infinity]);
  expect([allclose(special, special), allclose(special, special, { equalNan: true })]).toEqual([
    false,
    true,
  ]);
  expect(allclose(tensor(Infinity), tensor(-Infinity))).toBe(false);
  expect(allclose(tensor(1), tensor(Infinity))).toBe(false);
  expect(a.allclose(tensor(1), { atol: 1000 })).toBe(true);
});

describe.each(["native", "wasm", "reference"] as const)("on the %s backend", (name) => {
  const before = backend();
  beforeEach(() => setBackend(name));
  afterEach(() => setBackend(before));

  it("pow(10, x) is 10 ** x within a unit in the last place, and has its gradient", () => {
    const x = linspace(-3, 3, 1001);
    x.requiresGrad = true;
    const y = pow(10, x);
    y.sum().backward();
    const [xs, ys, gs] = [x, y, x.grad as typeof y].map((t) => t.toTypedArray());
    for (const [i, e] of xs.entries()) {
      expect(Math.abs(ys[i] / 10 ** e - 1)).toBeLessThan(2 ** -23);
      expect(Math.abs(gs[i] / (Math.LN10 * 10 ** e) - 1)).toBeLessThan(2 ** -21);
    }
    expect(pow(2, tensor([1, 2], { dtype: "int32" })).dtype).toBe("int32");
    expect(pow(2.5, tensor([1, 2], { dtype: "int32" })).dtype).toBe("float32");
  });

  it("log10 is within 3 units in the last place, and has its gradient", () => {
    const x = tensor([1e-30, 0.001, 0.5, 0.99, 1, 1.01, 2, 10, 1000, 17.7697, 3e38]);
    x.requiresGrad = true;
    const y = log10(x);
    y.sum().backward();
    for (const [i, v] of x.toTypedArray().entries()) {
      expect(Math.abs(y.toTypedArray()[i] - Math.log10(v))).toBeLessThanOrEqual(
        3 * 2 ** -23 * Math.abs(Math.log10(v)),
      );
      expect(Math.abs((x.grad as typeof x).toTypedArray()[i] * v * Math.LN10 - 1)).toBeLessThan(
        2 ** -21,
      );
    }
    expect(tensor([0, -1]).log10().toArray()).toEqual([-Infinity, NaN]);
  });
});

it("pow says what it cannot do", () => {
  expect(() => pow(2, 3)).toThrow(ValueError);
  expect(() => pow(tensor([1, 2]), tensor([1, 2, 3]))).toThrow(/pow: shapes/);
});
