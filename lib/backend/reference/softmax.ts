/** The contract's softmax and cross-entropy in plain TypeScript. */
import { exp, log } from "./math/float32.js";
import type { Kernels } from "../kernel-table.js";
import { SOFTMAX_BLOCK } from "../sums.js";
import { at, f32, i32 } from "./operand.js";
import { firstOutside } from "./embedding.js";
import { laneSum } from "./reduce.js";

const { fround } = Math;

/** The lowest float32. */
const LOWEST = -3.4028234663852886e38;

export interface BlockSum {
  readonly max: number;
  readonly sum: number;
}

/** The contract's softmax sums of a row, block by block: m_b and S_b. */
export function blockSums(x: Float32Array, from: number, cols: number): BlockSum[] {
  const blocks: BlockSum[] = [];
  for (let start = 0; start < cols; start += SOFTMAX_BLOCK) {
    const count = Math.min(SOFTMAX_BLOCK, cols - start);
    let max = LOWEST;
    for (let j = 0; j < count; j++) if (x[from + start + j] > max) max = x[from + start + j];
    blocks.push({ max, sum: laneSum(count, (j) => exp(fround(x[from + start + j] - max))) });
  }
  return blocks;
}

/** m and S of a row, from those of its blocks. */
export function joined(blocks: readonly BlockSum[]): [max: number, sum: number] {
  if (blocks.length === 1) return [blocks[0].max, blocks[0].sum];
  const max = blocks.reduce((m, block) => Math.max(m, block.max), LOWEST);
  return [
    max,
    laneSum(blocks.length, (b) => fround(blocks[b].sum * exp(fround(blocks[b].max - max)))),
  ];
}

/** The contract's softmax sums of a row: m and S. */
export const softmaxSums = (
  x: Float32Array,
  from: number,
  cols: number,
): [max: number, sum: number] => joined(blockSums(x, from, cols));

export const losses = {
  softmax({ rows, cols, a, out, log: isLog }) {
    const A = f32(a);
    const C = f32(out);
    for (let i = 0; i < rows; i++) {
      const from = at(a) + i * cols;
      const to = at(out) + i * cols;
      const [max, sum] = softmaxSums(A, from, cols);
      const logSum = log(sum);
      for (let j = 0; j < cols; j++) {
        const x = fround(A[from + j] - max);
        C[to + j] = isLog ? x - logSum : exp(x) / sum;
      }
    }
  },

  crossEntropy({ rows, cols, logits, targets, scale, loss, grad }) {
    const X = f32(logits);
    const bad = firstOutside(targets, rows, 0, cols);
    if (bad >= 0) return bad;
    for (let i = 0; i < rows; i++) {
      const from = at(logits) + i * cols;
      const to = at(grad) + i * cols;
      const target = i32(targets)[at(targets) + i];
      const [max, sum] = softmaxSums(X, from, cols);
      f32(loss)[at(loss) + i] = log(sum) - fround(X[from + target] - max);
      for (let j = 0; j < cols; j++) {
        const p = fround(exp(fround(X[from + j] - max)) / sum);
        f32(grad)[to + j] = fround(p - (j === target ? 1 : 0)) * fround(scale);
      }
    }
    return -1;
  },
} satisfies Partial<Kernels>;
