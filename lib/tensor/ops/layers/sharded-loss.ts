/**
 * linearCrossEntropy of a layer whose columns several processes share: each computes its own, and
 * they exchange maxima and sums of blocks, and parts of the gradient of x.
 */
import { kernels } from "../../../backend/index.js";
import {
  addParts,
  blocksIn,
  blockWords,
  type Part,
  partsOf,
} from "../../../backend/layers/shards.js";
import { SOFTMAX_BLOCK } from "../../../backend/sums.js";
import { type Communicator, countsOf, sharesOf } from "../../../distributed/communicator.js";
import { record } from "../../tape.js";
import { empty, sizes, type Tensor } from "../../tensor.js";
import { contiguous } from "../elementwise.js";
import { mean } from "../reduce.js";
import { badTarget } from "./targets.js";

const memoryOf = ({ storage: { slab, start, length } }: Tensor): Int32Array =>
  slab.i32.subarray(start, start + length);

/** Memory for minibatches of one size, kept from step to step, and what goes to whom. */
class Exchange {
  readonly blocks: Tensor;
  readonly blockCounts: readonly number[];
  readonly parts: Tensor;
  readonly sent: Tensor;
  readonly received: Tensor;
  /** the rows whose gradient each rank adds up */
  readonly rowStarts: readonly number[];
  readonly sentCounts: readonly number[];
  readonly receivedCounts: readonly number[];
  readonly rowCounts: readonly number[];

  constructor(
    { communicator: { rank, size }, starts, parts }: VocabularyShards,
    readonly rows: number,
    readonly inner: number,
  ) {
    this.blocks = empty([blockWords(rows, starts[size])]);
    this.blockCounts = starts.slice(1).map((end, r) => blockWords(rows, end - starts[r]));
    this.rowStarts = sharesOf(rows, size);
    this.rowCounts = countsOf(this.rowStarts, inner);
    const own = parts[rank].length;
    this.parts = empty([own, rows, inner]);
    this.sentCounts = this.rowCounts.map((count) => own * count);
    this.sent = empty([own, rows, inner]);
    this.receivedCounts = parts.map((of) => of.length * this.rowCounts[rank]);
    this.received = empty([this.receivedCounts.reduce((sum, count) => sum + count, 0)]);
  }
}

/** Which columns of a layer each rank has: whole blocks of the softmax's sums. */
export class VocabularyShards {
  /** the first column of each rank, and behind the last, how many there are */
  readonly starts: readonly number[];
  /** the parts of the gradient of x that each rank computes */
  readonly parts: readonly Part[][];
  #exchange: Exchange | undefined;
  #spare: Tensor | undefined;

  constructor(
    readonly communicator: Communicator,
    readonly classes: number,
  ) {
    const { size } = communicator;
    this.starts = sharesOf(blocksIn(classes), size).map((block) =>
      Math.min(block * SOFTMAX_BLOCK, classes),
    );
    this.parts = this.starts
      .slice(1)
      .map((end, r) => partsOf({ first: this.starts[r], cols: end - this.starts[r] }));
  }

  get first(): number {
    return this.starts[this.communicator.rank];
  }

  get cols(): number {
    return this.starts[this.communicator.rank + 1] - this.first;
  }

  /** Of the minibatches that come, which are all of one size. */
  exchange(rows: number, inner: number): Exchange {
    const known = this.#exchange;
    if (known?.rows === rows && known.inner === inner) return known;
    return (this.#exchange = new Exchange(this, rows, inner));
  }

  /** Memory for the gradient of the weights, the same in every step. */
  spare(inner: number): Tensor {
    if (this.#spare === undefined || sizes(this.#spare)[0] !== inner)
      this.#spare = empty([inner, this.cols]);
    return this.#spare;
  }
}

/** What shardedCrossEntropy saves; tensors are contiguous. */
export interface SavedShardedLoss {
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly targets: Tensor;
  readonly stats: Tensor;
  readonly shards: VocabularyShards;
}

const layerOf = ({ x, weight, bias, targets, shards }: Omit<SavedShardedLoss, "stats">) => {
  const [rows, inner] = sizes(x);
  const { first, cols, classes } = shards;
  return { rows, inner, cols, first, classes, x, weight, bias, targets };
};

/**
 * The mean of linearCrossEntropy(x, W, b, targets), W [in, classes] and b [classes] being shared:
 * weight [in, own] and bias [own] are this rank's columns of them. x [n, in] and targets [n] are
 * the same on every rank, as is the result. The gradients of weight and bias are those of the own
 * columns, that of x is the whole; the next step uses the gradient of weight's memory again.
 * @throws IndexError on a target out of range, on every rank
 */
export function shardedCrossEntropy(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  targets: Tensor,
  shards: VocabularyShards,
): Tensor {
  const saved = {
    x: contiguous(x.detach()),
    weight: contiguous(weight.detach()),
    bias: contiguous(bias.detach()),
    targets: contiguous(targets),
    shards,
  };
  const layer = layerOf(saved);
  const { rows, inner, classes, first } = layer;
  const { blocks, blockCounts } = shards.exchange(rows, inner);
  const { storage, offset } = blocks;
  const own = { storage, offset: offset + blockWords(rows, first) };
  const bad = kernels().linearShardBlocks({ ...layer, blocks: own, spare: shards.spare(inner) });
  if (bad >= 0) throw badTarget("linearCrossEntropy", saved.targets, bad, classes);
  shards.communicator.allgather(memoryOf(blocks), blockCounts);
  const [loss, stats] = [empty([rows]), empty([2, rows])];
  kernels().blockLosses({ rows, classes, blocks, targets: saved.targets, loss, stats });
  return record("shardedCrossEntropy", mean(loss), [x, weight, bias], () => ({ ...saved, stats }));
}

/** The gradients of x, weight and bias, given that of the loss; `last` as of linearCrossEntropy. */
export function shardedCrossEntropyBackward(
  g: Tensor,
  loss: SavedShardedLoss,
  last: boolean,
): Tensor[] {
  const { shards, stats } = loss;
  const layer = layerOf(loss);
  const { rows, inner, cols } = layer;
  const exchange = shards.exchange(rows, inner);
  const gradWeight = last ? shards.spare(inner) : empty([inner, cols]);
  const gradBias = empty([cols]);
  kernels().linearShardBackward({
    ...layer,
    ...{ stats, kept: last, scale: 1 / rows, upstream: contiguous(g), upstreamStride: 0 },
    ...{ parts: exchange.parts, gradWeight, gradBias },
  });
  return [addedUp(shards, exchange), gradWeight, gradBias];
}

/** The gradient of x: each rank adds up the parts of some rows, and all get those. */
function addedUp(shards: VocabularyShards, exchange: Exchange): Tensor {
  const { communicator, parts } = shards;
  const { rows, inner, rowStarts, rowCounts, sent, received } = exchange;
  const own = parts[communicator.rank].length;
  // To each rank its rows of all parts.
  for (const [r, words] of rowCounts.entries()) {
    const from = rowStarts[r] * inner;
    kernels().copy({
      shape: [own, words],
      a: { storage: exchange.parts.storage, offset: exchange.parts.offset + from },
      aStrides: [rows * inner, 1],
      out: { storage: sent.storage, offset: sent.offset + own * from },
      outStrides: [words, 1],
    });
  }
  const { sentCounts, receivedCounts } = exchange;
  communicator.alltoall(memoryOf(sent), sentCounts, memoryOf(received), receivedCounts);
  const words = rowCounts[communicator.rank];
  addParts(kernels(), parts.flat(), received, words);
  const gradX = empty([rows, inner]);
  const memory = memoryOf(gradX);
  memory.set(memoryOf(received).subarray(0, words), rowStarts[communicator.rank] * inner);
  communicator.allgather(memory, rowCounts);
  return gradX;
}
