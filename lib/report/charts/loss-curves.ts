/**
 * What a training measured, and of it the curves that loss.svg draws. How they look is in
 * loss-chart.ts.
 */
import { parseSchedule, rateIn, type Schedule } from "../../train/schedule.js";
import { onLogScale } from "../drawing/scales.js";
import { type Point, smooth, thin, smoothingWindow } from "../drawing/smooth.js";

/** More dots than pixels only make the file large. */
export const MOST_DOTS = 800;
/** A schedule of more changes than this is a curve, drawn below the loss. */
const MOST_CHANGES = 6;

/** The loss of one minibatch. */
export interface MinibatchLoss {
  /** how many updates came before */
  readonly step: number;
  /** in nats per character (word) */
  readonly loss: number;
  /** the learning rate of its update */
  readonly lr?: number;
}
/** Losses of whole splits, in nats per character (word). */
export interface SplitLoss {
  /** how many updates came before */
  readonly step: number;
  /** of the split that is learned from */
  readonly trainLoss?: number;
  /** of the split to choose by */
  readonly devLoss?: number;
  /** of counted bigrams on the train split */
  readonly bigramTrainLoss?: number;
  /** of counted bigrams on the dev split */
  readonly bigramDevLoss?: number;
  /** examples measured, and examples of the train split, where these are more */
  readonly trainPart?: readonly [measured: number, all: number];
  /** the same of the dev split */
  readonly devPart?: readonly [measured: number, all: number];
}
/** What a training measured, and what is known of it. */
export interface LossCurves {
  /** losses of minibatches, in order of their steps */
  readonly minibatches: readonly MinibatchLoss[];
  /** losses of splits, in order of their steps */
  readonly splits?: readonly SplitLoss[];
  /** learning rates, as the setting `lr` of `train`: their changes are marked */
  readonly lr?: string;
  /** how many steps were done; by default those of the last measurement */
  readonly steps?: number;
  /** examples in a minibatch */
  readonly batchSize?: number;
  /** how many characters (words) there are: guessing among them has a loss of its logarithm */
  readonly vocabularySize?: number;
  /** what is predicted, a character by default */
  readonly level?: "character" | "word";
}

/** A loss to compare with. */
interface ReferenceLine {
  readonly name: string;
  readonly loss: number;
  readonly dash: string;
}
interface Part extends Point {
  readonly part: number;
}
/** The same curves whatever the size of the chart. */
export interface DrawnCurves {
  /** the last step of the axis */
  readonly end: number;
  readonly level: "character" | "word";
  readonly raw: readonly MinibatchLoss[];
  /** of `raw`: each the mean of `window` neighbours */
  readonly mean: readonly Part[];
  readonly window: number;
  readonly train: readonly Point[];
  readonly dev: readonly Point[];
  readonly lines: readonly ReferenceLine[];
  /** learning rates to mark */
  readonly schedule: Schedule;
  /** learning rates that are a curve: too many changes for marks */
  readonly rates: readonly Required<MinibatchLoss>[];
}

const isShown = ({ loss }: Point): boolean => onLogScale(loss);

export function drawnCurves(curves: LossCurves): DrawnCurves {
  const { minibatches, splits = [], level = "character", vocabularySize } = curves;
  const raw = minibatches.filter(isShown);
  const last = splits.at(-1);
  const end = Math.max(1, curves.steps ?? 0, minibatches.at(-1)?.step ?? 0, last?.step ?? 0);
  const { schedule, rates } = learningRates(curves, end);
  const window = smoothingWindow(raw);
  const [train, dev] = (["trainLoss", "devLoss"] as const).map((key) =>
    splits.map((at) => ({ step: at.step, loss: at[key] ?? 0 })).filter(isShown),
  );
  const bigram = splits.findLast((at) => at.bigramDevLoss !== undefined)?.bigramDevLoss;
  const lines: ReferenceLine[] = [];
  if (bigram !== undefined && onLogScale(bigram))
    lines.push({ name: "bigrams", loss: bigram, dash: "8 4" });
  if (vocabularySize !== undefined && vocabularySize > 1)
    lines.push({ name: "guessing", loss: Math.log(vocabularySize), dash: "2 4" });
  const mean = smoothParts(raw, schedule, window);
  return { end, level, raw, mean, window, train, dev, lines, schedule, rates };
}

/** As few changes to mark, or else as a curve. */
function learningRates(
  { minibatches, lr }: LossCurves,
  end: number,
): Pick<DrawnCurves, "schedule" | "rates"> {
  const all = lr === undefined ? [] : parseSchedule(lr, end);
  const schedule = all.filter((milestone) => milestone.step < end);
  const follows = ({ step, lr: rate }: MinibatchLoss): boolean =>
    rate === undefined || (schedule.length > 0 && rate === rateIn(schedule, step));
  const asMarks =
    schedule.length <= MOST_CHANGES &&
    schedule.every(({ curve }) => curve === undefined) &&
    minibatches.every(follows);
  if (asMarks) return { schedule, rates: [] };
  const rates = minibatches.filter((at): at is Required<MinibatchLoss> => at.lr !== undefined);
  return { schedule: [], rates };
}

/** Smoothed within each learning rate: a mean across a change would round the corner off. */
function smoothParts(raw: readonly Point[], schedule: Schedule, window: number): Part[] {
  if (window === 1) return [];
  const starts = schedule.length > 0 ? schedule.map((milestone) => milestone.step) : [0];
  return starts.flatMap((start, part) => {
    const points = raw.filter(({ step }) => step >= start && step < (starts[part + 1] ?? Infinity));
    return thin(smooth(points, window, part === 0), MOST_DOTS).map((point) => ({ ...point, part }));
  });
}
