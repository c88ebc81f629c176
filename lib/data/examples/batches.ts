/** Examples as tensors, and an order in which all are gone through. */
import { checkArguments, checkWhole, objectWith, typed, whole } from "../../check.js";
import { ShapeError, ValueError } from "../../errors.js";
import { Generator } from "../../random/index.js";
import { LARGEST_PERMUTATION } from "../../random/integers.js";
import { type Tensor, tensor } from "../../tensor/index.js";
import { show } from "../../tensor/shape.js";
import { checkType } from "../../tensor/dtypes.js";
import { checkTensor } from "../../tensor/tensor.js";
import type { Examples } from "./contexts.js";

/** Examples as tensors. */
export interface Batch {
  /** int32 [n, blockSize], the tokens seen, oldest first */
  readonly X: Tensor;
  /** int32 [n], the token that follows */
  readonly Y: Tensor;
}

/** @throws ValueError unless `tokens` is a tensor of them */
export const checkInt32 = (what: string, tokens: Tensor): Tensor =>
  checkType(what, checkTensor(what, tokens), "int32", "int32 tokens");

const checkPair = objectWith<Batch>({ X: checkInt32, Y: checkInt32 });

/** @throws ValueError, ShapeError unless `value` is a batch; returns a copy */
export function checkBatch(what: string, value: Batch): Batch {
  checkPair(what, value);
  const { X, Y } = value;
  if (X.rank === 2 && Y.rank === 1 && X.shape[0] === Y.shape[0]) return { X, Y };
  throw new ShapeError(
    what,
    [X.shape, Y.shape],
    `expected X [n, blockSize] and Y [n], got ${show(X.shape)} and ${show(Y.shape)}`,
  );
}

const checkExamples = objectWith<Examples>({
  contexts: typed("Int32Array"),
  targets: typed("Int32Array"),
});

/**
 * The examples of `buildContexts` as tensors: X int32 [count, blockSize], Y int32 [count].
 * @throws ValueError, ShapeError for what are none
 */
export function toBatch(examples: Examples): Batch {
  checkArguments("toBatch", { examples }, { examples: checkExamples });
  const { contexts, targets, count, blockSize } = examples;
  return checkBatch("toBatch", {
    X: tensor(contexts, { shape: [count, blockSize] }),
    Y: tensor(targets),
  });
}

const ORDER = {
  examples: whole(0, LARGEST_PERMUTATION),
  size: whole(1),
  seed: whole(Number.MIN_SAFE_INTEGER),
};

/**
 * Minibatches without replacement: every epoch goes through all examples once, in an order of its
 * own, but for the last n % size of it. The order of an epoch depends on its number and the seed
 * only, so that a training goes on anywhere without having kept it.
 */
export class EpochOrder {
  /** minibatches in an epoch */
  readonly steps: number;
  private epoch = -1;
  private order: Int32Array = new Int32Array(0);

  /**
   * An order of `examples` examples in minibatches of `size`.
   * @throws ValueError where there are fewer than `size`, and for what are no whole numbers
   */
  constructor(
    /** how many examples an epoch goes through */
    readonly examples: number,
    /** of a minibatch */
    readonly size: number,
    private readonly seed: number,
  ) {
    checkArguments("EpochOrder", { examples, size, seed }, ORDER);
    this.steps = Math.floor(examples / size);
    if (this.steps === 0)
      throw new ValueError(
        `EpochOrder: expected minibatches of at most all ${examples} examples, got ${size}`,
      );
  }

  /**
   * The positions of the examples of step number `step`, counted from 0: a copy.
   * @throws ValueError
   */
  batch(step: number): Int32Array {
    checkWhole("EpochOrder.batch: step", step, 0);
    const epoch = Math.floor(step / this.steps);
    if (epoch !== this.epoch) this.order = this.orderOf(epoch);
    this.epoch = epoch;
    const from = (step - epoch * this.steps) * this.size;
    return this.order.slice(from, from + this.size);
  }

  /** Seeded by a hash: of the sums of seeds and epochs, many coincide. */
  private orderOf(epoch: number): Int32Array {
    const seed = scrambled(scrambled(BigInt(this.seed)) + BigInt(epoch));
    return new Generator(seed).randperm(this.examples);
  }
}

/** Steele et al. (2014), "Fast splittable pseudorandom number generators": mix64 of SplitMix. */
function scrambled(n: bigint): bigint {
  let z = BigInt.asUintN(64, n);
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}
