/** The rows of the kernel table (kernel-table.ts) whose kernels are a whole layer. */
import type { Visitor } from "../kernel-table.js";
import {
  ACTIVATION,
  type BlockLosses,
  type EmbeddingLayer,
  type EmbeddingLinear,
  type EmbeddingLinearBackward,
  type LinearCrossEntropy,
  type LinearCrossEntropyBackward,
  type LinearLayer,
  type LinearShard,
  type LinearShardBackward,
  type LinearShardBlocks,
} from "../kernels.js";
import { blockWords, partsOf } from "./shards.js";

function layerSizes(v: Visitor, { rows, inner, cols }: LinearLayer): void {
  v.size(rows);
  v.size(inner);
  v.size(cols);
}

function layerInputs(
  v: Visitor,
  { rows, inner, cols, x, weight, bias, targets }: LinearLayer,
  classes = cols,
): void {
  v.read(x, rows * inner);
  v.read(weight, inner * cols);
  v.read(bias, cols);
  v.readIndices(targets, rows, 0, classes);
}

function wholeLayer(v: Visitor, l: LinearLayer): void {
  layerSizes(v, l);
  layerInputs(v, l);
}

function shard(v: Visitor, l: LinearShard): void {
  layerSizes(v, l);
  v.size(l.first);
  v.size(l.classes);
  layerInputs(v, l, l.classes);
}

type Backward = Omit<LinearCrossEntropyBackward, "gradX">;

function upstream(v: Visitor, l: Backward): void {
  v.read(l.stats, 2 * l.rows);
  v.flag(l.kept);
  v.real(l.scale);
  v.read(l.upstream, l.upstreamStride === 0 ? 1 : l.rows);
  v.whole(l.upstreamStride);
}

function gradients(v: Visitor, l: Backward): void {
  // It holds what is read only if the forward pass has kept logits there.
  if (l.kept) v.update(l.gradWeight, l.inner * l.cols);
  else v.write(l.gradWeight, l.inner * l.cols);
  v.write(l.gradBias, l.cols);
  // The gradients of x and weight, and those logits again that have not been kept.
  const again = l.rows - (l.kept ? Math.min(l.rows, l.inner) : 0);
  v.flops(2 * l.inner * l.cols * (2 * l.rows + again));
}

function embeddingLayer(
  v: Visitor,
  { n, positions, rows, width, cols, table, index, weight }: EmbeddingLayer,
): void {
  v.size(n);
  v.size(positions);
  v.size(rows);
  v.size(width);
  v.size(cols);
  v.read(table, rows * width);
  v.readIndices(index, n * positions, 0, rows);
  v.read(weight, positions * width * cols);
}

/** Of a product per token and position, when every token that can occur does. */
const tokenFlops = ({ n, positions, rows, width, cols }: EmbeddingLayer): number =>
  2 * Math.min(n, rows) * positions * width * cols;

export const layerRows = {
  linearCrossEntropy(v: Visitor, l: LinearCrossEntropy): void {
    wholeLayer(v, l);
    v.write(l.loss, l.rows);
    v.write(l.stats, 2 * l.rows);
    v.write(l.spare, Math.min(l.rows, l.inner) * l.cols);
    v.flops(2 * l.rows * l.inner * l.cols);
  },

  linearCrossEntropyBackward(v: Visitor, l: LinearCrossEntropyBackward): void {
    wholeLayer(v, l);
    upstream(v, l);
    v.write(l.gradX, l.rows * l.inner);
    gradients(v, l);
  },

  embeddingLinear(v: Visitor, e: EmbeddingLinear): void {
    embeddingLayer(v, e);
    v.read(e.bias, e.cols);
    v.write(e.out, e.n * e.cols);
    v.choice(ACTIVATION, e.activation);
    v.flops(tokenFlops(e));
  },

  embeddingLinearBackward(v: Visitor, e: EmbeddingLinearBackward): void {
    embeddingLayer(v, e);
    v.read(e.grad, e.n * e.cols);
    v.write(e.gradTable, e.rows * e.width);
    v.write(e.gradWeight, e.positions * e.width * e.cols);
    v.flops(2 * tokenFlops(e));
  },

  linearShardBlocks(v: Visitor, l: LinearShardBlocks): void {
    shard(v, l);
    v.write(l.blocks, blockWords(l.rows, l.cols));
    v.write(l.spare, Math.min(l.rows, l.inner) * l.cols);
    v.flops(2 * l.rows * l.inner * l.cols);
  },

  blockLosses(v: Visitor, { rows, classes, blocks, targets, loss, stats }: BlockLosses): void {
    v.size(rows);
    v.size(classes);
    v.read(blocks, blockWords(rows, classes));
    v.readIndices(targets, rows, 0, classes);
    v.write(loss, rows);
    v.write(stats, 2 * rows);
  },

  linearShardBackward(v: Visitor, l: LinearShardBackward): void {
    shard(v, l);
    upstream(v, l);
    v.write(l.parts, partsOf(l).length * l.rows * l.inner);
    gradients(v, l);
  },
} as const;
