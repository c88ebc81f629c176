/** What was seen after which context, for all contexts up to a length. */
import { checkObject, checkWhole, refuse } from "../../check.js";
import type { Batch } from "../../data/batches.js";
import { type Dataset, datasetOf } from "../../data/dataset.js";
import { DataError, ShapeError, ValueError } from "../../errors.js";
import { type Tensor, tensor } from "../../tensor/index.js";
import { MOST_ELEMENTS, show } from "../../tensor/shape.js";
import { checkInt32, checkTokenIds, checkVocabularySize } from "../check.js";
import { NgramTree } from "./tree.js";

/** What counts are made from, and what a run folder keeps of them: ngrams int32 [m, order], the longest, oldest word first; counts int32 [m]. */
export type NgramTensors = Record<"ngrams" | "counts", Tensor>;

/** Hardly any text holds a longer one twice, and each of its tokens adds as many entries to the tree. */
export const LONGEST_NGRAM = 20;

/** What a model of these counts walks. @throws ValueError for what is no NgramCounts; DataError for one without counts */
export let treeOf: (what: string, counts: NgramCounts) => NgramTree;

/** How often each word was seen after each context of up to order - 1 words: what `KneserNey` and its kind are made from. */
export class NgramCounts {
  readonly #tree: NgramTree;
  #tensors: NgramTensors | undefined;

  static {
    treeOf = (what, counts) => {
      if (!(counts instanceof NgramCounts)) refuse(what, "NgramCounts", counts);
      if (counts.#tree.entries === 0) throw new DataError("n-grams", `${what}: expected at least one n-gram, got none`);
      return counts.#tree;
    };
  }

  private constructor(
    /** words of the longest n-grams */
    readonly order: number,
    /** V: tokens are 0 to V - 1 */
    readonly vocabularySize: number,
    start = -1,
  ) {
    checkWhole("n-grams: order", order, 1, LONGEST_NGRAM);
    checkVocabularySize("n-grams: vocabularySize", vocabularySize);
    checkWhole("n-grams: start", start, -1, vocabularySize - 1);
    this.#tree = new NgramTree(order, vocabularySize, start);
  }

  /**
   * Counts the examples, of whose contexts the last order - 1 words count.
   * @param start the token that stands before a sentence, as often as a context is wide: n-grams
   * begin with one of it at most, as those of other tools do, and that one is no word by itself
   * @throws ValueError for an order that is no whole number from 1 to 20, DataError without examples, IndexError on tokens out of range
   */
  static of(examples: Batch, order: number, vocabularySize: number, start?: number): NgramCounts {
    const made = new NgramCounts(order, vocabularySize, start);
    const text = checkText(examples, order);
    const width = text.blockSize;
    let from = 0;
    for (const { X, Y } of text.blocks(1 << 16)) {
      const [contexts, targets] = [X.toTypedArray(), Y.toTypedArray()];
      checkTokenIds("n-grams", contexts, vocabularySize, { width, seen: order - 1, from });
      checkTokenIds("n-grams", targets, vocabularySize, { from });
      from += targets.length;
      for (let i = 0; i < targets.length; i++) made.#tree.add(contexts, (i + 1) * width, targets[i], 1);
    }
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
    return { ...(this.#tensors ??= this.#made()) };
  }

  #made(): NgramTensors {
    const tree = this.#tree;
    const { order } = tree;
    const depth = tree.depths();
    const longest: number[] = [];
    for (let e = 0; e < tree.entries; e++) if (tree.isLongest(tree.nodeOf(e), depth[tree.nodeOf(e)])) longest.push(e);
    // One that begins with the start of a sentence has more of it before.
    const rows = new Int32Array(longest.length * order).fill(tree.start);
    for (const [i, e] of longest.entries()) {
      rows[(i + 1) * order - 1] = tree.wordOf(e);
      // From a node upwards a context's oldest word comes first.
      const pad = order - 1 - depth[tree.nodeOf(e)];
      for (let node = tree.nodeOf(e), at = i * order + pad; node > 0; node = tree.parent(node)) rows[at++] = tree.oldest(node);
    }
    return { ngrams: tensor(rows, { shape: [longest.length, order] }), counts: tensor(Int32Array.from(longest, (e) => tree.count[e])) };
  }

  /** The counts that `toTensors` was called on. @throws ShapeError, IndexError, ValueError for tensors that no counts give */
  static fromTensors(tensors: NgramTensors, vocabularySize: number, start?: number): NgramCounts {
    const { ngrams, counts } = checkObject("n-grams: tensors", tensors);
    const rows = checkInt32("n-grams: ngrams", ngrams).toTypedArray();
    const times = checkInt32("n-grams: counts", counts).toTypedArray() as Int32Array;
    if (ngrams.rank !== 2 || counts.rank !== 1 || ngrams.shape[0] !== times.length) {
      throw new ShapeError("n-grams", [ngrams.shape, counts.shape], `expected ngrams [m, order] and counts [m], got ${show(ngrams.shape)} and ${show(counts.shape)}`);
    }
    const order = ngrams.shape[1];
    const made = new NgramCounts(order, vocabularySize, start);
    checkTokenIds("n-grams", rows, vocabularySize, { width: order });
    if (times.some((n) => n < 1)) throw new ValueError("n-grams: expected counts of 1 or more");
    if (times.reduce((sum, n) => sum + n, 0) > MOST_ELEMENTS) throw new ValueError(`n-grams: expected at most ${MOST_ELEMENTS} words`);
    for (let i = 0; i < times.length; i++) made.#tree.add(rows, (i + 1) * order - 1, rows[(i + 1) * order - 1], times[i]);
    return made;
  }
}

/** Examples with contexts of at least order - 1 words. */
function checkText(examples: Batch, order: number): Dataset {
  const text = datasetOf("n-grams: examples", examples);
  if (text.count === 0) throw new DataError("n-grams", "expected at least one example, got none");
  const width = text.blockSize;
  if (width < order - 1) throw new ValueError(`n-grams: expected contexts of at least ${order - 1} words for order ${order}, got ${width}`);
  return text;
}
