/**
 * Modified Kneser-Ney n-grams of any order (Chen & Goodman 1999), interpolated or with back-off. Both end in one form: a probability for every
 * n-gram that was seen, and a weight for every context, by which the shorter context's probability counts for words not seen in it.
 */
import { checkBoolean } from "../../check.js";
import { type NgramCounts, type NgramTensors, treeOf } from "./counts.js";
import { ProbabilityModel } from "./probability-model.js";
import type { NgramTree } from "./tree.js";

/** Modified Kneser-Ney (Chen & Goodman 1999), interpolated or with `backoff`: what discounts free goes to words by how many contexts they follow. */
export class KneserNey extends ProbabilityModel {
  /** characters (words) of context that the model sees */
  readonly blockSize: number;
  /** V: how many tokens it knows */
  readonly vocabularySize: number;
  /** of each entry: the whole probability of its word in its context */
  private readonly seen: Float64Array;
  /** of each node: the share that words not seen in it have of the shorter context's probabilities */
  private readonly weight: Float64Array;

  private readonly tree: NgramTree;

  /**
   * From counts of any order.
   * @param backoff the shorter context speaks for unseen words only, instead of in every probability
   * @throws DataError without any counts
   */
  constructor(private readonly counts: NgramCounts, backoff = false) {
    super();
    checkBoolean("KneserNey: backoff", backoff);
    const tree = treeOf("KneserNey: counts", counts);
    this.tree = tree;
    this.blockSize = Math.max(1, tree.order - 1);
    this.vocabularySize = tree.vocabularySize;
    const depth = tree.depths();
    // The longest n-grams count as often as they were seen, as do those that begin a sentence; shorter ones by how many different words came
    // before them.
    const valueOf = (e: number): number =>
      tree.isLongest(tree.nodeOf(e), depth[tree.nodeOf(e)]) ? tree.count[e] : tree.continuations[e];
    const discounts = discountsOf(tree, depth, valueOf);
    const total = new Float64Array(tree.nodes);
    const left = new Float64Array(tree.nodes);
    const kinds = new Int32Array(tree.nodes); // of words, in each context
    for (let e = 0; e < tree.entries; e++) {
      const node = tree.nodeOf(e);
      const value = valueOf(e);
      total[node] += value;
      kinds[node]++;
      left[node] += discounts[depth[node]][Math.min(value, 3)];
    }
    this.weight = left.map((l, node) => l / total[node]);
    this.seen = new Float64Array(tree.entries);
    const covered = new Float64Array(tree.nodes); // by the shorter context, of the words that were seen
    const V = tree.vocabularySize;
    for (let e = 0; e < tree.entries; e++) {
      const node = tree.nodeOf(e);
      const value = valueOf(e);
      const shorter = tree.lower[e] < 0 ? 1 / V : this.seen[tree.lower[e]];
      const own = (value - discounts[depth[node]][Math.min(value, 3)]) / total[node];
      // Back-off gives what discounts free to unseen words; where there are none, to the seen ones.
      if (backoff) this.seen[e] = kinds[node] < V ? own : own / (1 - this.weight[node]);
      else this.seen[e] = own + this.weight[node] * shorter;
      covered[node] += shorter;
    }
    // Where every word was seen nobody asks for the weight.
    if (backoff) this.weight = this.weight.map((w, node) => w / (1 - covered[node]));
  }

  /** ngrams int32 [m, order], their counts int32 [m] */
  get parameters(): NgramTensors {
    return this.counts.toTensors();
  }

  protected probability(contexts: Int32Array, end: number, word: number): number {
    const { tree, weight } = this;
    let p = 1 / this.vocabularySize;
    let node = 0;
    for (let d = 0; node >= 0; d++) {
      const e = tree.entry(node, word);
      p = e >= 0 ? this.seen[e] : p * weight[node];
      if (d === tree.order - 1) break;
      node = tree.child(node, contexts[end - 1 - d]);
    }
    return p;
  }

  protected distribution(contexts: Int32Array, end: number, out: Float64Array): void {
    const { tree, weight } = this;
    out.fill(1 / this.vocabularySize);
    let node = 0;
    for (let d = 0; node >= 0; d++) {
      for (let w = 0; w < out.length; w++) out[w] *= weight[node];
      for (const e of tree.followers(node)) out[tree.wordOf(e)] = this.seen[e];
      if (d === tree.order - 1) break;
      node = tree.child(node, contexts[end - 1 - d]);
    }
  }
}

/** What is taken from a value of 0, 1, 2, and 3 or more, by depth: from how many values are 1, 2, 3 and 4. */
function discountsOf(tree: NgramTree, depth: Uint16Array, valueOf: (e: number) => number): number[][] {
  const n = Array.from({ length: tree.order }, () => new Float64Array(5));
  for (let e = 0; e < tree.entries; e++) {
    const value = valueOf(e);
    if (value <= 4) n[depth[tree.nodeOf(e)]][value]++;
  }
  return n.map(([, n1, n2, n3, n4]) => {
    const y = n1 / (n1 + 2 * n2);
    const formula = [1 - (2 * y * n2) / n1, 2 - (3 * y * n3) / n2, 3 - (4 * y * n4) / n3];
    // Too few values for the formula (a tiny text): half of one, which is right for none and wrong for none. All of a value is too much: with
    // back-off, what was seen that often would be impossible.
    return [0, ...formula.map((d, i) => (d > 0 && d < i + 1 ? d : 0.5))];
  });
}
