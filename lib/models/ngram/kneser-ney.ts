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
    const { levels, starts, children, words, vocabularySize: V } = tree;
    const values = valuesOf(tree);
    const discounts = discountsOf(tree, values);
    this.weight = new Float64Array(tree.nodes);
    this.seen = new Float64Array(tree.entries);
    /** Sets the probabilities of a node's entries; `shorter` has those of the shorter context. */
    const fill = (node: number, of: readonly number[], shorter: (word: number) => number): void => {
      const [from, to] = [starts[node], starts[node + 1]];
      const kinds = [0, 0, 0, 0]; // entries of each discount
      let total = 0;
      for (let e = from; e < to; e++) {
        total += values[e];
        kinds[Math.min(values[e], 3)]++;
      }
      const weight = (of[1] * kinds[1] + of[2] * kinds[2] + of[3] * kinds[3]) / total;
      let covered = 0; // by the shorter context, of the words that were seen
      for (let e = from; e < to; e++) {
        const [less, own] = [shorter(words[e]), (values[e] - of[Math.min(values[e], 3)]) / total];
        // Back-off gives what discounts free to unseen words; where there are none, to the seen ones.
        this.seen[e] = !backoff ? own + weight * less : to - from < V ? own : own / (1 - weight);
        covered += less;
      }
      // Where every word was seen nobody asks for the weight.
      this.weight[node] = backoff ? weight / (1 - covered) : weight;
    };
    fill(0, discounts[0], () => 1 / V);
    const ofParent = new Float64Array(tree.bound); // by word
    for (let d = 1; d < tree.order; d++) {
      for (let parent = levels[d - 1]; parent < levels[d]; parent++) {
        for (let e = starts[parent]; e < starts[parent + 1]; e++) ofParent[words[e]] = this.seen[e];
        for (let node = children[parent]; node < children[parent + 1]; node++) fill(node, discounts[d], (word) => ofParent[word]);
      }
    }
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
      for (let e = tree.starts[node]; e < tree.starts[node + 1]; e++) out[tree.words[e]] = this.seen[e];
      if (d === tree.order - 1) break;
      node = tree.child(node, contexts[end - 1 - d]);
    }
  }
}

/** The longest n-grams count as often as they were seen; shorter ones by how many different words came before them. */
function valuesOf({ continuations, count, longest }: NgramTree): Int32Array {
  const values = count.slice();
  values.set(continuations.subarray(0, longest));
  return values;
}

/** What is taken from a value of 0, 1, 2, and 3 or more, by depth: from how many values are 1, 2, 3 and 4. */
function discountsOf(tree: NgramTree, values: Int32Array): number[][] {
  const n = Array.from({ length: tree.order }, (_, d) => {
    const [from, to] = [tree.starts[tree.levels[d]], tree.starts[tree.levels[d + 1]]];
    const kinds = new Float64Array(5);
    for (let e = from; e < to; e++) if (values[e] <= 4) kinds[values[e]]++;
    return kinds;
  });
  return n.map(([, n1, n2, n3, n4]) => {
    const y = n1 / (n1 + 2 * n2);
    const formula = [1 - (2 * y * n2) / n1, 2 - (3 * y * n3) / n2, 3 - (4 * y * n4) / n3];
    // Too few values for the formula (a tiny text): half of one, which is right for none and wrong for none. All of a value is too much: with
    // back-off, what was seen that often would be impossible.
    return [0, ...formula.map((d, i) => (d > 0 && d < i + 1 ? d : 0.5))];
  });
}
