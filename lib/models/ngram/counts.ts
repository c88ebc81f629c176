/** What was seen after which context, for all contexts up to a length. */
import { checkArguments, checkWhole, objectWith, refuse, whole } from "../../check.js";
import { type Batch, checkInt32 } from "../../data/examples/batches.js";
import { type Dataset, datasetOf } from "../../data/examples/dataset.js";
import { DataError, ShapeError, ValueError } from "../../errors.js";
import { type Tensor, tensor } from "../../tensor/index.js";
import { MOST_ELEMENTS, show } from "../../tensor/shape.js";
import { checkTokenIds, checkVocabularySize } from "../check.js";
import { fillBehindStart } from "./sentence-starts.js";
import type { Columns, Ngrams } from "./sort.js";
import { NgramTree } from "./tree.js";

/**
 * What counts are made from, and what a run folder keeps of them: ngrams int32 [m, order], the
 * longest, oldest word first; counts int32 [m].
 */
export type NgramTensors = Record<"ngrams" | "counts", Tensor>;

/**
 * Hardly any text holds a longer one twice, and each of its tokens adds as many entries to the
 * tree.
 */
export const LONGEST_NGRAM = 20;

/** Counts to make a model of. @throws ValueError for what is none; DataError without counts */
export let checkCounts: (what: string, counts: NgramCounts) => void;
/** What a model of these counts walks. */
export let treeOf: (counts: NgramCounts) => NgramTree;

/** What counts are asked for. */
export const SIZES = { order: whole(1, LONGEST_NGRAM), vocabularySize: checkVocabularySize };

/**
 * How often each word was seen after each context of up to order - 1 words: what `KneserNey` and
 * its kind are made from.
 */
export class NgramCounts {
  #ngrams: Ngrams | undefined;
  #made: NgramTree | undefined;
  #tensors: NgramTensors | undefined;

  static {
    checkCounts = (what, counts) => {
      if (!(counts instanceof NgramCounts)) refuse(what, "NgramCounts", counts);
      if (counts.#isEmpty())
        throw new DataError("n-grams", `${what}: expected at least one n-gram, got none`);
    };
    treeOf = (counts) => counts.#tree;
  }

  /** words of the longest n-grams */
  readonly order: number;
  /** V: tokens are 0 to V - 1 */
  readonly vocabularySize: number;

  private constructor(
    ngrams: Ngrams,
    vocabularySize: number,
    /** the token before a sentence; -1: none */
    private readonly start: number,
  ) {
    if (start >= 0) fillBehindStart(ngrams.columns, start);
    this.#ngrams = ngrams;
    this.order = ngrams.columns.length;
    this.vocabularySize = vocabularySize;
  }

  /**
   * Made when it is first asked for: who reads a run to draw or to list it does not wait for it.
   */
  get #tree(): NgramTree {
    if (this.#ngrams !== undefined) {
      this.#made = new NgramTree(this.order, this.vocabularySize, this.#ngrams, this.start);
      this.#ngrams = undefined;
    }
    return this.#made as NgramTree;
  }

  #isEmpty(): boolean {
    return (this.#ngrams?.columns[0].length ?? this.#made?.entries) === 0;
  }

  /**
   * Counts the examples, of whose contexts the last order - 1 words count.
   * @param start the token that stands before a sentence, as often as a context is wide: n-grams
   * begin with one of it at most, as those of other tools do, and that one is no word by itself
   * @throws ValueError for an order that is no whole number from 1 to 20, DataError without
   *   examples, IndexError on tokens out of range
   */
  static of(examples: Batch, order: number, vocabularySize: number, start = -1): NgramCounts {
    checkLimits({ order, vocabularySize, start });
    const text = textFor(order, examples);
    const width = text.blockSize;
    const columns = Array.from({ length: order }, () => new Int32Array(text.count));
    let from = 0;
    for (const { X, Y } of text.blocks(1 << 16)) {
      const [contexts, targets] = [X.toTypedArray(), Y.toTypedArray()];
      checkTokenIds("n-grams", contexts, vocabularySize, { width, seen: order - 1, from });
      checkTokenIds("n-grams", targets, vocabularySize, { from });
      columns[0].set(targets, from);
      for (let back = 1; back < order; back++)
        take(contexts, width - back, width, columns[back].subarray(from, from + targets.length));
      from += targets.length;
    }
    const made = new NgramCounts({ columns }, vocabularySize, start);
    void made.#tree; // the examples are needed no longer
    return made;
  }

  /** Number of contexts, the empty one included. */
  get nodes(): number {
    return this.#tree.nodes;
  }
  /** Number of (context, word) pairs. */
  get entries(): number {
    return this.#tree.entries;
  }

  /** The longest n-grams, a row each, and their counts: all that the counts are made from. */
  toTensors(): NgramTensors {
    return { ...(this.#tensors ??= this.#rows()) };
  }

  #rows(): NgramTensors {
    if (this.#ngrams?.times !== undefined)
      return tensorsOf(this.#ngrams.columns, this.#ngrams.times);
    const tree = this.#tree;
    const { order, starts, words } = tree;
    const seen = tree.asSeen();
    const rowOf = new Int32Array(seen.length);
    for (let row = 0; row < seen.length; row++) rowOf[seen[row]] = row;
    const rows = new Int32Array(seen.length * order);
    const counts = new Int32Array(seen.length);
    let number = 0;
    tree.eachContext((node, context) => {
      for (let e = starts[node]; e < starts[node + 1]; e++) {
        const row = rowOf[number++];
        counts[row] = tree.count[e];
        let at = row * order;
        for (let back = order - 2; back >= 0; back--) rows[at++] = context[back];
        rows[at] = words[e];
      }
    });
    return { ngrams: tensor(rows, { shape: [seen.length, order] }), counts: tensor(counts) };
  }

  /**
   * The counts that `toTensors` was called on.
   * @throws ShapeError, IndexError, ValueError for tensors that no counts give
   */
  static fromTensors(tensors: NgramTensors, vocabularySize: number, start = -1): NgramCounts {
    checkArguments("n-grams", { tensors }, { tensors: checkTensors });
    const { ngrams, counts } = tensors;
    const [rows, times] = [ngrams.toTypedArray(), counts.toTypedArray() as Int32Array];
    if (ngrams.rank !== 2 || counts.rank !== 1 || ngrams.shape[0] !== times.length) {
      throw new ShapeError(
        "n-grams",
        [ngrams.shape, counts.shape],
        `expected ngrams [m, order] and counts [m], got ${show(ngrams.shape)} and ` +
          `${show(counts.shape)}`,
      );
    }
    const order = ngrams.shape[1];
    checkLimits({ order, vocabularySize, start });
    checkTokenIds("n-grams", rows, vocabularySize, { width: order });
    if (times.some((n) => n < 1)) throw new ValueError("n-grams: expected counts of 1 or more");
    if (times.reduce((sum, n) => sum + n, 0) > MOST_ELEMENTS)
      throw new ValueError(`n-grams: expected at most ${MOST_ELEMENTS} words`);
    const columns = Array.from({ length: order }, (_, back) =>
      take(rows, order - 1 - back, order, new Int32Array(times.length)),
    );
    return new NgramCounts({ columns, times }, vocabularySize, start);
  }
}

function tensorsOf(columns: Columns, times: Int32Array): NgramTensors {
  const [order, n] = [columns.length, times.length];
  const rows = new Int32Array(n * order);
  for (const [back, column] of columns.entries())
    for (let i = 0; i < n; i++) rows[(i + 1) * order - 1 - back] = column[i];
  return { ngrams: tensor(rows, { shape: [n, order] }), counts: tensor(times) };
}

const checkTensors = objectWith<NgramTensors>({ ngrams: checkInt32, counts: checkInt32 });

function checkLimits(limits: { order: number; vocabularySize: number; start: number }): void {
  const start = (what: string, token: number) =>
    checkWhole(what, token, -1, limits.vocabularySize - 1);
  checkArguments("n-grams", limits, { ...SIZES, start });
}

/** Every `width`-th number, from number `at` on. */
function take(
  numbers: Int32Array | Float32Array,
  at: number,
  width: number,
  out: Int32Array,
): Int32Array {
  for (let i = 0; i < out.length; i++) out[i] = numbers[at + i * width];
  return out;
}

/** Examples with contexts of at least order - 1 words. */
function textFor(order: number, examples: Batch): Dataset {
  const text = datasetOf("n-grams: examples", examples);
  if (text.count === 0) throw new DataError("n-grams", "expected at least one example, got none");
  const width = text.blockSize;
  if (width < order - 1)
    throw new ValueError(
      `n-grams: expected contexts of at least ${order - 1} words for order ${order}, got ${width}`,
    );
  return text;
}
