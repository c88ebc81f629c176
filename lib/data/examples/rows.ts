/** The rows that a dataset takes its examples from: in memory here, or read from where they are. */
import { type Tensor, zeros } from "../../tensor/index.js";
import { elements } from "../../tensor/tensor.js";
import type { Batch } from "./batches.js";

/** Rows, each a context and its target. */
export interface Rows {
  readonly count: number;
  /** tokens per context */
  readonly blockSize: number;
  /** those with these numbers, int32 [n] */
  at(numbers: Tensor): Batch;
  /** those from one to before another */
  slice(from: number, to: number): Batch;
  /** a minibatch that is drawn anew before each step */
  feed(size: number): Feed;
  /** how often each token is a target; undefined where only a look at the rows says it */
  targetCounts?(vocabularySize: number): Float64Array | undefined;
}

/** A minibatch whose rows change from step to step: what a recorded step takes as its inputs. */
export interface Feed {
  /** the numbers of its rows, to be set before each step */
  readonly numbers: Int32Array;
  /** what changes with them */
  readonly inputs: readonly Tensor[];
  /** The numbers are set. */
  ready(): void;
  /** the minibatch, as a part of the step */
  batch(): Batch;
}

/** Rows in memory; they may be windows that overlap. */
export class TensorRows implements Rows {
  constructor(readonly all: Batch) {}

  get count(): number {
    return this.all.Y.numel;
  }

  get blockSize(): number {
    return this.all.X.shape[1];
  }

  at(numbers: Tensor): Batch {
    return { X: this.all.X.index(numbers), Y: this.all.Y.index(numbers) };
  }

  slice(from: number, to: number): Batch {
    const { X, Y } = this.all;
    return from === 0 && to === this.count
      ? this.all
      : { X: X.slice(0, from, to), Y: Y.slice(0, from, to) };
  }

  /** The step itself gathers the rows: its input is their numbers. */
  feed(size: number): Feed {
    const ix = zeros([size], "int32");
    return {
      numbers: elements(ix) as Int32Array,
      inputs: [ix],
      ready: () => void ix.storage.version++,
      batch: () => this.at(ix),
    };
  }
}
