/** When names are made up and losses measured while a run trains: often, and little of its time. */

/** Milliseconds of training between two times, at least. */
const LEAST = 700;
/** So many times as long is trained as is spent beside it. */
const SHARE = 6;

export class Schedule {
  #trained = 0;
  #beside = 0;

  spentBeside(ms: number): void {
    this.#beside += ms;
  }

  /** @param trained milliseconds of training since it was last asked */
  isDue(trained: number): boolean {
    this.#trained += trained;
    if (this.#trained < Math.max(LEAST, SHARE * this.#beside)) return false;
    [this.#trained, this.#beside] = [0, 0];
    return true;
  }
}
