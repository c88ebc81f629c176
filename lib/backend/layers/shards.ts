/**
 * The last layer under a loss in shards of its columns, for processes that share it: kernels of the
 * contract (kernels.ts) whose results, put together, have the bits of linearCrossEntropy over all
 * columns.
 *
 * A shard is whole blocks of SOFTMAX_BLOCK columns, but for the last block of all. Its maxima and
 * sums of exponentials are complete per block. Of the gradient of x, a blocked sum over all
 * columns, a shard computes parts that must be added in order, across all shards: the sum of a
 * group where all of it that comes before is in the shard too, and of a group that begins in
 * another shard each block, since a sum of rounded numbers can be continued and not be cut in two.
 */
import type { Kernels } from "../kernel-table.js";
import type { LinearLayer, Operand } from "../kernels.js";
import { SOFTMAX_BLOCK, SUM_BLOCK, SUM_GROUP } from "../sums.js";

/**
 * Columns `first` to below first + cols of a layer of `classes` columns: weight [inner, cols] and
 * bias [cols] are the shard's, targets [rows] lie among all columns. `first` is a multiple of
 * SOFTMAX_BLOCK.
 */
export interface LinearShard extends LinearLayer {
  readonly first: number;
  readonly classes: number;
}

/**
 * blocks [blocks, 3, pitch], pitch being rows rounded up to a multiple of 16, takes of each block
 * of the shard: per row the largest logit m_b, the sum S_b (softmax sums), and the logit of the
 * target, 0 where that is in another block; 0 beyond the rows. `spare`: as of linearCrossEntropy.
 */
export interface LinearShardBlocks extends LinearShard {
  readonly blocks: Operand;
  readonly spare: Operand | null;
}

/** loss and stats of linearCrossEntropy from the blocks of all `classes` columns. */
export interface BlockLosses {
  readonly rows: number;
  readonly classes: number;
  readonly blocks: Operand;
  readonly targets: Operand;
  readonly loss: Operand;
  readonly stats: Operand;
}

/**
 * The shard's columns of linearCrossEntropyBackward's gradWeight and gradBias, and parts
 * [partsOf(shard).length, rows, inner] of its gradX.
 */
export interface LinearShardBackward extends LinearShard {
  readonly stats: Operand;
  readonly kept: boolean;
  readonly scale: number;
  readonly upstream: Operand;
  readonly upstreamStride: 0 | 1;
  readonly parts: Operand;
  readonly gradWeight: Operand;
  readonly gradBias: Operand;
}

/** Words from one number of a block to its next: the rows, in whole strips. */
export const blockPitch = (rows: number): number => (rows + 15) & -16;

/** How many blocks so many columns are. */
export const blocksIn = (cols: number): number => Math.ceil(cols / SOFTMAX_BLOCK);

/** The words of `blocks`. */
export const blockWords = (rows: number, cols: number): number =>
  3 * blocksIn(cols) * blockPitch(rows);

/** Columns of all that a part of gradX is the sum of: those from `from` to below `to`. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/** The parts of gradX that a shard has, in order. */
export function partsOf({ first, cols }: Pick<LinearShard, "first" | "cols">): Part[] {
  const end = first + cols;
  const parts: Part[] = [];
  for (let from = first; from < end;) {
    const group = Math.floor(from / SUM_GROUP) * SUM_GROUP;
    const to = Math.min(end, group < first ? from + SUM_BLOCK : group + SUM_GROUP);
    parts.push({ from, to });
    from = to;
  }
  return parts;
}

/**
 * Adds parts of all columns, n numbers each and one after the other in `memory`, in the order of a
 * blocked sum: the sums of each group first, then the groups. The result is in the place of the
 * first part; the others are used up.
 */
export function addParts(
  { binary }: Pick<Kernels, "binary">,
  parts: readonly Part[],
  { storage, offset }: Operand,
  n: number,
): void {
  const addTo = (sum: number, part: number) => {
    const out = { storage, offset: offset + sum * n };
    const b = { storage, offset: offset + part * n };
    const strides = [1];
    const common = { shape: [n], aStrides: strides, bStrides: strides, outStrides: strides };
    binary({ op: "add", ...common, a: out, b, out });
  };
  const groupOf = ({ from }: Part) => Math.floor(from / SUM_GROUP);
  const starts = parts.flatMap((part, i) =>
    i === 0 || groupOf(part) !== groupOf(parts[i - 1]) ? [i] : [],
  );
  for (const [g, start] of starts.entries()) {
    const end = g + 1 < starts.length ? starts[g + 1] : parts.length;
    for (let i = start + 1; i < end; i++) addTo(start, i);
    if (start > 0) addTo(0, start);
  }
}
