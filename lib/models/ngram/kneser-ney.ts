/**
 * Modified Kneser-Ney n-grams of any order (Chen & Goodman 1999), interpolated or with back-off.
 */
import { checkArguments, checkBoolean } from "../../check.js";
import { integer } from "../../setting-kinds.js";
import { countedFamily } from "../family.js";
import { checkCounts, LONGEST_NGRAM, NgramCounts, type NgramTensors, treeOf } from "./counts.js";
import { type KneserNeyTable, kneserNeyTable } from "./kneser-ney-table.js";
import { ProbabilityModel } from "./probability-model.js";
import { savedCounts, startOf } from "./saved-counts.js";

/**
 * Modified Kneser-Ney (Chen & Goodman 1999), interpolated or with `backoff`: what discounts free
 * goes to words by how many contexts they follow.
 */
export class KneserNey extends ProbabilityModel {
  /** characters (words) of context that the model sees */
  readonly blockSize: number;
  /** V: how many tokens it knows */
  readonly vocabularySize: number;
  #table: KneserNeyTable | undefined;

  /**
   * From counts of any order.
   * @param backoff the shorter context speaks for unseen words only, instead of in every
   *   probability
   * @throws DataError without any counts
   */
  constructor(
    private readonly counts: NgramCounts,
    private readonly backoff = false,
  ) {
    super();
    checkArguments(
      "KneserNey",
      { counts, backoff },
      { counts: checkCounts, backoff: checkBoolean },
    );
    this.blockSize = Math.max(1, counts.order - 1);
    this.vocabularySize = counts.vocabularySize;
  }

  /** Made when it is first asked for, as the tree of the counts is. */
  private get table(): KneserNeyTable {
    return (this.#table ??= kneserNeyTable(treeOf(this.counts), this.backoff));
  }

  /** ngrams int32 [m, order], their counts int32 [m] */
  stateDict(): NgramTensors {
    return this.counts.toTensors();
  }

  protected probability(contexts: Int32Array, end: number, word: number): number {
    const { tree, seen, weight } = this.table;
    let p = 1 / this.vocabularySize;
    let node = 0;
    for (let d = 0; node >= 0; d++) {
      const e = tree.entry(node, word);
      p = e >= 0 ? seen[e] : p * weight[node];
      if (d === tree.order - 1) break;
      node = tree.child(node, contexts[end - 1 - d]);
    }
    return p;
  }

  protected distribution(contexts: Int32Array, end: number, out: Float64Array): void {
    const { tree, seen, weight } = this.table;
    out.fill(1 / this.vocabularySize);
    let node = 0;
    for (let d = 0; node >= 0; d++) {
      for (let w = 0; w < out.length; w++) out[w] *= weight[node];
      for (let e = tree.starts[node]; e < tree.starts[node + 1]; e++) out[tree.words[e]] = seen[e];
      if (d === tree.order - 1) break;
      node = tree.child(node, contexts[end - 1 - d]);
    }
  }
}

/** n-grams are one longer than the context. */
export const contextOfNgrams = integer(1, LONGEST_NGRAM - 1)
  .default(3)
  .describe("characters (words) of context, one less than the n of n-grams");

const family = <const N extends string>(name: N, description: string, backoff: boolean) =>
  countedFamily({
    name,
    description,
    settings: { blockSize: contextOfNgrams },
    blockSize: (settings) => settings.blockSize,
    fit({ blockSize }, { train, vocabulary }) {
      const start = startOf(vocabulary);
      return new KneserNey(NgramCounts.of(train, blockSize + 1, vocabulary.size, start), backoff);
    },
    restore(saved, { blockSize }, vocabulary) {
      const tensors = savedCounts(saved, blockSize + 1);
      return saved.build(
        () =>
          new KneserNey(
            NgramCounts.fromTensors(tensors, vocabulary.size, startOf(vocabulary)),
            backoff,
          ),
      );
    },
  });

export const kneserNeyFamily = family("kneser-ney", "interpolated n-grams", false);
export const backoffFamily = family("kneser-ney-backoff", "the same with back-off", true);
