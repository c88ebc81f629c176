/**
 * The charts and the report for programs. Arguments are checked here; the charting library, which
 * takes a sixth of a second to load, is loaded by what draws.
 */
import {
  checkArguments,
  checkBoolean,
  checkNumber,
  checkOptions,
  checkText,
  listOf,
  objectWith,
  optional,
  refuse,
  whole,
} from "../check.js";
import { checkList } from "../data/lists/word-list.js";
import { checkLevel } from "../data/vocabulary/vocabulary.js";
import { ValueError } from "../errors.js";
import type { DrawOptions } from "./draw-run.js";
import type { EmbeddingOptions } from "./charts/embedding-chart.js";
import type { RateCurve } from "./charts/find-lr-chart.js";
import type { LossCurves, MinibatchLoss, SplitLoss } from "./charts/loss-curves.js";
import type { ChartOptions } from "./drawing/chart-options.js";
import { onLogScale } from "./drawing/scales.js";

export type { DrawOptions } from "./draw-run.js";
export type { EmbeddingOptions } from "./charts/embedding-chart.js";
export type { RateCurve } from "./charts/find-lr-chart.js";
export type { LossCurves, MinibatchLoss, SplitLoss } from "./charts/loss-curves.js";
export type { ChartOptions } from "./drawing/chart-options.js";
export { type DrawnResult, type PictureOptions, resume, train } from "./train-and-draw.js";

/** More rows than pixels cannot be seen. */
const MOST_ROWS = 100_000;

const rate = (what: string, x: number): unknown =>
  (typeof x === "number" && onLogScale(x)) || refuse(what, "a positive number", x);
const [number, text, level] = [optional(checkNumber), optional(checkText), optional(checkLevel)];
const size = optional(whole(1));

const MINIBATCH = { step: whole(0), loss: checkNumber, lr: number };
const SPLIT = {
  step: whole(0),
  trainLoss: number,
  devLoss: number,
  bigramTrainLoss: number,
  bigramDevLoss: number,
};
const TRIAL = { rate, loss: checkNumber, smoothed: checkNumber };
const CURVES = {
  minibatches: listOf(objectWith<MinibatchLoss>(MINIBATCH)),
  splits: optional(listOf(objectWith<SplitLoss>(SPLIT))),
  lr: text,
  steps: optional(whole(0)),
  batchSize: size,
  vocabularySize: size,
  level,
};
const FOUND = {
  trials: listOf(objectWith<RateCurve["trials"][number]>(TRIAL)),
  suggested: rate,
  reason: checkText,
  level,
};
const ROWS = { table: listOf(listOf(checkNumber)), itos: listOf(checkText) };
const LOOK = { narrow: checkBoolean };

/** Drawing begins when the charting library is loaded: what the caller has may be another then. */
const copies = <T extends object>(list: readonly T[]): T[] => list.map((one) => ({ ...one }));

/**
 * Draws the losses of a training over its steps, on a log scale that leaves out a start that would
 * press all that follows flat, beside those of guessing and of bigrams where they are known. Losses
 * that have no place on it (0, those that are not finite) are left out.
 * @returns a promise of the text of an SVG file, light and dark; values are its hover titles
 * @throws ValueError naming the argument and what it expects
 */
export async function lossChart(curves: LossCurves, options?: ChartOptions): Promise<string> {
  checkArguments("lossChart", { curves }, { curves: objectWith<LossCurves>(CURVES) });
  const look = checkOptions("lossChart", options, LOOK);
  const { minibatches, splits = [] } = curves;
  const given = { ...curves, minibatches: copies(minibatches), splits: copies(splits) };
  return (await import("./charts/loss-chart.js")).drawLossChart(given, look);
}

/**
 * Draws where training put each character (or word): the rows of an embedding table C in one or two
 * dimensions, or on the plane of their two principal components.
 * @param table the rows of C, one per entry of `itos`; those that are not finite in float32 are
 *   left out
 * @param itos what the rows stand for, as `vocabulary.itos`
 * @returns a promise of the text of an SVG file, light and dark; hover titles name each row's
 *   nearest ones
 * @throws ValueError naming the argument and what it expects
 */
export async function embeddingChart(
  table: readonly (readonly number[])[],
  itos: readonly string[],
  options?: EmbeddingOptions,
): Promise<string> {
  checkArguments("embeddingChart", { table, itos }, ROWS);
  const look = checkOptions("embeddingChart", options, { ...LOOK, level: checkLevel });
  const [rows, names] = [table.map((row) => [...row]), [...itos]];
  const n = rows.length;
  const width = rows.at(0)?.length ?? 0;
  const odd = rows.findIndex((row) => row.length !== width);
  const problem =
    n > MOST_ROWS
      ? `table: expected at most ${MOST_ROWS} rows, got ${n}`
      : width === 0
        ? "table: expected rows of at least one number, got none"
        : odd >= 0
          ? `table[${odd}]: expected ${width} numbers as in the first row, got ${rows[odd].length}`
          : names.length !== n
            ? `itos: expected a name for each of ${n} rows, got ${names.length}`
            : names.includes("")
              ? `itos[${names.indexOf("")}]: expected a name, got ""`
              : undefined;
  if (problem !== undefined) throw new ValueError(`embeddingChart: ${problem}`);
  return (await import("./charts/embedding-chart.js")).drawEmbeddingChart(rows, names, look);
}

/**
 * Draws what `findLearningRate` found: the loss of one step at each rate, and the rate it suggests.
 * @returns a promise of the text of an SVG file, light and dark
 * @throws ValueError naming the argument and what it expects
 */
export async function learningRateChart(curve: RateCurve, options?: ChartOptions): Promise<string> {
  checkArguments("learningRateChart", { curve }, { curve: objectWith<RateCurve>(FOUND) });
  const look = checkOptions("learningRateChart", options, LOOK);
  const given = { ...curve, trials: copies(curve.trials) };
  return (await import("./charts/find-lr-chart.js")).drawLearningRateChart(given, look);
}

/**
 * Draws a run again, as `mm-train plot` does: loss.svg, embedding.svg (of a model that has one),
 * find-lr.svg (where the finder's result is) and report.html, in the run's folder.
 * @param dir the run folder
 * @returns a promise of the paths of these files, report.html last
 * @throws CheckpointError naming the file of the run that is missing or damaged
 */
export async function report(dir: string, options?: DrawOptions): Promise<string[]> {
  checkArguments("report", { dir }, { dir: checkText });
  const given = checkOptions("report", options, { words: checkList });
  return (await import("./draw-run.js")).drawRun(dir, given);
}
