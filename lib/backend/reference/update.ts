/** The optimizers' updates of the contract in plain TypeScript. */
import { fma32 } from "./math/fma.js";
import type { Kernels } from "../kernel-table.js";
import { at, f32 } from "./operand.js";

const { fround, sqrt } = Math;

export const updates = {
  sgd({ n, param, grad, rate }) {
    const P = f32(param);
    const G = f32(grad);
    const minusRate = -f32(rate)[at(rate)];
    for (let i = 0; i < n; i++) P[at(param) + i] += fround(minusRate * G[at(grad) + i]);
  },

  sgdMomentum({ n, param, grad, buf, scalars, nesterov }) {
    const [P, G] = [f32(param), f32(grad)];
    const [minusRate, momentum, share, weightDecay] = f32(scalars).subarray(
      at(scalars),
      at(scalars) + 4,
    );
    const B = buf && f32(buf);
    for (let i = 0; i < n; i++) {
      const p = P[at(param) + i];
      const g = fma32(weightDecay, p, G[at(grad) + i]);
      if (buf === null || B === null) {
        P[at(param) + i] = fma32(minusRate, g, p);
        continue;
      }
      const b = fma32(share, g, fround(momentum * B[at(buf) + i]));
      B[at(buf) + i] = b;
      P[at(param) + i] = fma32(minusRate, nesterov ? fma32(momentum, b, g) : b, p);
    }
  },

  adamw({ n, param, grad, avg, sq, scalars }) {
    const [P, G, M, S] = [f32(param), f32(grad), f32(avg), f32(sq)];
    const [decay, share1, beta2, share2, root, eps, minusStep] = f32(scalars).subarray(
      at(scalars),
      at(scalars) + 7,
    );
    for (let i = 0; i < n; i++) {
      const g = G[at(grad) + i];
      const m = M[at(avg) + i];
      const mean = fma32(share1, fround(g - m), m);
      const square = fround(fround(S[at(sq) + i] * beta2) + fround(fround(share2 * g) * g));
      const scale = fround(fround(fround(sqrt(square)) / root) + eps);
      M[at(avg) + i] = mean;
      S[at(sq) + i] = square;
      P[at(param) + i] =
        fround(P[at(param) + i] * decay) + fround(fround(minusStep * mean) / scale);
    }
  },
} satisfies Partial<Kernels>;
