/** The contract's sums and maxima in plain TypeScript. */
import type { Kernels } from "../kernel-table.js";
import { at, f32, i32 } from "./operand.js";

const lanes = new Float64Array(16);

/** The contract's sixteen-lane sum of value(0), ..., value(n-1). */
export function laneSum(n: number, value: (i: number) => number): number {
  lanes.fill(0);
  for (let i = 0; i < n; i++) lanes[i & 15] += value(i);
  for (let half = 8; half > 0; half >>= 1)
    for (let i = 0; i < half; i++) lanes[i] += lanes[i + half];
  return Math.fround(lanes[0]);
}

export const reductions = {
  sum({ outer, reduce, inner, a, out }) {
    const A = f32(a);
    const C = f32(out);
    for (let o = 0; o < outer; o++) {
      const from = at(a) + o * reduce * inner;
      if (inner === 1) {
        C[at(out) + o] = laneSum(reduce, (r) => A[from + r]);
        continue;
      }
      for (let i = 0; i < inner; i++) {
        let total = 0;
        for (let r = 0; r < reduce; r++) total += A[from + r * inner + i];
        C[at(out) + o * inner + i] = total;
      }
    }
  },

  cumsum({ outer, reduce, inner, a, out, reverse }) {
    const A = f32(a);
    const C = f32(out);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        let total = 0;
        for (let k = 0; k < reduce; k++) {
          const p = (o * reduce + (reverse ? reduce - 1 - k : k)) * inner + i;
          total += A[at(a) + p];
          C[at(out) + p] = total;
        }
      }
    }
  },

  max({ outer, reduce, inner, a, out, index }) {
    const A = f32(a);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const from = at(a) + o * reduce * inner + i;
        let best = 0;
        for (let r = 1; r < reduce; r++) {
          const x = A[from + r * inner];
          const top = A[from + best * inner];
          if (x > top || (Number.isNaN(x) && !Number.isNaN(top))) best = r;
        }
        f32(out)[at(out) + o * inner + i] = A[from + best * inner];
        i32(index)[at(index) + o * inner + i] = best;
      }
    }
  },
} satisfies Partial<Kernels>;
