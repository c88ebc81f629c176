/**
 * The paper's baseline (Section 4.1): P = a0 / |V| + a1 p(w) + a2 p(w | w-1) + a3 p(w | w-1, w-2),
 * with weights by how often the two words of context were seen, found by EM on the validation set
 * (Jelinek & Mercer 1980).
 */
import { checkArguments } from "../../check.js";
import { type Batch, checkBatch } from "../../data/examples/batches.js";
import { ShapeError, ValueError } from "../../errors.js";
import { type Tensor, tensor } from "../../tensor/index.js";
import { show } from "../../tensor/shape.js";
import { checkMatrix } from "../check.js";
import { countedFamily } from "../family.js";
import { checkCounts, NgramCounts, type NgramTensors, treeOf } from "./counts.js";
import { ProbabilityModel } from "./probability-model.js";
import { savedCounts } from "./saved-counts.js";
import type { NgramTree } from "./tree.js";

const ORDERS = 4; // uniform, unigram, bigram, trigram
/** "in about 5 iterations" */
const ITERATIONS = 5;

/** The bin of a context seen x times in a corpus of T: ceil(-log((1 + x) / T)). */
export const frequencyBin = (seen: number, corpus: number): number =>
  Math.max(0, Math.ceil(-Math.log((1 + seen) / corpus)));

/**
 * The paper's interpolated trigram (Section 4.1): four estimates mixed with weights by the
 * frequency of the context, found by EM on dev examples.
 */
export class DeletedInterpolation extends ProbabilityModel {
  /** Two words of context. */
  readonly blockSize = 2;
  /** V: how many tokens it knows */
  readonly vocabularySize: number;
  private readonly tree: NgramTree;
  private readonly total: Float64Array;
  private readonly weights: Float64Array;
  private readonly p = new Float64Array(ORDERS);

  /**
   * From counts of trigrams; `DeletedInterpolation.fit` finds the weights.
   * @param table [bins, 4]: the weights of the uniform, unigram, bigram and trigram estimate.
   * @throws ShapeError, ValueError for others; DataError without any counts
   */
  constructor(
    private readonly counts: NgramCounts,
    private readonly table: Tensor,
  ) {
    super();
    const kinds = { counts: checkCounts, table: checkMatrix };
    checkArguments("DeletedInterpolation", { counts, table }, kinds);
    this.tree = treeOf(counts);
    if (this.tree.order !== ORDERS - 1)
      throw new ValueError(
        `DeletedInterpolation: counts: expected trigrams, got an order of ${this.tree.order}`,
      );
    this.vocabularySize = this.tree.vocabularySize;
    if (table.shape[1] !== ORDERS) {
      throw new ShapeError(
        "DeletedInterpolation",
        [table.shape],
        `expected weights [bins, ${ORDERS}], got ${show(table.shape)}`,
      );
    }
    this.weights = Float64Array.from(table.toTypedArray());
    if (!this.weights.every((w) => w >= 0 && w < Infinity))
      throw new ValueError("DeletedInterpolation: table: expected weights of 0 or more");
    this.total = this.tree.totals();
  }

  /** ngrams int32 [m, 3], their counts int32 [m], weights float32 [bins, 4] */
  stateDict(): Record<keyof NgramTensors | "weights", Tensor> {
    return { ...this.counts.toTensors(), weights: this.table };
  }

  /** Counts `train`, and finds the weights on `dev`. */
  static fit(train: Batch, dev: Batch, vocabularySize: number): DeletedInterpolation {
    const { X, Y } = checkBatch("DeletedInterpolation.fit: dev", dev);
    const counts = NgramCounts.of(train, 3, vocabularySize);
    const bins = frequencyBin(0, train.Y.numel) + 1;
    let model = new DeletedInterpolation(
      counts,
      tensor(new Float32Array(bins * ORDERS).fill(1 / ORDERS), { shape: [bins, ORDERS] }),
    );
    const [contexts, targets] = model.numbersOf("DeletedInterpolation.fit: dev", X, Y);
    const width = X.shape[1];
    for (let i = 0; i < ITERATIONS; i++) {
      const shares = new Float64Array(bins * ORDERS);
      for (let t = 0; t < targets.length; t++) {
        const row = ORDERS * model.look(contexts, (t + 1) * width, targets[t]);
        const all = model.mixed(row);
        for (let o = 0; o < ORDERS; o++)
          shares[row + o] += (model.weights[row + o] * model.p[o]) / all;
      }
      const next = Float32Array.from(shares, (share, at) => {
        const row = at - (at % ORDERS);
        const sum = shares.subarray(row, row + ORDERS).reduce((a, b) => a + b, 0);
        return sum > 0 ? share / sum : model.weights[at];
      });
      model = new DeletedInterpolation(counts, tensor(next, { shape: [bins, ORDERS] }));
    }
    return model;
  }

  /**
   * Sets `p` to the four estimates; returns the bin. In a context that was not seen an estimate is
   * that of the shorter one.
   */
  private look(contexts: Int32Array, end: number, word: number): number {
    const { tree, p, total } = this;
    p[0] = 1 / this.vocabularySize;
    let node = 0;
    for (let o = 1; o < ORDERS; o++) {
      if (node >= 0) {
        const e = tree.entry(node, word);
        p[o] = e < 0 ? 0 : tree.count[e] / total[node];
      } else p[o] = p[o - 1];
      if (node >= 0 && o < ORDERS - 1) node = tree.child(node, contexts[end - o]);
    }
    return this.bin(node);
  }

  private bin(node: number): number {
    return Math.min(
      frequencyBin(node < 0 ? 0 : this.total[node], this.total[0]),
      this.weights.length / ORDERS - 1,
    );
  }

  private mixed(row: number): number {
    const { p, weights } = this;
    return (
      weights[row] * p[0] +
      weights[row + 1] * p[1] +
      weights[row + 2] * p[2] +
      weights[row + 3] * p[3]
    );
  }

  protected probability(contexts: Int32Array, end: number, word: number): number {
    return this.mixed(ORDERS * this.look(contexts, end, word));
  }

  protected distribution(contexts: Int32Array, end: number, out: Float64Array): void {
    const { tree, total } = this;
    const one = Math.max(0, tree.context(contexts, end, 1));
    const two = tree.context(contexts, end, 2);
    const row = ORDERS * this.bin(two);
    out.fill(this.weights[row] / this.vocabularySize);
    // The estimates of unseen contexts are those of the longest seen one.
    for (const [o, node] of [0, one, two < 0 ? one : two].entries()) {
      for (let e = tree.starts[node]; e < tree.starts[node + 1]; e++)
        out[tree.words[e]] += (this.weights[row + o + 1] * tree.count[e]) / total[node];
    }
  }
}

export const deletedInterpolationFamily = countedFamily({
  name: "del-int",
  description: "the paper's interpolated trigram",
  settings: {},
  blockSize: () => ORDERS - 2,
  fit: (_, { train, dev, vocabulary }) => DeletedInterpolation.fit(train, dev, vocabulary.size),
  restore(saved, _, { size }) {
    const tensors = savedCounts(saved, ORDERS - 1);
    const weights = saved.ofRank("weights", 2, "float32");
    return saved.build(
      () => new DeletedInterpolation(NgramCounts.fromTensors(tensors, size), weights),
    );
  },
});
