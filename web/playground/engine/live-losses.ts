/** Losses of splits, as tasks. */
import type { Dataset } from "../../../lib/data/examples/dataset.js";
import { evaluation } from "../../../lib/train/evaluate.js";
import type { Task } from "../../../lib/train/event-loop.js";
import { evalPart } from "../../../lib/run/evaluated-part.js";
import { type Parts, partsOf } from "../../../lib/run/split-losses.js";
import type { RunReport } from "../protocol.js";
import type { Training } from "./training.js";

/** Of each split while a slow run trains: the standard error of a loss is about 0.03 then. */
const FEW = 2000;
/** Milliseconds that dev may take while a run trains: where that is enough for all of it, it is. */
const QUICK = 120;

type Measured = Extract<RunReport, { kind: "measured" }>;

export class SplitLosses {
  /** what `mm-train` measures at the end */
  readonly whole: Parts;
  /** what is measured about every second, of each split as much */
  #live: Parts;

  constructor(private readonly training: Training) {
    this.whole = partsOf(training);
    this.#live = this.#parts(FEW);
  }

  #parts(most: number): Parts {
    const part = (split: Dataset): Dataset => evalPart(split, most);
    return { train: part(this.whole.train), dev: part(this.whole.dev) };
  }

  /** Dev first: that is what one waits for. */
  *measuring(which: "whole" | "live", post: (report: Measured) => void): Task<void> {
    const { model, trainer } = this.training;
    const parts = which === "whole" ? this.whole : this.#live;
    for (const split of ["dev", "train"] as const) {
      const part = parts[split];
      const began = performance.now();
      const loss = yield* evaluation(model, part);
      if (split === "dev") this.#timed(part.count, performance.now() - began);
      post({ kind: "measured", step: trainer.step, split, loss, examples: part.count });
    }
  }

  #timed(examples: number, ms: number): void {
    const all = this.whole.dev.count;
    if (this.#live.dev.count < all && (ms / examples) * all < QUICK) this.#live = this.#parts(all);
  }
}
