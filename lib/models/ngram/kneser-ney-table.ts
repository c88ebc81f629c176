/**
 * What Kneser-Ney n-grams end in, interpolated or with back-off: a probability for every n-gram
 * that was seen, and a weight for every context, by which the shorter context's probability counts
 * for words not seen in it.
 */
import type { NgramTree } from "./tree.js";

export interface KneserNeyTable {
  readonly tree: NgramTree;
  /** of each entry: the whole probability of its word in its context */
  readonly seen: Float64Array;
  /**
   * of each node: the share that words not seen in it have of the shorter context's probabilities
   */
  readonly weight: Float64Array;
}

/**
 * @param backoff the shorter context speaks for unseen words only, instead of in every probability
 */
export function kneserNeyTable(tree: NgramTree, backoff: boolean): KneserNeyTable {
  const { levels, starts, children, words, vocabularySize: V } = tree;
  const values = valuesOf(tree);
  const discounts = discountsOf(tree, values);
  const weight = new Float64Array(tree.nodes);
  const seen = new Float64Array(tree.entries);
  // By word: its probability in the shorter context.
  const shorter = new Float64Array(tree.bound).fill(1 / V);
  const kinds = new Float64Array(4); // entries of each discount

  const fill = (node: number, discount: readonly number[]): void => {
    const [from, to] = [starts[node], starts[node + 1]];
    let total = 0;
    kinds.fill(0);
    for (let e = from; e < to; e++) {
      total += values[e];
      kinds[Math.min(values[e], 3)]++;
    }
    const free = (discount[1] * kinds[1] + discount[2] * kinds[2] + discount[3] * kinds[3]) / total;
    let covered = 0; // by the shorter context, of the words that were seen
    for (let e = from; e < to; e++) {
      const less = shorter[words[e]];
      const own = (values[e] - discount[Math.min(values[e], 3)]) / total;
      // Back-off gives what discounts free to unseen words; where there are none, to the seen ones.
      seen[e] = !backoff ? own + free * less : to - from < V ? own : own / (1 - free);
      covered += less;
    }
    // Where every word was seen nobody asks for the weight.
    weight[node] = backoff ? free / (1 - covered) : free;
  };

  fill(0, discounts[0]);
  for (let d = 1; d < tree.order; d++) {
    for (let parent = levels[d - 1]; parent < levels[d]; parent++) {
      // All that is seen in a context is seen in the shorter one: other words' values are not read.
      for (let e = starts[parent]; e < starts[parent + 1]; e++) shorter[words[e]] = seen[e];
      for (let node = children[parent]; node < children[parent + 1]; node++)
        fill(node, discounts[d]);
    }
  }
  return { tree, seen, weight };
}

/**
 * The longest n-grams count as often as they were seen, as do those that begin a sentence; shorter
 * ones by how many different words came before them.
 */
function valuesOf({
  continuations,
  count,
  longest,
  levels,
  oldest,
  starts,
  order,
  start,
}: NgramTree): Int32Array {
  const values = count.slice();
  values.set(continuations.subarray(0, longest));
  for (let node = 1; node < levels[order - 1]; node++) {
    if (oldest[node] !== start) continue;
    const [from, to] = [starts[node], starts[node + 1]];
    values.set(count.subarray(from, to), from);
  }
  return values;
}

/**
 * What is taken from a value of 0, 1, 2, and 3 or more, by depth: from how many values are 1, 2, 3
 * and 4.
 */
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
    // Too few values for the formula (a tiny text): half of one, which is right for none and wrong
    // for none. All of a value is too much: with back-off, what was seen that often would be
    // impossible.
    return [0, ...formula.map((d, i) => (d > 0 && d < i + 1 ? d : 0.5))];
  });
}
