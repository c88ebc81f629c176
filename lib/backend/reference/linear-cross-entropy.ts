/** The contract's cross-entropy over a linear layer in plain TypeScript, with all its logits. */
import { exp, log } from "./math/float32.js";
import type { Kernels } from "../kernel-table.js";
import {
  type LinearCrossEntropyBackward,
  type LinearLayer,
  type LinearShard,
  type Operand,
  rowMajorGemm,
} from "../kernels.js";
import { blockPitch, blocksIn, partsOf } from "../layers/shards.js";
import { SOFTMAX_BLOCK } from "../sums.js";
import { at, f32, i32 } from "./operand.js";
import { allocate } from "../storage.js";
import { firstOutside } from "./embedding.js";
import { product } from "./gemm.js";
import { reductions } from "./reduce.js";
import { blockSums, joined, softmaxSums } from "./softmax.js";

const { fround } = Math;

/** x * weight + bias [rows, cols], in memory of its own. */
function logitsOf({ rows, inner, cols, x, weight, bias }: LinearLayer): Operand {
  const out = { storage: allocate(rows * cols), offset: 0 };
  product.gemm(rowMajorGemm({ m: rows, n: cols, k: inner, a: x, b: weight, bias, out }));
  return out;
}

/** Stores the logits that the backward pass need not compute again. */
function keep(
  { rows, inner, cols, spare }: LinearLayer & { readonly spare: Operand | null },
  logits: Operand,
): void {
  const kept = Math.min(rows, inner) * cols;
  if (spare !== null)
    f32(spare).set(f32(logits).subarray(at(logits), at(logits) + kept), at(spare));
}

/**
 * The gradient of the logits, in memory of its own, and from it those of weight and bias; `first`:
 * the layer's first column among those that targets count.
 */
function gradientsOf(
  args: Omit<LinearCrossEntropyBackward, "gradX"> & Partial<LinearShard>,
  first: number,
): Operand {
  const { rows, inner, cols, x, targets, stats, scale, upstream, upstreamStride } = args;
  const { gradWeight, gradBias } = args;
  const g = logitsOf(args); // then their gradient
  for (let i = 0; i < rows; i++) {
    const [max, sum] = [f32(stats)[at(stats) + i], f32(stats)[at(stats) + rows + i]];
    const target = i32(targets)[at(targets) + i] - first;
    const factor = f32(upstream)[at(upstream) + i * upstreamStride];
    for (let j = 0, p = at(g) + i * cols; j < cols; j++, p++) {
      const probability = fround(exp(fround(f32(g)[p] - max)) / sum);
      f32(g)[p] = fround(fround(probability - (j === target ? 1 : 0)) * fround(scale)) * factor;
    }
  }
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
  return g;
}

export const linearLosses = {
  linearCrossEntropy(args) {
    const { rows, cols, targets, loss, stats } = args;
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
    keep(args, logits);
    return -1;
  },

  linearCrossEntropyBackward(args) {
    const { rows, inner, cols, weight, targets, gradX } = args;
    const bad = firstOutside(targets, rows, 0, cols);
    if (bad >= 0) return bad;
    const g = gradientsOf(args, 0);
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
    return -1;
  },

  linearShardBlocks(args) {
    const { rows, cols, first, classes, targets, blocks } = args;
    const bad = firstOutside(targets, rows, 0, classes);
    if (bad >= 0) return bad;
    const pitch = blockPitch(rows);
    const logits = logitsOf(args);
    f32(blocks).fill(0, at(blocks), at(blocks) + 3 * blocksIn(cols) * pitch);
    for (let i = 0; i < rows; i++) {
      const from = at(logits) + i * cols;
      const target = i32(targets)[at(targets) + i] - first;
      for (const [b, { max, sum }] of blockSums(f32(logits), from, cols).entries()) {
        const to = at(blocks) + 3 * b * pitch + i;
        f32(blocks)[to] = max;
        f32(blocks)[to + pitch] = sum;
        if (target >= 0 && target < cols && Math.floor(target / SOFTMAX_BLOCK) === b)
          f32(blocks)[to + 2 * pitch] = f32(logits)[from + target];
      }
    }
    keep(args, logits);
    return -1;
  },

  blockLosses({ rows, classes, blocks, targets, loss, stats }) {
    const bad = firstOutside(targets, rows, 0, classes);
    if (bad >= 0) return bad;
    const pitch = blockPitch(rows);
    const all = f32(blocks);
    for (let i = 0; i < rows; i++) {
      const place = (block: number) => at(blocks) + 3 * block * pitch + i;
      const [max, sum] = joined(
        Array.from({ length: blocksIn(classes) }, (_, b) => ({
          max: all[place(b)],
          sum: all[place(b) + pitch],
        })),
      );
      const target = place(Math.floor(i32(targets)[at(targets) + i] / SOFTMAX_BLOCK));
      f32(loss)[at(loss) + i] = log(sum) - fround(all[target + 2 * pitch] - max);
      f32(stats)[at(stats) + i] = max;
      f32(stats)[at(stats) + rows + i] = sum;
    }
    return -1;
  },

  linearShardBackward(args) {
    const { rows, inner, cols, first, classes, weight, targets, parts } = args;
    const bad = firstOutside(targets, rows, 0, classes);
    if (bad >= 0) return bad;
    const g = gradientsOf(args, first);
    for (const [i, { from, to }] of partsOf(args).entries()) {
      const column = from - first;
      product.gemm(
        rowMajorGemm({
          m: rows,
          n: inner,
          k: to - from,
          a: { ...g, offset: g.offset + column },
          aRow: cols,
          b: { storage: weight.storage, offset: weight.offset + column },
          bRow: 1,
          bCol: cols,
          out: { storage: parts.storage, offset: parts.offset + i * rows * inner },
        }),
      );
    }
    return -1;
  },
} satisfies Partial<Kernels>;
