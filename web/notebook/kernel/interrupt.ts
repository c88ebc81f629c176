/**
 * Interrupts a cell, with its variables kept.
 *
 * A message reaches a kernel only when the cell waits. For loops that never wait there is a file in
 * memory (a blob URL), which the page takes away: every loop calls `tick`, which looks from time to
 * time whether it is still there.
 */
export class Interrupted extends Error {
  override name = "Interrupted";
  constructor() {
    super("the cell was interrupted; its variables are as they were then");
  }
}

/** Iterations between two looks at the clock, and milliseconds between two looks at the file. */
const COUNT = 256;
const INTERVAL = 200;

export class Interrupter {
  #requested = false;
  #left = COUNT;
  #looked = 0;
  #reject: ((reason: Interrupted) => void) | undefined;
  /** whether the page asked; undefined where only messages do */
  readonly #isAsked: (() => boolean) | undefined;

  constructor(isAsked?: () => boolean) {
    this.#isAsked = isAsked;
  }

  /** At the start of every iteration of every loop. */
  readonly tick = (): void => {
    if (this.#requested) throw new Interrupted();
    if (--this.#left > 0) return;
    this.#left = COUNT;
    const now = performance.now();
    if (now - this.#looked < INTERVAL) return;
    this.#looked = now;
    if (this.#isAsked?.()) this.request();
    if (this.#requested) throw new Interrupted();
  };

  request(): void {
    this.#requested = true;
    this.#reject?.(new Interrupted());
  }

  /** Runs until the end or an interrupt, also of what never ends waiting. */
  async guard<T>(run: () => Promise<T>): Promise<T> {
    this.#requested = false;
    this.#looked = performance.now();
    const interrupted = new Promise<never>((_, reject) => {
      this.#reject = reject;
    });
    try {
      return await Promise.race([run(), interrupted]);
    } finally {
      this.#reject = undefined;
      this.#requested = false;
    }
  }
}
