/** SGD: PyTorch's arithmetic, on whatever memory the parameters lie in. */
import { expect, it } from "vitest";
import { SGD, tensor, zeros } from "../../lib/index.js";

it("rounds the product, then the sum", () => {
  const p = tensor([1, 2 ** -20, 3]);
  p.grad = tensor([0.1, 7, -3]);
  new SGD([p], 0.1).step();
  const f = Math.fround;
  const rate = f(0.1);
  expect(p.toArray()).toEqual(
    [
      [1, f(0.1)],
      [2 ** -20, 7],
      [3, -3],
    ].map(([x, g]) => f(x + f(-rate * g))),
  );
});

it("changes a view and not its neighbours", () => {
  const whole = zeros([2, 2]);
  const column = whole.slice(1, 0, 1);
  column.grad = tensor([[1], [2]]);
  const transposed = zeros([2, 3]);
  const turned = transposed.t();
  turned.grad = tensor([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  new SGD([column, turned], 1).step();
  expect(whole.toArray()).toEqual([
    [-1, 0],
    [-2, 0],
  ]);
  expect(transposed.toArray()).toEqual([
    [-1, -3, -5],
    [-2, -4, -6],
  ]);
});

it("a tensor's shape is its own", () => {
  const shape = [2, 3];
  const z = zeros(shape);
  shape[0] = 700;
  expect(z.numel).toBe(6);
});

it("a kept loss lets go of its step", () => {
  const w = zeros([3]);
  w.requiresGrad = true;
  const loss = w.mul(2).exp().sum();
  const { node } = loss;
  loss.backward();
  expect(loss.node).not.toBe(node);
  expect(loss.node?.inputs).toEqual([]);
  expect(loss.node?.saved).toBeNull();
});
