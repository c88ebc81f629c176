/** The contexts of a text, and what was seen in each, for the models of this folder: numbers are taken as they come. */
import { longer } from "../../data/longer.js";
import { PairMap } from "./pair-map.js";

/**
 * A tree of contexts: node 0 is the empty one, and a child is its parent with one more word before it. An entry is a word seen in a context;
 * `lower` is the same word's entry in the parent. Entries of a node have larger numbers than those of the nodes above it that they lead to.
 */
export class NgramTree {
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

  constructor(
    /** words of the longest n-grams */
    readonly order: number,
    /** V: tokens are 0 to V - 1 */
    readonly vocabularySize: number,
    /** the token that stands before a sentence: no context reaches back behind it */
    readonly start = -1,
  ) {}

  /** Counts `word` after the words of `context` before position `end`. */
  add(context: Int32Array | Float32Array, end: number, word: number, times: number): void {
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
      if (d === this.order - 1 || (d > 0 && context[end - d] === this.start)) return;
      node = this.tree.add(node, context[end - 1 - d]) + 1;
      lower = entry;
    }
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
  /** The word that a context has more than its parent. */
  oldest(node: number): number {
    return this.tree.second[node - 1];
  }
  /** Whether no longer context leads to this one: the n-grams in it are counted, not made from longer ones. */
  isLongest(node: number, depth: number): boolean {
    return depth === this.order - 1 || (node > 0 && this.oldest(node) === this.start);
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
  depths(): Uint16Array {
    const depth = new Uint16Array(this.nodes);
    for (let node = 1; node < depth.length; node++) depth[node] = depth[this.parent(node)] + 1;
    return depth;
  }

  /** The entries of a node, once all is counted. */
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
}
