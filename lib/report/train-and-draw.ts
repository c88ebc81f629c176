/** Training as a program has it: with the pictures that the command draws. */
import { checkArguments, checkBoolean, checkObject } from "../check.js";
import { MmError } from "../errors.js";
import type { TrainResult } from "../run/result.js";
import {
  type ResumeOptions,
  resume as resumeOnly,
  type TrainOptions,
  train as trainOnly,
} from "../run/train.js";
import { warn } from "../warn.js";

/** Whether pictures are drawn. */
export interface PictureOptions {
  /** false: no charts and no report.html in the run folder; `report` draws them at any time */
  pictures?: boolean;
}

/** What a training ends with, and where its report is. */
export interface DrawnResult extends TrainResult {
  /**
   * the path of report.html; absent without a run folder, with `pictures: false`, or where it could
   * not be written
   */
  readonly report?: string;
}

/**
 * Trains a model. Settings left out are those of the `preset`, and the lecture's. In the run folder
 * `out` it draws the charts and report.html, as `mm-train` does.
 * @throws UsageError, DataError or CheckpointError before the first step, TrainingError when the
 *   loss diverges
 */
export const train = (options: TrainOptions & PictureOptions = {}): Promise<DrawnResult> =>
  withPictures("train", options, trainOnly);

/**
 * Goes on with the run in a folder from its last checkpoint, and ends with exactly the bits of a
 * run that was never interrupted; draws its pictures again.
 * @throws CheckpointError when the folder holds no run, another process is at work in it, or its
 *   corpus is not the one it was started with
 */
export const resume = (
  run: string,
  options: ResumeOptions & PictureOptions = {},
): Promise<DrawnResult> => withPictures("resume", options, (rest) => resumeOnly(run, rest));

async function withPictures<O extends object>(
  operation: string,
  options: O & PictureOptions,
  work: (rest: O) => Promise<TrainResult>,
): Promise<DrawnResult> {
  const { pictures = true, ...rest } = checkObject(`${operation}: options`, options);
  checkArguments(operation, { pictures }, { pictures: checkBoolean });
  const result = await work(rest as unknown as O);
  if (result.run === undefined || !pictures) return result;
  try {
    const { drawRun } = await import("./draw-run.js");
    return { ...result, report: drawRun(result.run, { words: result.corpus.words }).at(-1) };
  } catch (error) {
    // The model is trained and kept: no picture is worth more.
    warn(`not drawn: ${error instanceof MmError ? error.message : String(error)}`);
    return result;
  }
}
