/** Shapes and strides that users see cannot be changed: a tensor must not come to lie elsewhere. */
import { expect, it } from "vitest";
import { full, ones, randn, zeros } from "../../lib/index.js";

it("a shape that is written to is refused, and reaches no other tensor", () => {
  const [a, b] = [zeros([2]), ones([2])];
  expect(() => {
    (a.shape as number[])[0] = 40;
  }).toThrow(TypeError);
  expect(() => {
    (a.t().strides as number[]).push(1);
  }).toThrow(TypeError);
  expect(() => a.copy_(full([40], 7))).toThrow("[2] and [40]");
  expect(b.toArray()).toEqual([1, 1]);
});

it.each(["dtype", "offset", "storage", "shape", "strides", "rank", "numel"])(
  "%s cannot be assigned",
  (name) => {
    const [a, b] = [zeros([2]), ones([2])];
    expect(() => {
      (a as unknown as Record<string, unknown>)[name] = (b as unknown as Record<string, unknown>)[
        name
      ];
    }).toThrow(TypeError);
    Object.assign(a, { ...b }).add_(5);
    expect(b.toArray()).toEqual([1, 1]);
  },
);

it("the list that a tensor was made by stays the caller's", () => {
  const shape = [2, 3];
  const t = zeros(shape);
  shape[0] = 100;
  expect(t.shape).toEqual([2, 3]);
  expect(zeros(shape).shape).toEqual([100, 3]);
});

it("thousands of layouts in turn stay what they are", () => {
  const tensors = Array.from({ length: 3000 }, (_, i) => randn([1 + (i % 50), 1 + (i % 61)]).t());
  for (const [i, t] of tensors.entries()) {
    expect([...t.shape, ...t.strides]).toEqual([1 + (i % 61), 1 + (i % 50), 1, 1 + (i % 61)]);
  }
});
