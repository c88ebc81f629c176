/** Losses of splits, as tasks. */
import type { Dataset } from "../../../lib/data/examples/dataset.js";
import { evaluation } from "../../../lib/train/evaluate.js";
import type { Task } from "../../../lib/train/event-loop.js";
import { evalPart } from "../../../lib/run/evaluated-part.js";
import { type Parts, partsOf } from "../../../lib/run/split-losses.js";
import type { RunReport } from "../protocol.js";
import type { Training } from "./training.js";

/** Of each split while a run trains: the standard error of a loss is about 0.03 then. */
const LIVE = 2000;

type Measured = Extract<RunReport, { kind: "measured" }>;

export class SplitLosses {
  /** what `mm-train` measures at the end */
  readonly whole: Parts;
  /** little enough to be measured every second, and always the same */
  private readonly live: Parts;

  constructor(private readonly training: Training) {
    this.whole = partsOf(training);
    const part = (split: Dataset): Dataset => evalPart(split, LIVE);
    this.live = { train: part(this.whole.train), dev: part(this.whole.dev) };
  }

  /** Dev first: that is what one waits for. */
  *measuring(which: "whole" | "live", post: (report: Measured) => void): Task<void> {
    const { model, trainer } = this.training;
    for (const split of ["dev", "train"] as const) {
      const part = this[which][split];
      const loss = yield* evaluation(model, part);
      post({ kind: "measured", step: trainer.step, split, loss, examples: part.count });
    }
  }
}
