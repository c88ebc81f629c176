/**
 * What every optimizer keeps to: two halves of a step, views, parameters without a gradient,
 * options that make sense.
 */
import { describe, expect, it } from "vitest";
import {
  AdamW,
  clipGradNorm,
  Generator,
  type Optimizer,
  randn,
  SGD,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "../../lib/index.js";

const MAKERS: [string, (p: Tensor[]) => Optimizer][] = [
  ["SGD", (p) => new SGD(p, 0.1)],
  [
    "SGD with momentum",
    (p) => new SGD(p, { lr: 0.1, momentum: 0.9, weightDecay: 0.01, nesterov: true }),
  ],
  ["AdamW", (p) => new AdamW(p, { lr: 0.1 })],
];

describe.each(MAKERS)("%s", (_, make) => {
  const gradient = randn([6], { generator: new Generator(1) });
  const fresh = () => {
    const p = randn([6], { generator: new Generator(2) });
    p.grad = gradient.clone();
    return p;
  };

  it("prepares numbers, then runs kernels: together a step", () => {
    const [a, b] = [fresh(), fresh()];
    const [whole, halves] = [make([a]), make([b])];
    const before = b.toArray();
    for (let i = 0; i < 3; i++) {
      whole.step();
      halves.prepare();
      if (i === 0) expect(b.toArray()).toEqual(before);
      halves.update();
    }
    expect(b.toArray()).toEqual(a.toArray());
    expect(a.toArray()).not.toEqual(before);
    expect(halves.steps).toBe(3);
  });

  it("moves a view as it would move memory of its own, and not its neighbours", () => {
    const whole = fresh();
    const around = zeros([2, 6]).t(); // a column of it lies two words apart
    const column = around.select(1, 1);
    column.copy_(whole);
    column.grad = gradient;
    const [a, b] = [make([whole]), make([column])];
    for (let i = 0; i < 2; i++) for (const optimizer of [a, b]) optimizer.step();
    expect(column.toArray()).toEqual(whole.toArray());
    expect(around.select(1, 0).toArray()).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("leaves parameters without a gradient, and forgets gradients on demand", () => {
    const [a, b] = [fresh(), fresh()];
    const before = b.toArray();
    b.grad = null;
    const optimizer = make([a, b]);
    optimizer.step();
    expect(b.toArray()).toEqual(before);
    optimizer.zeroGrad();
    expect([a.grad, b.grad]).toEqual([null, null]);
    expect(() => make([zeros([1], "int32")])).toThrow(ValueError);
  });

  it("keeps its state as tensors like the parameters", () => {
    for (const tensors of Object.values(make([fresh(), zeros([2, 3])]).state))
      expect(tensors.map((t) => t.shape)).toEqual([[6], [2, 3]]);
  });
});

it.each<[string, () => unknown, RegExp]>([
  ["a rate below 0", () => new SGD([], -1), /^SGD: lr: expected a number of 0 or more, got -1$/],
  [
    "a momentum that is no number",
    () => new SGD([], { lr: 1, momentum: Number.NaN }),
    /^SGD: momentum: expected a number of 0 or more, got NaN$/,
  ],
  [
    "nesterov alone",
    () => new SGD([], { lr: 1, nesterov: true }),
    /nesterov needs a momentum above 0 and no dampening, got momentum 0/,
  ],
  [
    "nesterov with dampening",
    () => new SGD([], { lr: 1, momentum: 0.9, dampening: 0.1, nesterov: true }),
    /and dampening 0\.1$/,
  ],
  [
    "a decay below 0",
    () => new AdamW([], { weightDecay: -1 }),
    /^AdamW: weightDecay: expected a number of 0 or more/,
  ],
  [
    "a beta of 1",
    () => new AdamW([], { betas: [0.9, 1] }),
    /^AdamW: betas: expected two numbers from 0 to below 1, got 1$/,
  ],
  [
    "a limit of 0",
    () => clipGradNorm([], 0),
    /^GradientClip: maxNorm: expected a norm above 0, got 0$/,
  ],
])("%s is refused", (_, call, message) => {
  expect(call).toThrow(ValueError);
  expect(call).toThrow(message);
});

describe("clipping", () => {
  it("makes NaN of all gradients where one is NaN, as PyTorch does, and 0 where there is none", () => {
    const [a, b] = [zeros([2]), zeros([2])];
    a.grad = tensor([Number.NaN, 1]);
    b.grad = tensor([1, 2]);
    expect(clipGradNorm([a, b], 1).item()).toBeNaN();
    expect((b.grad.toArray() as number[]).every(Number.isNaN)).toBe(true);
    expect(clipGradNorm([zeros([2])], 1).item()).toBe(0);
  });

  it("leaves gradients below the limit to the bit", () => {
    const a = zeros([3]);
    a.grad = tensor([0.1, -0.2, 0.3]);
    const before = a.grad.toArray();
    clipGradNorm([a], 1);
    expect(a.grad.toArray()).toEqual(before);
  });
});
