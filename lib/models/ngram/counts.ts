/** What was seen after which context, for all contexts up to a length. */
import { type Batch, blocks } from "../../data/batches.js";
import { longer } from "../../data/longer.js";
import { DataError, IndexError, ValueError } from "../../errors.js";
import { type Tensor, tensor } from "../../tensor/index.js";
import { PairMap } from "./pair-map.js";

/** What a tree is made from, and what a run folder keeps of it: ngrams int32 [m, order], the longest, oldest word first; counts int32 [m]. */
export type NgramTensors = Record<"ngrams" | "counts", Tensor>;

/** Hardly any text holds a longer one twice, and each of its tokens adds as many entries to the tree. */
export const LONGEST_NGRAM = 20;

/**
 * A tree of contexts: node 0 is the empty one, and a child is its parent with one more word before it. An entry is a word seen in a context;
 * `lower` is the same word's entry in the parent. Entries of a node have larger numbers than those of the nodes above it that they lead to.
 */
export class NgramCounts {
  /** (parent, older word) -> node - 1 */
  private readonly tree = new PairMap();
  private readonly pairs = new PairMap(); // (node, word) -> entry
  /** of each entry: how often it was seen */
  count = new Int32Array(1 << 15);
  /** of each entry: after how many different older words it was seen */
  continuations = new Int32Array(1 << 15);
  /** of each entry: the same word's entry in the context without its oldest word; -1 in the empty context */
  lower = new Int32Array(1 << 15);
  private followersOf: { start: Int32Array; entries: Int32Array } | undefined;

  /** Without any counts: contexts will have up to order - 1 words. @throws ValueError for an order that is no whole number from 1 to 20 */
  constructor(
    /** words of the longest n-grams */
    readonly order: number,
    /** V: tokens are 0 to V - 1 */
    readonly vocabularySize: number,
  ) {
    if (!Number.isInteger(order) || order < 1 || order > LONGEST_NGRAM) {
      throw new ValueError(`n-grams: expected a whole number from 1 to ${LONGEST_NGRAM} as order, got ${order}`);
    }
  }

  /** Counts the examples, of whose contexts the last order - 1 words count. @throws DataError without examples, IndexError on tokens out of range */
  static of(examples: Batch, order: number, vocabularySize: number): NgramCounts {
    if (examples.Y.numel === 0) throw new DataError("n-grams", "expected at least one example, got none");
    const counts = new NgramCounts(order, vocabularySize);
    const width = examples.X.shape[1];
    if (width < order - 1) throw new ValueError(`n-grams: expected contexts of at least ${order - 1} words for order ${order}, got ${width}`);
    for (const { X, Y } of blocks(examples, 1 << 16)) {
      const [contexts, targets] = [X.toTypedArray(), Y.toTypedArray()];
      for (let i = 0; i < targets.length; i++) counts.add(contexts, (i + 1) * width, targets[i], 1);
    }
    return counts;
  }

  /** Counts `word` after the words of `context` before position `end`. */
  add(context: Int32Array | Float32Array, end: number, word: number, times: number): void {
    this.check(word);
    let node = 0;
    let lower = -1;
    for (let d = 0; ; d++) {
      const before = this.pairs.size;
      const entry = this.pairs.add(node, word);
      if (entry === before) {
        if (entry === this.count.length) this.grow();
        this.lower[entry] = lower;
        if (lower >= 0) this.continuations[lower]++;
      }
      this.count[entry] += times;
      if (d === this.order - 1) return;
      const older = context[end - 1 - d];
      this.check(older);
      node = this.tree.add(node, older) + 1;
      lower = entry;
    }
  }

  private check(token: number): void {
    if (token >= 0 && token < this.vocabularySize) return;
    throw new IndexError("n-grams", token, this.vocabularySize, `token ${token} is out of range 0..${this.vocabularySize - 1}`);
  }

  private grow(): void {
    for (const key of ["count", "continuations", "lower"] as const) this[key] = longer(this[key], 2 * this[key].length);
  }

  /** Number of contexts, the empty one included. */
  get nodes(): number {
    return this.tree.size + 1;
  }
  /** Number of (context, word) pairs. */
  get entries(): number {
    return this.pairs.size;
  }

  /** The context without its oldest word. */
  parent(node: number): number {
    return this.tree.first[node - 1];
  }
  /** The context of an entry. */
  nodeOf(entry: number): number {
    return this.pairs.first[entry];
  }
  /** The word of an entry. */
  wordOf(entry: number): number {
    return this.pairs.second[entry];
  }

  /** The context with one more word before it, or -1 if it was not seen. */
  child(node: number, older: number): number {
    const n = this.tree.find(node, older);
    return n < 0 ? -1 : n + 1;
  }

  /** The word in this context, or -1 if it was not seen there. */
  entry(node: number, word: number): number {
    return this.pairs.find(node, word);
  }

  /** The context of the last `length` words before position `end`, or -1 if it was not seen. */
  context(words: Int32Array | Float32Array, end: number, length: number): number {
    let node = 0;
    for (let back = 1; back <= length && node >= 0; back++) node = this.child(node, words[end - back]);
    return node;
  }

  /** How often each context was seen. */
  totals(): Float64Array {
    const total = new Float64Array(this.nodes);
    for (let e = 0; e < this.entries; e++) total[this.nodeOf(e)] += this.count[e];
    return total;
  }

  /** Words of the context of each node. */
  depths(): Uint8Array {
    const depth = new Uint8Array(this.nodes);
    for (let node = 1; node < depth.length; node++) depth[node] = depth[this.parent(node)] + 1;
    return depth;
  }

  /** The entries of a node. */
  followers(node: number): Int32Array {
    if (this.followersOf === undefined) {
      const start = new Int32Array(this.nodes + 1);
      for (let e = 0; e < this.entries; e++) start[this.nodeOf(e) + 1]++;
      for (let n = 0; n < this.nodes; n++) start[n + 1] += start[n];
      const next = start.slice();
      const entries = new Int32Array(this.entries);
      for (let e = 0; e < this.entries; e++) entries[next[this.nodeOf(e)]++] = e;
      this.followersOf = { start, entries };
    }
    const { start, entries } = this.followersOf;
    return entries.subarray(start[node], start[node + 1]);
  }

  /** The longest n-grams, a row each, and their counts: all that the tree is made from. */
  toTensors(): NgramTensors {
    const depth = this.depths();
    const longest: number[] = [];
    for (let e = 0; e < this.entries; e++) if (depth[this.nodeOf(e)] === this.order - 1) longest.push(e);
    const rows = new Int32Array(longest.length * this.order);
    for (const [i, e] of longest.entries()) {
      rows[(i + 1) * this.order - 1] = this.wordOf(e);
      // From a node upwards a context's oldest word comes first.
      for (let node = this.nodeOf(e), at = i * this.order; node > 0; node = this.parent(node)) rows[at++] = this.tree.second[node - 1];
    }
    return { ngrams: tensor(rows, { shape: [longest.length, this.order] }), counts: tensor(Int32Array.from(longest, (e) => this.count[e])) };
  }

  /** The tree that `toTensors` was called on. */
  static fromTensors({ ngrams, counts }: NgramTensors, vocabularySize: number): NgramCounts {
    const order = ngrams.shape[1];
    const [rows, times] = [ngrams.toTypedArray(), counts.toTypedArray()];
    const made = new NgramCounts(order, vocabularySize);
    for (let i = 0; i < times.length; i++) made.add(rows, (i + 1) * order - 1, rows[(i + 1) * order - 1], times[i]);
    return made;
  }
}
