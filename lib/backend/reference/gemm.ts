/** The contract's matrix product in plain TypeScript. */
import { tanh } from "./math/float32.js";
import { fma32 } from "./math/fma.js";
import type { Kernels } from "../kernel-table.js";
import type { Gemm } from "../kernels.js";
import { at, f32 } from "./operand.js";
import { blockedSums } from "./blocked-sum.js";
import { binaryOps } from "./elementwise.js";

/** Row i's chains over the terms from `from` to below `to`, to C from position `start`. */
function rowChains(
  { n, a, aRow, aCol, b, bRow, bCol }: Gemm,
  i: number,
  from: number,
  to: number,
  C: Float32Array,
  start: number,
): void {
  const [A, B] = [f32(a), f32(b)];
  // Four chains side by side: one alone would wait for each of its own additions.
  for (let j = 0; j < n; j += 4) {
    const columns = Math.min(4, n - j);
    const step1 = columns > 1 ? bCol : 0;
    const step2 = columns > 2 ? 2 * bCol : 0;
    const step3 = columns > 3 ? 3 * bCol : 0;
    let c0 = 0;
    let c1 = 0;
    let c2 = 0;
    let c3 = 0;
    let x = at(a) + i * aRow + from * aCol;
    let y = at(b) + j * bCol + from * bRow;
    for (let p = from; p < to; p++, x += aCol, y += bRow) {
      c0 = fma32(A[x], B[y], c0);
      c1 = fma32(A[x], B[y + step1], c1);
      c2 = fma32(A[x], B[y + step2], c2);
      c3 = fma32(A[x], B[y + step3], c3);
    }
    C[start + j] = c0;
    if (columns > 1) C[start + j + 1] = c1;
    if (columns > 2) C[start + j + 2] = c2;
    if (columns > 3) C[start + j + 3] = c3;
  }
}

export const product = {
  gemm(args) {
    const { m, n, k, bias, out, outRow, activation, y } = args;
    const C = f32(out);
    for (let i = 0; i < m; i++) {
      const start = at(out) + i * outRow;
      blockedSums(k, n, C, start, (from, to, sums, at) => rowChains(args, i, from, to, sums, at));
      if (bias !== null) for (let j = 0; j < n; j++) C[start + j] += f32(bias)[at(bias) + j];
      if (y !== null)
        for (let j = 0, p = at(y) + i * outRow; j < n; j++, p++)
          C[start + j] = binaryOps.tanhBackward(C[start + j], f32(y)[p]);
      if (activation === "tanh") for (let j = 0; j < n; j++) C[start + j] = tanh(C[start + j]);
    }
  },
} satisfies Partial<Kernels>;
