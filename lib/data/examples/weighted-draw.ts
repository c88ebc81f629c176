/** Draws examples in proportion to the weight of their word, by numbers that are drawn evenly. */

/** More numbers than these are not needed to tell weights apart; they fit 32 bits. */
const MOST_SLOTS = 2 ** 30;

/** Each example has as many of the numbers from 0 to `slots` as its word's weight asks for. */
export class WeightedDraw {
  /** the numbers to draw from: [0, slots) */
  readonly slots: number;
  /** [words] where a word's slots end */
  private readonly ends: Int32Array;

  /**
   * @param firsts [words + 1] the first example of each word; the last is their number
   * @param weights [words]
   */
  constructor(
    private readonly firsts: Int32Array,
    weights: Float64Array,
  ) {
    const examplesOf = (word: number): number => firsts[word + 1] - firsts[word];
    const total = weights.reduce((sum, weight, word) => sum + weight * examplesOf(word), 0);
    // Counts that fit are drawn exactly, as from a list with the repeats in it.
    const exact = total <= MOST_SLOTS && weights.every(Number.isInteger);
    const scale = exact ? 1 : MOST_SLOTS / total;
    this.ends = new Int32Array(weights.length);
    let sum = 0;
    for (let word = 0; word < weights.length; word++) {
      sum += weights[word] * examplesOf(word);
      this.ends[word] = Math.round(sum * scale);
    }
    this.slots = this.ends[weights.length - 1];
  }

  /** Turns slots into numbers of examples, in place. */
  slotsToExamples(slots: Int32Array): void {
    const { ends, firsts } = this;
    for (let i = 0; i < slots.length; i++) {
      const word = this.wordOf(slots[i]);
      const start = word === 0 ? 0 : ends[word - 1];
      const examples = firsts[word + 1] - firsts[word];
      // A product may need more than 32 bits; a double has 53.
      const within = Math.floor(((slots[i] - start) * examples) / (ends[word] - start));
      slots[i] = firsts[word] + within;
    }
  }

  /** The first word whose slots end behind this one. */
  private wordOf(slot: number): number {
    let [low, high] = [0, this.ends.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ends[middle] > slot) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
