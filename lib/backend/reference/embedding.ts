/** The contract's rows by index in plain TypeScript. */
import type { Kernels } from "../kernel-table.js";
import type { Operand } from "../kernels.js";
import { at, f32, i32 } from "./operand.js";
import { blockedSums } from "./blocked-sum.js";

/** Position of the first of `n` indices outside [low, high), or -1. */
export function firstOutside(index: Operand, n: number, low: number, high: number): number {
  const [ix, from] = [i32(index), at(index)];
  for (let p = 0; p < n; p++) if (ix[from + p] < low || ix[from + p] >= high) return p;
  return -1;
}

export const rows = {
  gatherRows({ n, rows, width, tableRow, table, index, fromEnd, out }) {
    const T = i32(table);
    const ix = i32(index);
    const bad = firstOutside(index, n, fromEnd ? -rows : 0, rows);
    if (bad >= 0) return bad;
    for (let p = 0; p < n; p++) {
      const i = ix[at(index) + p];
      const from = at(table) + (i < 0 ? i + rows : i) * tableRow;
      for (let j = 0; j < width; j++) i32(out)[at(out) + p * width + j] = T[from + j];
    }
    return -1;
  },

  scatterAddRows({ n, rows, width, a, index, table }) {
    const T = f32(table);
    const ix = i32(index);
    const bad = firstOutside(index, n, -rows, rows);
    if (bad >= 0) return bad;
    const positions: number[][] = [];
    for (let p = 0; p < n; p++) {
      const i = ix[at(index) + p];
      (positions[i < 0 ? i + rows : i] ??= []).push(p);
    }
    positions.forEach((terms, row) => {
      blockedSums(terms.length, width, T, at(table) + row * width, (from, to, sums, start) => {
        // The first chain begins with what is in the table.
        if (from > 0) sums.fill(0, start, start + width);
        for (const p of terms.slice(from, to))
          for (let j = 0; j < width; j++) sums[start + j] += f32(a)[at(a) + p * width + j];
      });
    });
    return -1;
  },
} satisfies Partial<Kernels>;
