/**
 * The examples of a split, which are not stored one by one: windows over a stream of tokens, and
 * where in it each example is.
 */
import { checkArguments, whole } from "../../check.js";
import type { Generator } from "../../random/index.js";
import { checkGenerator } from "../../random/generator.js";
import { randint, type Tensor, zeros } from "../../tensor/index.js";
import { MOST_ELEMENTS } from "../../tensor/shape.js";
import { elements } from "../../tensor/tensor.js";
import { type Batch, checkBatch } from "./batches.js";
import { type Feed, type Rows, TensorRows } from "./rows.js";
import type { WeightedDraw } from "./weighted-draw.js";

/** Targets that are counted at a time. */
const COUNTED = 1 << 16;

/** Turns numbers of examples into rows, in place. */
export type ToRows = (examples: Int32Array) => void;

/**
 * Examples in their order. `X` and `Y` are made when they are first asked for; `minibatch`,
 * `evaluate` and `Trainer` do without.
 */
export class Dataset implements Batch {
  readonly #count: number;
  readonly #rows: Rows;
  readonly #toRows: ToRows | undefined;
  readonly #weights: WeightedDraw | undefined;
  #whole: Batch | undefined;

  /**
   * @param rows of which some are the examples
   * @param toRows which; left out: all rows, in their order
   * @param weights how often each is drawn; left out: as often as any other
   * @internal
   */
  constructor(rows: Rows, count = rows.count, toRows?: ToRows, weights?: WeightedDraw) {
    this.#weights = weights;
    this.#count = count;
    this.#rows = rows;
    this.#toRows = toRows;
  }

  /** How many examples. */
  get count(): number {
    return this.#count;
  }

  /** int32 [count, blockSize], the tokens seen, oldest first */
  get X(): Tensor {
    return this.#made().X;
  }
  /** int32 [count], the token that follows */
  get Y(): Tensor {
    return this.#made().Y;
  }

  /** Tokens per context. */
  get blockSize(): number {
    return this.#rows.blockSize;
  }

  /** The examples at rows int32 [n]. @internal */
  at(rows: Tensor): Batch {
    return this.#rows.at(rows);
  }

  /** A minibatch of `size` examples, of which the rows are set before each step. @internal */
  feed(size: number): Feed {
    return this.#rows.feed(size);
  }

  /** How often each token is a target. @internal */
  targetCounts(vocabularySize: number): Float64Array {
    const known = this.#toRows === undefined && this.#rows.targetCounts?.(vocabularySize);
    if (known) return known;
    const counts = new Float64Array(vocabularySize);
    for (const { Y } of this.blocks(COUNTED)) for (const token of Y.toTypedArray()) counts[token]++;
    return counts;
  }

  /**
   * A minibatch draws numbers from 0 to below this, slots: the examples' own numbers, unless they
   * are weighted. @internal
   */
  get slots(): number {
    return this.#weights?.slots ?? this.#count;
  }

  /** Turns slots into rows, in place. @internal */
  slotsToRows(ix: Int32Array): void {
    this.#weights?.slotsToExamples(ix);
    this.examplesToRows(ix);
  }

  /** Turns numbers of examples into rows, in place. @internal */
  examplesToRows(ix: Int32Array): void {
    this.#toRows?.(ix);
  }

  /** All examples in order, at most `size` at a time. @internal */
  *blocks(size: number): Iterable<Batch> {
    for (let from = 0; from < this.count; from += size)
      yield this.#slice(from, Math.min(from + size, this.count));
  }

  /** The examples with these numbers, as a dataset over the same memory. @internal */
  part(numbers: Int32Array): Dataset {
    return new Dataset(this.#rows, numbers.length, (ix) => {
      for (let i = 0; i < ix.length; i++) ix[i] = numbers[ix[i]];
      this.examplesToRows(ix);
    });
  }

  #slice(from: number, to: number): Batch {
    if (this.#toRows === undefined) return this.#rows.slice(from, to);
    if (this.#whole !== undefined) return new TensorRows(this.#whole).slice(from, to);
    const rows = zeros([to - from], "int32");
    const ix = elements(rows) as Int32Array;
    for (let i = 0; i < ix.length; i++) ix[i] = from + i;
    this.examplesToRows(ix);
    return this.at(rows);
  }

  #made(): Batch {
    return (this.#whole ??= this.#slice(0, this.count));
  }
}

/** Any examples as a dataset. @throws ValueError, ShapeError unless `value` is a batch */
export const datasetOf = (what: string, value: Batch): Dataset =>
  value instanceof Dataset ? value : new Dataset(new TensorRows(checkBatch(what, value)));

const KINDS = { size: whole(1, MOST_ELEMENTS), generator: checkGenerator };

/**
 * `size` examples drawn with replacement, as the lecture draws them: `ix = randint(0, n, (size,))`.
 * @throws ValueError, ShapeError
 */
export function minibatch(examples: Batch, size: number, generator: Generator): Batch {
  const dataset = datasetOf("minibatch: examples", examples);
  checkArguments("minibatch", { size, generator }, KINDS);
  const ix = randint(0, dataset.slots, [size], { generator });
  dataset.slotsToRows(elements(ix) as Int32Array);
  return dataset.at(ix);
}
