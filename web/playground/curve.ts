/** A curve of as many losses as come, in as few points as a picture has use for. */
import { type Point, smooth, smoothingWindow } from "../../lib/report/drawing/smooth.js";

/** From twice as many on, neighbours are joined. */
const POINTS = 300;

export class Curve {
  /** sums of log loss, `#width` steps each; the last may be of fewer */
  #sums: number[] = [];
  #width = 1;
  #inLast = 0;
  #first = 0;

  /** The number of the step of its first loss; the losses after it follow one another. */
  constructor(first = 0) {
    this.#first = first;
  }

  add(losses: ArrayLike<number>): void {
    for (let i = 0; i < losses.length; i++) {
      if (this.#inLast === 0 || this.#inLast === this.#width) this.#open();
      // No loss is 0 to a logarithm: one that is too small for float32 is drawn at the bottom.
      this.#sums[this.#sums.length - 1] += Math.log(Math.max(losses[i], 1e-45));
      this.#inLast++;
    }
  }

  #open(): void {
    if (this.#sums.length === 2 * POINTS) {
      this.#sums = this.#sums.flatMap((sum, i, all) => (i % 2 === 0 ? [sum + all[i + 1]] : []));
      this.#width *= 2;
    }
    this.#sums.push(0);
    this.#inLast = 0;
  }

  /** Means of log loss, each at the middle of its steps. */
  get points(): readonly Point[] {
    const last = this.#sums.length - 1;
    return this.#sums.map((sum, i) => {
      const n = i === last ? this.#inLast : this.#width;
      return { step: this.#first + i * this.#width + (n - 1) / 2, loss: Math.exp(sum / n) };
    });
  }

  /** The same, each over its neighbours too. */
  get smoothed(): readonly Point[] {
    const { points } = this;
    return smooth(points, smoothingWindow(points), true);
  }

  /** Of the last losses; undefined before the first. */
  get latest(): number | undefined {
    return this.smoothed.at(-1)?.loss;
  }
}
