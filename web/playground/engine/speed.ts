/** How fast steps are done, over the last of them. */

/** The first steps are slow: a browser compiles what it meets often while it runs. */
const WARM = { steps: 1000, ms: 3000 };
/** The mean is over so many milliseconds, at least. */
const WINDOW = 1500;

export class Speed {
  #steps = 0;
  #ms = 0;
  readonly #last: { steps: number; ms: number }[] = [];

  /** `ms` of training, without what else was done meanwhile */
  add(steps: number, ms: number): void {
    this.#steps += steps;
    this.#ms += ms;
    if (!this.#isWarm()) return;
    this.#last.push({ steps, ms });
    while (this.#sum("ms") - this.#last[0].ms > WINDOW) this.#last.shift();
  }

  /** undefined until it means something */
  get stepsPerSecond(): number | undefined {
    const ms = this.#sum("ms");
    return ms >= WINDOW / 5 ? (1000 * this.#sum("steps")) / ms : undefined;
  }

  #isWarm = (): boolean => this.#steps >= WARM.steps || this.#ms >= WARM.ms;

  #sum = (of: "steps" | "ms"): number => this.#last.reduce((sum, part) => sum + part[of], 0);
}
