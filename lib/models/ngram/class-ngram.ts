/**
 * Class-based n-grams (Brown et al. 1992): P(w | h) = P(w | its class) P(its class | the classes of
 * h).
 */
import { checkArguments, whole } from "../../check.js";
import { type Batch, checkBatch, checkInt32 } from "../../data/examples/batches.js";
import { ShapeError, ValueError } from "../../errors.js";
import { type Tensor, tensor } from "../../tensor/index.js";
import { show } from "../../tensor/shape.js";
import { integer } from "../../setting-kinds.js";
import { checkTokenIds } from "../check.js";
import { countedFamily } from "../family.js";
import { checkCounts, NgramCounts, SIZES } from "./counts.js";
import { exchangeClasses } from "./exchange.js";
import { contextOfNgrams, KneserNey } from "./kneser-ney.js";
import { ProbabilityModel } from "./probability-model.js";
import { savedCounts } from "./saved-counts.js";

/**
 * Added to each word's count in its class: a word that the train split does not have is possible.
 */
const UNSEEN = 0.5;

/** The sequence of classes, asked by tokens. */
class Classes extends KneserNey {
  constructor(
    counts: NgramCounts,
    private readonly classOf: Int32Array,
  ) {
    super(counts);
  }
  private map(contexts: Int32Array, end: number): Int32Array {
    return contexts.subarray(end - this.blockSize, end).map((w) => this.classOf[w]);
  }
  of(contexts: Int32Array, end: number, word: number): number {
    return this.probability(this.map(contexts, end), this.blockSize, this.classOf[word]);
  }
  all(contexts: Int32Array, end: number, out: Float64Array): void {
    this.distribution(this.map(contexts, end), this.blockSize, out);
  }
}

/**
 * Class-based n-grams (Brown et al. 1992): P(w | h) = P(w | its class) P(its class | the classes of
 * h), the latter by Kneser-Ney.
 */
export class ClassNgram extends ProbabilityModel {
  /** characters (words) of context that the model sees */
  readonly blockSize: number;
  /** V: how many tokens it knows */
  readonly vocabularySize: number;
  private readonly tensors: Record<"ngrams" | "counts" | "classes" | "words", Tensor>;
  private readonly sequence: Classes;
  /** of each word in its class */
  private readonly share: Float64Array;
  private readonly classOf: Int32Array;
  private readonly row: Float64Array;

  /**
   * From n-grams of classes; `ClassNgram.fit` counts them.
   * @param classes int32 [V], the class of each word
   * @param words int32 [V], how often each occurs
   * @throws DataError without any counts; IndexError on a class that they do not have
   */
  constructor(counts: NgramCounts, classes: Tensor, words: Tensor) {
    super();
    const kinds = { counts: checkCounts, classes: checkInt32, words: checkInt32 };
    checkArguments("ClassNgram", { counts, classes, words }, kinds);
    const { order, vocabularySize: known } = counts;
    const V = classes.numel;
    for (const [name, t] of Object.entries({ classes, words })) {
      if (t.rank !== 1 || t.numel !== V) {
        throw new ShapeError(
          `ClassNgram: ${name}`,
          [t.shape],
          `expected [${V}], one for each token, got ${show(t.shape)}`,
        );
      }
    }
    this.vocabularySize = V;
    this.blockSize = Math.max(1, order - 1);
    this.classOf = classes.toTypedArray() as Int32Array;
    this.tensors = { ...counts.toTensors(), classes, words };
    this.sequence = new Classes(counts, this.classOf);
    checkTokenIds("ClassNgram: classes", this.classOf, known);
    this.row = new Float64Array(known);
    const total = new Float64Array(known);
    const seen = words.toTypedArray();
    if (seen.some((n) => n < 0))
      throw new ValueError("ClassNgram: words: expected counts of 0 or more");
    for (let w = 0; w < seen.length; w++) total[this.classOf[w]] += seen[w] + UNSEEN;
    this.share = Float64Array.from(seen, (n, w) => (n + UNSEEN) / total[this.classOf[w]]);
  }

  /**
   * int32: ngrams [m, order] of classes, their counts [m], classes [V] of the words, words [V]
   * their counts
   */
  stateDict(): Record<"ngrams" | "counts" | "classes" | "words", Tensor> {
    return { ...this.tensors };
  }

  /**
   * Finds `classes` classes in `train` (`exchangeClasses`) and counts their n-grams of up to
   * `order`.
   */
  static fit(train: Batch, order: number, vocabularySize: number, classes: number): ClassNgram {
    const kinds = { train: checkBatch, ...SIZES, classes: whole(1) };
    checkArguments("ClassNgram.fit", { train, order, vocabularySize, classes }, kinds);
    const { X, Y } = train;
    // An index below 0 would count from the end: all that is looked at must be tokens.
    const [width, seen] = [X.shape[1], Math.min(Math.max(1, order - 1), X.shape[1])];
    checkTokenIds("ClassNgram.fit", X.toTypedArray(), vocabularySize, { width, seen });
    const classOf = exchangeClasses({ X, Y }, vocabularySize, classes);
    const known = numberOfClasses(classOf);
    const words = new Int32Array(vocabularySize);
    for (const w of Y.toTypedArray()) words[w]++;
    const table = tensor(classOf);
    const counts = NgramCounts.of(
      { X: table.index(X.slice(1, width - seen)), Y: table.index(Y) },
      order,
      known,
    );
    return new ClassNgram(counts, table, tensor(words));
  }

  protected probability(contexts: Int32Array, end: number, word: number): number {
    return this.share[word] * this.sequence.of(contexts, end, word);
  }

  protected distribution(contexts: Int32Array, end: number, out: Float64Array): void {
    this.sequence.all(contexts, end, this.row);
    for (let w = 0; w < out.length; w++) out[w] = this.share[w] * this.row[this.classOf[w]];
  }
}

const numberOfClasses = (classOf: Iterable<number>): number => {
  let most = 0;
  for (const g of classOf) most = Math.max(most, g);
  return most + 1;
};

export const classFamily = countedFamily({
  name: "class",
  description: "n-grams of classes of words",
  settings: {
    blockSize: contextOfNgrams,
    classes: integer(1, 10_000).default(500).describe("how many classes of words"),
  },
  blockSize: (settings) => settings.blockSize,
  fit: ({ blockSize, classes }, { train, vocabulary }) =>
    ClassNgram.fit(train, blockSize + 1, vocabulary.size, classes),
  restore(saved, { blockSize }, { size }) {
    const tensors = savedCounts(saved, blockSize + 1);
    const [classes, words] = [saved.ofRank("classes", 1), saved.ofRank("words", 1)];
    if (classes.numel !== size || words.numel !== size)
      throw saved.damaged(`tensor classes: expected a class for each of ${size} words`);
    return saved.build(() => {
      const known = numberOfClasses(classes.toTypedArray());
      return new ClassNgram(NgramCounts.fromTensors(tensors, known), classes, words);
    });
  },
});
