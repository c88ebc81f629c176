/**
 * Word classes by exchange (Kneser & Ney 1993; Martin, Liermann & Ney 1998): every word in turn
 * goes to the class where a bigram model of classes makes the text most likely. What changes of the
 * logarithm of that likelihood is F = sum over pairs of classes of n(g, h) log n(g, h) - sum over
 * classes of n(g) log n(g), on the left and on the right.
 */
import type { Batch } from "../../data/examples/batches.js";
import { checkArguments, whole } from "../../check.js";
import { NgramCounts, treeOf } from "./counts.js";
import type { NgramTree } from "./tree.js";

/** Sweeps over all words; the last ones move few. */
const SWEEPS = 12;

/**
 * The class of each word: [V], from 0, at most `classes` of them and none empty. Words that the
 * text does not have join the class with the most words.
 */
export function exchangeClasses(
  text: Batch,
  vocabularySize: number,
  classes: number,
): Int32Array<ArrayBuffer> {
  checkArguments("exchangeClasses", { classes }, { classes: whole(1) });
  const counts = NgramCounts.of(text, 2, vocabularySize);
  return new Exchange(treeOf(counts), Math.min(classes, vocabularySize)).run();
}

class Exchange {
  private readonly classOf: Int32Array<ArrayBuffer>;
  /** words by how often they occur */
  private readonly ranked: number[];
  private readonly pairs: Int32Array; // [classes, classes]
  private readonly left: Int32Array;
  private readonly right: Int32Array;
  private readonly nLogN: Float64Array;
  /** neighbours of each word: the entries where it is the first, and where it is the second */
  private readonly after: readonly (readonly number[])[];
  private readonly before: readonly (readonly number[])[];
  private readonly first: Int32Array;
  /** pairs of words in the order of the text */
  private readonly entries: Int32Array;

  constructor(
    private readonly counts: NgramTree,
    private readonly classes: number,
  ) {
    const V = counts.vocabularySize;
    this.first = new Int32Array(counts.entries).fill(-1);
    for (let w = 0; w < V; w++) {
      const node = counts.child(0, w);
      if (node >= 0) this.first.fill(w, counts.starts[node], counts.starts[node + 1]);
    }
    const [after, before]: number[][][] = [[], []].map(() => Array.from({ length: V }, () => []));
    const seen = new Int32Array(V);
    for (let e = 0; e < counts.longest; e++) seen[counts.words[e]] = counts.count[e];
    // Of equal classes the sums of `place` choose one, and sums have an order: that of the text.
    this.entries = counts.asSeen().map((n) => counts.longest + n);
    for (const e of this.entries) {
      after[this.first[e]].push(e);
      before[counts.words[e]].push(e);
    }
    [this.after, this.before] = [after, before];
    this.ranked = Array.from({ length: V }, (_, w) => w)
      .filter((w) => seen[w] > 0)
      .sort((a, b) => seen[b] - seen[a] || a - b);
    this.classOf = new Int32Array(V).fill(-1);
    for (const [rank, w] of this.ranked.entries()) this.classOf[w] = rank % classes;
    this.pairs = new Int32Array(classes * classes);
    this.left = new Int32Array(classes);
    this.right = new Int32Array(classes);
    let total = 0;
    for (const e of this.entries) {
      // A first word that is never a second (the one before the text) has no class of its own until
      // here.
      if (this.classOf[this.first[e]] < 0) this.classOf[this.first[e]] = 0;
      const [g, h] = [this.classOf[this.first[e]], this.classOf[counts.words[e]]];
      this.pairs[g * classes + h] += counts.count[e];
      this.left[g] += counts.count[e];
      this.right[h] += counts.count[e];
      total += counts.count[e];
    }
    this.nLogN = Float64Array.from({ length: total + 1 }, (_, n) =>
      n === 0 ? 0 : n * Math.log(n),
    );
  }

  run(): Int32Array<ArrayBuffer> {
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      let moved = 0;
      for (const w of this.ranked) if (this.place(w)) moved++;
      if (moved < this.ranked.length / 1000) break;
    }
    const sizes = new Int32Array(this.classes);
    for (const g of this.classOf) if (g >= 0) sizes[g]++;
    const largest = sizes.indexOf(sizes.reduce((a, b) => Math.max(a, b)));
    // A class that lost all its words would keep a share of every prediction: the ones after it
    // move up.
    let used = 0;
    const number = sizes.map((n) => (n > 0 ? used++ : -1));
    return this.classOf.map((g) => number[g < 0 ? largest : g]);
  }

  /** Takes a word out of its class and puts it where it fits best; whether that is another one. */
  private place(w: number): boolean {
    const { classes, classOf, counts, pairs, left, right, nLogN } = this;
    const from = classOf[w];
    const out = new Map<number, number>();
    const into = new Map<number, number>();
    let self = 0;
    let [outAll, intoAll] = [0, 0];
    for (const e of this.after[w]) {
      const n = counts.count[e];
      outAll += n;
      if (counts.words[e] === w) self = n;
      else out.set(classOf[counts.words[e]], (out.get(classOf[counts.words[e]]) ?? 0) + n);
    }
    for (const e of this.before[w]) {
      const n = counts.count[e];
      intoAll += n;
      if (this.first[e] !== w)
        into.set(classOf[this.first[e]], (into.get(classOf[this.first[e]]) ?? 0) + n);
    }
    const shift = (g: number, sign: 1 | -1): void => {
      for (const [h, n] of out) pairs[g * classes + h] += sign * n;
      for (const [h, n] of into) pairs[h * classes + g] += sign * n;
      pairs[g * classes + g] += sign * self;
      left[g] += sign * outAll;
      right[g] += sign * intoAll;
    };
    shift(from, -1);
    const [outClasses, outCounts] = [Int32Array.from(out.keys()), Int32Array.from(out.values())];
    const [intoClasses, intoCounts] = [
      Int32Array.from(into.keys()),
      Int32Array.from(into.values()),
    ];
    let best = from;
    let most = -Infinity;
    for (let g = 0; g < classes; g++) {
      let gain =
        nLogN[left[g]] - nLogN[left[g] + outAll] + nLogN[right[g]] - nLogN[right[g] + intoAll];
      let own = self; // pairs within g: counted once, below
      for (let i = 0; i < outClasses.length; i++) {
        const h = outClasses[i];
        if (h === g) own += outCounts[i];
        else {
          const n = pairs[g * classes + h];
          gain += nLogN[n + outCounts[i]] - nLogN[n];
        }
      }
      for (let i = 0; i < intoClasses.length; i++) {
        const h = intoClasses[i];
        if (h === g) own += intoCounts[i];
        else {
          const n = pairs[h * classes + g];
          gain += nLogN[n + intoCounts[i]] - nLogN[n];
        }
      }
      if (own > 0) gain += nLogN[pairs[g * classes + g] + own] - nLogN[pairs[g * classes + g]];
      if (gain > most) [best, most] = [g, gain];
    }
    shift(best, 1);
    classOf[w] = best;
    return best !== from;
  }
}
