/**
 * The charts and the report for programs. Arguments are checked here; the charting library, which
 * takes a sixth of a second to load, is loaded by what draws.
 */
import {
  checkArray,
  checkBoolean,
  checkNumber,
  checkObject,
  checkText,
  checkWhole,
  refuse,
} from "../check.js";
import { checkList } from "../data/lists/word-list.js";
import { quote, UsageError, ValueError } from "../errors.js";
import type { DrawOptions } from "./draw-run.js";
import type { EmbeddingOptions } from "./charts/embedding-chart.js";
import type { RateCurve } from "./charts/find-lr-chart.js";
import type { LossCurves } from "./charts/loss-curves.js";
import type { ChartOptions } from "./drawing/chart-options.js";

export type { DrawOptions } from "./draw-run.js";
export type { EmbeddingOptions } from "./charts/embedding-chart.js";
export type { RateCurve } from "./charts/find-lr-chart.js";
export type { LossCurves, MinibatchLoss, SplitLoss } from "./charts/loss-curves.js";
export type { ChartOptions } from "./drawing/chart-options.js";
export { type DrawnResult, type PictureOptions, resume, train } from "./train-and-draw.js";

/** More rows than pixels cannot be seen. */
const MOST_ROWS = 100_000;

/**
 * Draws the losses of a training over its steps, on a log scale that leaves out a start that would
 * press all that follows flat, beside those of guessing and of bigrams where they are known.
 * @returns a promise of the text of an SVG file, light and dark; values are its hover titles
 * @throws ValueError naming the argument and what it expects
 */
export async function lossChart(curves: LossCurves, options: ChartOptions = {}): Promise<string> {
  const given = checkCurves(checkObject("lossChart: curves", curves));
  const look = checkLook("lossChart", options);
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
  options: EmbeddingOptions = {},
): Promise<string> {
  const rows = [...checkArray("embeddingChart: table", table)].map((row, i) =>
    [...checkArray(`embeddingChart: table[${i}]`, row)].map((x) =>
      inFloat32(checkNumber(`embeddingChart: table[${i}]`, x)),
    ),
  );
  const names = [...checkArray("embeddingChart: itos", itos)].map((name) =>
    checkText("embeddingChart: itos", name),
  );
  if (rows.length > MOST_ROWS)
    throw new ValueError(
      `embeddingChart: table: expected at most ${MOST_ROWS} rows, got ${rows.length}`,
    );
  const width = rows.at(0)?.length ?? 0;
  if (width === 0)
    throw new ValueError("embeddingChart: table: expected rows of at least one number, got none");
  const odd = rows.findIndex((row) => row.length !== width);
  if (odd >= 0)
    throw new ValueError(
      `embeddingChart: table[${odd}]: expected ${width} numbers as in the first row, got ` +
        `${rows[odd].length}`,
    );
  if (names.length !== rows.length)
    throw new ValueError(
      `embeddingChart: itos: expected a name for each of ${rows.length} rows, got ${names.length}`,
    );
  const empty = names.indexOf("");
  if (empty >= 0) throw new ValueError(`embeddingChart: itos[${empty}]: expected a name, got ""`);
  const look = checkLook("embeddingChart", options);
  const level = checkLevel("embeddingChart", options.level);
  return (await import("./charts/embedding-chart.js")).drawEmbeddingChart(rows, names, {
    ...look,
    level,
  });
}

/**
 * Draws what `findLearningRate` found: the loss of one step at each rate, and the rate it suggests.
 * @returns a promise of the text of an SVG file, light and dark
 * @throws ValueError naming the argument and what it expects
 */
export async function learningRateChart(
  curve: RateCurve,
  options: ChartOptions = {},
): Promise<string> {
  const { trials, suggested, reason, level } = checkObject("learningRateChart: curve", curve);
  const given = [...checkArray("learningRateChart: trials", trials)].map((trial, i) => {
    const what = `learningRateChart: trials[${i}]`;
    const { rate, loss, smoothed } = checkObject(what, trial);
    return {
      rate: checkRate(`${what}.rate`, rate),
      loss: checkLoss(`${what}.loss`, loss),
      smoothed: checkLoss(`${what}.smoothed`, smoothed),
    };
  });
  const checked = {
    trials: given,
    suggested: checkRate("learningRateChart: suggested", suggested),
    reason: checkText("learningRateChart: reason", reason),
    level: checkLevel("learningRateChart", level),
  };
  const look = checkLook("learningRateChart", options);
  return (await import("./charts/find-lr-chart.js")).drawLearningRateChart(checked, look);
}

/**
 * Draws a run again, as `mm-train plot` does: loss.svg, embedding.svg (of a model that has one),
 * find-lr.svg (where the finder's result is) and report.html, in the run's folder.
 * @param dir the run folder
 * @returns a promise of the paths of these files, report.html last
 * @throws CheckpointError naming the file of the run that is missing or damaged
 */
export async function report(dir: string, options: DrawOptions = {}): Promise<string[]> {
  checkText("report: dir", dir);
  const { words, ...unknown } = checkObject("report: options", options);
  if (words !== undefined) checkList("report: words", words);
  for (const key of Object.keys(unknown))
    throw new UsageError(`report: unknown option ${quote(key)}: expected words`);
  return (await import("./draw-run.js")).drawRun(dir, { words });
}

/** NaN for what float32 has no finite number for. */
const inFloat32 = (x: number): number => (Number.isFinite(Math.fround(x)) ? x : Number.NaN);

function checkLook(operation: string, options: ChartOptions): ChartOptions {
  const { narrow = false } = checkObject(`${operation}: options`, options);
  return { narrow: checkBoolean(`${operation}: narrow`, narrow) };
}

function checkLevel(operation: string, level: unknown): "character" | "word" {
  if (level === undefined || level === "character") return "character";
  return level === "word" ? level : refuse(`${operation}: level`, "character or word", level);
}

/** Zero, what is not finite and what is nearly so have no place on a log scale. */
function checkRate(what: string, rate: unknown): number {
  const number = checkNumber(what, rate);
  return number >= 1e-45 && number <= 1e45 ? number : refuse(what, "a positive number", rate);
}

function checkCurves(curves: LossCurves): LossCurves {
  const { minibatches, splits = [], lr, steps, batchSize, vocabularySize, level } = curves;
  const optional = (key: string, value: unknown, least: number): number | undefined =>
    value === undefined ? undefined : checkWhole(`lossChart: ${key}`, value, least);
  return {
    minibatches: [...checkArray("lossChart: minibatches", minibatches)].map(checkMinibatch),
    splits: [...checkArray("lossChart: splits", splits)].map(checkSplit),
    lr: lr === undefined ? lr : checkText("lossChart: lr", lr),
    steps: optional("steps", steps, 0),
    batchSize: optional("batchSize", batchSize, 1),
    vocabularySize: optional("vocabularySize", vocabularySize, 1),
    level: checkLevel("lossChart", level),
  };
}

function checkMinibatch(point: unknown, i: number): LossCurves["minibatches"][number] {
  const what = `lossChart: minibatches[${i}]`;
  const { step, loss, lr } = checkObject(what, point as LossCurves["minibatches"][number]);
  const rate = lr === undefined ? {} : { lr: checkNumber(`${what}.lr`, lr) };
  return {
    step: checkWhole(`${what}.step`, step, 0),
    loss: checkLoss(`${what}.loss`, loss),
    ...rate,
  };
}

function checkSplit(split: unknown, i: number): NonNullable<LossCurves["splits"]>[number] {
  const what = `lossChart: splits[${i}]`;
  const given = checkObject(what, split as NonNullable<LossCurves["splits"]>[number]);
  const losses = (["trainLoss", "devLoss", "bigramTrainLoss", "bigramDevLoss"] as const).flatMap(
    (key) => {
      const value = given[key];
      return value === undefined ? [] : [[key, checkLoss(`${what}.${key}`, value)] as const];
    },
  );
  return { step: checkWhole(`${what}.step`, given.step, 0), ...Object.fromEntries(losses) };
}

/**
 * Losses of 0, below it and of no number are left out of the chart; those that a scale cannot hold
 * are refused.
 */
function checkLoss(what: string, loss: unknown): number {
  const number = checkNumber(what, loss);
  if (!Number.isFinite(number)) return 0;
  return number < 1e-45 ? 0 : number <= 1e45 ? number : refuse(what, "a loss below 1e45", loss);
}
