/** The contract's matrix product in plain TypeScript. */
import { tanh } from "./float32.js";
import { fma32 } from "./fma.js";
import type { Kernels } from "../kernel-table.js";
import { at, f32 } from "./operand.js";
import { binaryOps } from "./elementwise.js";

export const product: Pick<Kernels, "gemm"> = {
  gemm({ m, n, k, a, aRow, aCol, b, bRow, bCol, bias, out, outRow, activation, y }) {
    const [A, B, C] = [f32(a), f32(b), f32(out)];
    for (let i = 0; i < m; i++) {
      const to = at(out) + i * outRow;
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
        let x = at(a) + i * aRow;
        let y = at(b) + j * bCol;
        for (let kk = 0; kk < k; kk++, x += aCol, y += bRow) {
          c0 = fma32(A[x], B[y], c0);
          c1 = fma32(A[x], B[y + step1], c1);
          c2 = fma32(A[x], B[y + step2], c2);
          c3 = fma32(A[x], B[y + step3], c3);
        }
        C[to + j] = c0;
        if (columns > 1) C[to + j + 1] = c1;
        if (columns > 2) C[to + j + 2] = c2;
        if (columns > 3) C[to + j + 3] = c3;
      }
      if (bias !== null) for (let j = 0; j < n; j++) C[to + j] += f32(bias)[at(bias) + j];
      if (y !== null)
        for (let j = 0, p = at(y) + i * outRow; j < n; j++, p++)
          C[to + j] = binaryOps.tanhBackward(C[to + j], f32(y)[p]);
      if (activation === "tanh") for (let j = 0; j < n; j++) C[to + j] = tanh(C[to + j]);
    }
  },
};
