/**
 * Optimizers and clipping give PyTorch's numbers, step by step (reference/optim.py computed them),
 * on both backends.
 */
import { afterAll, describe, expect, it } from "vitest";
import {
  AdamW,
  clipGradNorm,
  Generator,
  type Optimizer,
  randn,
  setBackend,
  SGD,
  type Tensor,
  zeros,
} from "../../lib/index.js";
import { load } from "../reference/records.js";

interface Options {
  lr?: number;
  momentum?: number;
  dampening?: number;
  nesterov?: boolean;
  weight_decay?: number;
  betas?: [number, number];
  eps?: number;
}
interface Reference {
  shapes: number[][];
  optimizers: { optimizer: "SGD" | "AdamW"; options: Options; steps: number[][][] }[];
  clip: { maxNorm: number; scale: number; norm: number; gradients: number[][] }[];
}
const reference = load<Reference>("optim.json");

/** Within `tolerance` of the value, or of 1 where values cross 0; 2^-22 is an ulp or two. */
function expectClose(got: Tensor, want: readonly number[], tolerance = 2 ** -22): void {
  const x = got.toTypedArray();
  expect(x.length).toBe(want.length);
  for (const [i, y] of Float32Array.from(want).entries())
    expect(Math.abs(x[i] - y), `element ${i}: ${x[i]}, PyTorch ${y}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(y)),
    );
}

afterAll(() => setBackend("native"));
describe.each(["native", "wasm", "reference"] as const)("%s", (backend) => {
  it.each(reference.optimizers)(
    "$optimizer $options",
    ({ optimizer: name, options: { weight_decay, ...rest }, steps }) => {
      setBackend(backend);
      const options = weight_decay === undefined ? rest : { ...rest, weightDecay: weight_decay };
      const generator = new Generator(1);
      const parameters = reference.shapes.map((shape) => randn(shape, { generator }));
      const optimizer: Optimizer =
        name === "SGD"
          ? new SGD(parameters, { lr: 0, ...options })
          : new AdamW(parameters, options);
      // To the bit, but for the lecture's update (p += -lr * p.grad, which rounds twice) and for
      // AdamW, where PyTorch's vector sqrt is not correctly rounded and ours is.
      const exact = name === "SGD" && Object.keys(rest).length + (weight_decay ?? 0) > 1;
      for (const [step, want] of steps.entries()) {
        if (step === steps.length / 2) optimizer.lr /= 2;
        for (const p of parameters) p.grad = randn(p.shape, { generator });
        optimizer.step();
        for (const [i, p] of parameters.entries()) expectClose(p, want[i], exact ? 0 : undefined);
      }
      expect(optimizer.steps).toBe(steps.length);
    },
  );

  it.each(reference.clip)(
    "clips to $maxNorm gradients of scale $scale",
    ({ maxNorm, scale, norm, gradients }) => {
      setBackend(backend);
      const generator = new Generator(2);
      const parameters = reference.shapes.map((shape) => {
        const p = zeros(shape);
        p.grad = randn(shape, { generator }).mul(scale);
        return p;
      });
      const got = clipGradNorm([zeros([2]), ...parameters], maxNorm);
      expect(got.shape).toEqual([]);
      expect(Math.abs(got.item() / norm - 1)).toBeLessThan(2 ** -22);
      for (const [i, p] of parameters.entries())
        expectClose(
          (p.grad as Tensor).div(Math.min(norm, maxNorm)),
          gradients[i].map((g) => g / Math.min(norm, maxNorm)),
        );
    },
  );
});
