/** Examples as tensors, and minibatches drawn from them. */
import { checkObject } from "../check.js";
import { ShapeError, ValueError } from "../errors.js";
import { Generator } from "../random/index.js";
import { randint, type Tensor, tensor } from "../tensor/index.js";
import { show } from "../tensor/shape.js";
import { checkTensor } from "../tensor/tensor.js";
import type { Examples } from "./contexts.js";

/** Examples as tensors. */
export interface Batch {
  /** int32 [n, blockSize], the tokens seen, oldest first */
  readonly X: Tensor;
  /** int32 [n], the token that follows */
  readonly Y: Tensor;
}

/** @throws ValueError, ShapeError unless `value` is a batch; returns a copy */
export function checkBatch(what: string, value: Batch): Batch {
  const { X, Y } = checkObject(what, value);
  for (const [name, t] of [["X", X], ["Y", Y]] as const) {
    if (checkTensor(`${what}.${name}`, t).dtype !== "int32") throw new ValueError(`${what}.${name}: expected int32 tokens, got float32`);
  }
  if (X.rank === 2 && Y.rank === 1 && X.shape[0] === Y.shape[0]) return { X, Y };
  throw new ShapeError(what, [X.shape, Y.shape], `expected X [n, blockSize] and Y [n], got ${show(X.shape)} and ${show(Y.shape)}`);
}

/** The examples of `buildContexts` as tensors: X int32 [count, blockSize], Y int32 [count]. */
export function toBatch({ contexts, targets, count, blockSize }: Examples): Batch {
  return { X: tensor(contexts, { shape: [count, blockSize] }), Y: tensor(targets) };
}

/** `size` examples drawn with replacement, as the lecture draws them: `ix = randint(0, n, (size,))`. */
export function minibatch({ X, Y }: Batch, size: number, generator: Generator): Batch {
  const ix = randint(0, Y.numel, [size], { generator });
  return { X: X.index(ix), Y: Y.index(ix) };
}

/** All examples in order, at most `size` at a time. */
export function* blocks({ X, Y }: Batch, size: number): Iterable<Batch> {
  for (let from = 0; from < Y.numel; from += size) yield { X: X.slice(0, from, from + size), Y: Y.slice(0, from, from + size) };
}

/**
 * Minibatches without replacement: every epoch goes through all examples once, in an order of its own, but for the last n % size of it. The
 * order of an epoch depends on its number and the seed only, so that a training goes on anywhere without having kept it.
 */
export class EpochOrder {
  /** minibatches in an epoch */
  readonly steps: number;
  private epoch = -1;
  private order: Int32Array = new Int32Array(0);

  /** An order of `examples` examples in minibatches of `size`. @throws ValueError where there are fewer than `size` */
  constructor(private readonly examples: number, private readonly size: number, private readonly seed: number) {
    this.steps = Math.floor(examples / size);
    if (this.steps === 0) throw new ValueError(`EpochOrder: expected minibatches of at most all ${examples} examples, got ${size}`);
  }

  /** The positions of the examples of step number `step`, counted from 0. */
  batch(step: number): Int32Array {
    const epoch = Math.floor(step / this.steps);
    if (epoch !== this.epoch) this.order = new Generator(this.seed + epoch).randperm(this.examples);
    this.epoch = epoch;
    const from = (step - epoch * this.steps) * this.size;
    return this.order.subarray(from, from + this.size);
  }
}
