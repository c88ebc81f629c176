/** The contract's first layer over tokens in plain TypeScript. */
import type { Kernels } from "../kernel-table.js";
import { type EmbeddingLayer, type Operand, rowMajorGemm } from "../kernels.js";
import { allocate } from "../storage.js";
import { firstOutside, rows as byRow } from "./embedding.js";
import { tanh } from "./math/float32.js";
import { product } from "./gemm.js";
import { at, f32, i32 } from "./operand.js";

const words = (n: number): Operand => ({ storage: allocate(n), offset: 0 });
const plus = ({ storage, offset }: Operand, n: number): Operand => ({
  storage,
  offset: offset + n,
});

/** Part j of the index: [n], a position's tokens. */
function position({ n, positions, index }: EmbeddingLayer, j: number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => i32(index)[at(index) + i * positions + j]);
}

/** The tokens that occur at a position, ascending, their features, and which one an example has. */
function tokensAt(layer: EmbeddingLayer, j: number) {
  const { n, width, table } = layer;
  const index = position(layer, j);
  const tokens = [...new Set(index)].sort((a, b) => a - b);
  const rowOf = new Map(tokens.map((token, row) => [token, row]));
  const features = words(tokens.length * width);
  for (const [row, token] of tokens.entries())
    for (let e = 0; e < width; e++)
      f32(features)[at(features) + row * width + e] = f32(table)[at(table) + token * width + e];
  const row = words(n);
  for (let i = 0; i < n; i++) i32(row)[at(row) + i] = rowOf.get(index[i]) as number;
  return { tokens, features, row };
}

export const embeddingLayers: Pick<Kernels, "embeddingLinear" | "embeddingLinearBackward"> = {
  embeddingLinear(layer) {
    const { n, positions, rows, width, cols, index, weight, bias, out, activation } = layer;
    const bad = firstOutside(index, n * positions, 0, rows);
    if (bad >= 0) return bad;
    const [to, from] = [f32(out), at(out)];
    for (let j = 0; j < positions; j++) {
      const { tokens, features, row } = tokensAt(layer, j);
      const products = words(tokens.length * cols);
      product.gemm(
        rowMajorGemm({
          m: tokens.length,
          n: cols,
          k: width,
          a: features,
          b: plus(weight, j * width * cols),
          bias: j === 0 ? bias : null,
          out: products,
        }),
      );
      for (let i = 0; i < n; i++) {
        const p = at(products) + i32(row)[at(row) + i] * cols;
        for (let h = 0; h < cols; h++) {
          const product = f32(products)[p + h];
          const sum = from + i * cols + h;
          to[sum] = j === 0 ? product : to[sum] + product; // 0 + -0 would be 0
        }
      }
    }
    if (activation === "tanh") for (let p = from; p < from + n * cols; p++) to[p] = tanh(to[p]);
    return -1;
  },

  embeddingLinearBackward(layer) {
    const { n, positions, rows, width, cols, index, weight, grad, gradTable, gradWeight } = layer;
    const bad = firstOutside(index, n * positions, 0, rows);
    if (bad >= 0) return bad;
    if (gradTable !== null) f32(gradTable).fill(0, at(gradTable), at(gradTable) + rows * width);
    for (let j = 0; j < positions; j++) {
      const { tokens, features, row } = tokensAt(layer, j);
      const sums = words(tokens.length * cols);
      f32(sums).fill(0, at(sums), at(sums) + tokens.length * cols);
      byRow.scatterAddRows({
        n,
        rows: tokens.length,
        width: cols,
        a: grad,
        index: row,
        table: sums,
      });
      if (gradWeight !== null)
        product.gemm(
          rowMajorGemm({
            m: width,
            n: cols,
            k: tokens.length,
            a: features,
            aRow: 1,
            aCol: width,
            b: sums,
            out: plus(gradWeight, j * width * cols),
          }),
        );
      if (gradTable === null) continue;
      const rowsOfTable = words(tokens.length * width);
      product.gemm(
        rowMajorGemm({
          m: tokens.length,
          n: width,
          k: cols,
          a: sums,
          b: plus(weight, j * width * cols),
          bRow: 1,
          bCol: cols,
          out: rowsOfTable,
        }),
      );
      for (const [row, token] of tokens.entries())
        for (let e = 0; e < width; e++)
          f32(gradTable)[at(gradTable) + token * width + e] +=
            f32(rowsOfTable)[at(rowsOfTable) + row * width + e];
    }
    return -1;
  },
};
