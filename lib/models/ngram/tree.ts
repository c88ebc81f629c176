/**
 * The contexts of a text, and what was seen in each, for the models of this folder: numbers are
 * taken as they come.
 */
import { ContextArrays } from "./levels.js";
import type { Ngrams } from "./sort.js";

/** Contexts, and how to walk them. */
export class NgramTree extends ContextArrays {
  constructor(
    /** words of the longest n-grams */
    readonly order: number,
    /** V: tokens are 0 to V - 1 */
    readonly vocabularySize: number,
    /** the longest ones; behind the start of a sentence they have more of it */
    ngrams: Ngrams,
    /** the token that stands before a sentence: no context reaches back behind it */
    readonly start = -1,
  ) {
    super(ngrams, start);
  }

  /** Number of contexts, the empty one included. */
  get nodes(): number {
    return this.oldest.length;
  }
  /** Number of (context, word) pairs. */
  get entries(): number {
    return this.words.length;
  }
  /** Above all words that were seen. */
  get bound(): number {
    const [from, to] = [this.starts[0], this.starts[1]];
    return to > from ? this.words[to - 1] + 1 : 0;
  }

  /** The first entry of the last depth. */
  get longest(): number {
    return this.starts[this.levels[this.order - 1]];
  }

  /** The context with one more word before it, or -1 if it was not seen. */
  child(node: number, older: number): number {
    return find(this.oldest, this.children[node], this.children[node + 1], older);
  }

  /** The word in this context, or -1 if it was not seen there. */
  entry(node: number, word: number): number {
    return find(this.words, this.starts[node], this.starts[node + 1], word);
  }

  /** The context of the last `length` words before position `end`, or -1 if it was not seen. */
  context(words: Int32Array | Float32Array, end: number, length: number): number {
    let node = 0;
    for (let back = 1; back <= length && node >= 0; back++)
      node = this.child(node, words[end - back]);
    return node;
  }

  /** How often each context was seen. */
  totals(): Float64Array {
    const total = new Float64Array(this.nodes);
    for (let node = 0; node < total.length; node++)
      for (let e = this.starts[node]; e < this.starts[node + 1]; e++) total[node] += this.count[e];
    return total;
  }

  /**
   * Whether no longer context leads to this one: n-grams in it are counted, not made from longer
   * ones.
   */
  isLongest(node: number, depth: number): boolean {
    return depth === this.order - 1 || (depth > 0 && this.oldest[node] === this.start);
  }

  /**
   * The longest n-grams, numbered in the order of their words, in the order in which they were
   * first seen.
   */
  asSeen(): Int32Array {
    const { first } = this;
    let rows = 0;
    for (let n = 0; n < first.length; n++) rows = Math.max(rows, first[n] + 1);
    const at = new Int32Array(rows); // number + 1 of each row; 0: seen before
    for (let n = 0; n < first.length; n++) at[first[n]] = n + 1;
    const order = new Int32Array(first.length);
    for (let row = 0, n = 0; row < rows; row++) if (at[row] > 0) order[n++] = at[row] - 1;
    return order;
  }

  /**
   * Calls `visit` for each context of the longest n-grams, in the order of their words, with these
   * words, the latest first.
   */
  eachContext(visit: (node: number, context: Int32Array) => void): void {
    const context = new Int32Array(this.order - 1);
    const walk = (node: number, depth: number): void => {
      if (this.isLongest(node, depth)) {
        visit(node, context.fill(this.start, depth));
        return;
      }
      for (let child = this.children[node]; child < this.children[node + 1]; child++) {
        context[depth] = this.oldest[child];
        walk(child, depth + 1);
      }
    };
    walk(0, 0);
  }
}

/** Where a number is in a sorted range; -1 where it is not. */
function find(numbers: Int32Array, from: number, to: number, number: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle] < number) low = middle + 1;
    else high = middle;
  }
  return low < to && numbers[low] === number ? low : -1;
}
