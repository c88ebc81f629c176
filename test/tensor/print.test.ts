/** Text of tensors beside PyTorch's (print.json, written by print.py), character by character. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { arange, tensor, zeros } from "../../lib/index.js";
import { load, type TensorRecord, toTensor } from "../reference/records.js";

const cases = load<(TensorRecord & { text: string })[]>("print.json");

describe("as PyTorch prints it", () => {
  it.each(cases.map((c, i) => [i, `${c.dtype} [${c.shape.join(", ")}]`, c] as const))(
    "%i: %s",
    (_, __, c) => {
      const x = toTensor(c);
      expect(x.toString()).toBe(c.text);
      expect(`${x}`).toBe(c.text);
      expect(inspect(x)).toBe(c.text);
      // In any layout: the same elements through other strides.
      if (x.rank > 1) expect(x.transpose(0, -1).clone().transpose(0, -1).toString()).toBe(c.text);
    },
  );

  it("covers what the format depends on", () => {
    const texts = cases.map((c) => c.text).join("\n");
    for (const part of ["e+", "e-", "...", "nan", "-inf", "\n\n\n", "tensor([])", "size="])
      expect(texts).toContain(part);
  });
});

it("shows numbers only: a parameter and a result look like plain tensors", () => {
  const x = tensor([1.5, 2.5]);
  x.requiresGrad = true;
  expect([String(x), String(x.mul(2))]).toEqual(["tensor([1.5000, 2.5000])", "tensor([3., 5.])"]);
});

it("says int32 where no element would tell", () => {
  expect(String(zeros([0], "int32"))).toBe("tensor([], dtype=int32)");
  expect(String(arange(0).view([2, 0]))).toBe("tensor([], size=(2, 0), dtype=int32)");
});

it("looks at the edges only of a large tensor", () => {
  expect(String(arange(3_000_000).view([1000, 3000])).split("\n")).toHaveLength(7);
});
