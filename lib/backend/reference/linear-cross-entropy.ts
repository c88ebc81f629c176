/** The contract's cross-entropy over a linear layer in plain TypeScript, with all its logits. */
import { exp, log } from "./math/float32.js";
import type { Kernels } from "../kernel-table.js";
import { type LinearLayer, type Operand, rowMajorGemm } from "../kernels.js";
import { at, f32, i32 } from "./operand.js";
import { allocate } from "../storage.js";
import { firstOutside } from "./embedding.js";
import { product } from "./gemm.js";
import { reductions } from "./reduce.js";
import { softmaxSums } from "./softmax.js";

const { fround } = Math;

/** x * weight + bias [rows, cols], in memory of its own. */
function logitsOf({ rows, inner, cols, x, weight, bias }: LinearLayer): Operand {
  const out = { storage: allocate(rows * cols), offset: 0 };
  product.gemm(rowMajorGemm({ m: rows, n: cols, k: inner, a: x, b: weight, bias, out }));
  return out;
}

export const linearLosses = {
  linearCrossEntropy(args) {
    const { rows, inner, cols, targets, loss, stats, spare } = args;
    const bad = firstOutside(targets, rows, 0, cols);
    if (bad >= 0) return bad;
    const logits = logitsOf(args);
    for (let i = 0; i < rows; i++) {
      const from = at(logits) + i * cols;
      const [max, sum] = softmaxSums(f32(logits), from, cols);
      f32(loss)[at(loss) + i] =
        log(sum) - fround(f32(logits)[from + i32(targets)[at(targets) + i]] - max);
      f32(stats)[at(stats) + i] = max;
      f32(stats)[at(stats) + rows + i] = sum;
    }
    const kept = Math.min(rows, inner) * cols;
    if (spare !== null)
      f32(spare).set(f32(logits).subarray(at(logits), at(logits) + kept), at(spare));
    return -1;
  },

  linearCrossEntropyBackward(args) {
    const {
      rows,
      inner,
      cols,
      x,
      weight,
      targets,
      stats,
      scale,
      upstream,
      upstreamStride,
      gradX,
      gradWeight,
      gradBias,
    } = args;
    const bad = firstOutside(targets, rows, 0, cols);
    if (bad >= 0) return bad;
    const g = logitsOf(args); // then their gradient
    for (let i = 0; i < rows; i++) {
      const [max, sum] = [f32(stats)[at(stats) + i], f32(stats)[at(stats) + rows + i]];
      const target = i32(targets)[at(targets) + i];
      const factor = f32(upstream)[at(upstream) + i * upstreamStride];
      for (let j = 0, p = at(g) + i * cols; j < cols; j++, p++) {
        const probability = fround(exp(fround(f32(g)[p] - max)) / sum);
        f32(g)[p] = fround(fround(probability - (j === target ? 1 : 0)) * fround(scale)) * factor;
      }
    }
    product.gemm(
      rowMajorGemm({
        m: rows,
        n: inner,
        k: cols,
        a: g,
        b: weight,
        bRow: 1,
        bCol: cols,
        out: gradX,
      }),
    );
    product.gemm(
      rowMajorGemm({
        m: inner,
        n: cols,
        k: rows,
        a: x,
        aRow: 1,
        aCol: inner,
        b: g,
        out: gradWeight,
      }),
    );
    reductions.sum({ outer: 1, reduce: rows, inner: cols, a: g, out: gradBias });
    return -1;
  },
} satisfies Partial<Kernels>;
