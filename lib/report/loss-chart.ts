/**
 * loss.svg: the loss of minibatches and splits over steps, beside that of guessing and of bigrams.
 */
import * as Plot from "@observablehq/plot";
import { parseSchedule, rateIn, type Schedule } from "../train/schedule.js";
import { hoverStrips } from "./hover.js";
import { apart } from "./layout.js";
import { below, lossScale } from "./loss-scale.js";
import type { ChartOptions } from "./chart-options.js";
import {
  AXIS_X,
  AXIS_Y,
  drawPicture,
  GRID,
  type LegendEntry,
  NARROW,
  type Panel,
  type Tone,
  tone,
  WIDE,
} from "./picture.js";
import { type Frame, ratePanel, rateMarks } from "./rate-marks.js";
import { logTicks } from "./scales.js";
import { groupBy, type Point, smooth, thin } from "./smooth.js";

/** More dots than pixels only make the file large. */
const MOST_DOTS = 800;
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

/** Sizes of a chart for a desk and for a phone. */
interface LossFrame extends Frame {
  /** of losses in the margin */
  readonly digits: number;
}
const FRAMES = {
  wide: {
    width: WIDE,
    height: 400,
    marginLeft: 72,
    marginRight: 140,
    labelOffset: 58,
    ticks: 6,
    digits: 4,
  },
  narrow: {
    width: NARROW,
    height: 320,
    marginLeft: 58,
    marginRight: 112,
    labelOffset: 48,
    ticks: 2,
    digits: 2,
  },
} as const satisfies Record<string, LossFrame>;
const MARGIN_BOTTOM = 46;
/** Room for the names of learning rates. */
const marginTop = (schedule: Schedule): number => (schedule.length > 0 ? 34 : 16);

export const formatStep = (step: number): string => step.toLocaleString("en");
const isPositive = (point: Point): boolean => point.loss > 0;

/** The text of an SVG file. */
export function drawLossChart(curves: LossCurves, { narrow = false }: ChartOptions = {}): string {
  const { minibatches, splits = [], level = "character", vocabularySize } = curves;
  const frame: LossFrame = narrow ? FRAMES.narrow : FRAMES.wide;
  const raw = minibatches.filter(isPositive);
  const last = splits.at(-1);
  const end = Math.max(1, curves.steps ?? 0, minibatches.at(-1)?.step ?? 0, last?.step ?? 0);
  const rates = curves.lr === undefined ? [] : parseSchedule(curves.lr, end);
  const schedule = rates.filter((milestone) => milestone.step < end);
  const follows = ({ step, lr }: MinibatchLoss): boolean =>
    lr === undefined || (schedule.length > 0 && lr === rateIn(schedule, step));
  const asMarks =
    schedule.length <= MOST_CHANGES &&
    schedule.every(({ curve }) => curve === undefined) &&
    minibatches.every(follows);
  const marked = asMarks ? schedule : [];

  const window = 2 * Math.floor(raw.length / 30) + 1;
  const mean = smoothParts(raw, marked, window);
  const [train, dev] = (["trainLoss", "devLoss"] as const).map((key) =>
    splits.map((at) => ({ step: at.step, loss: at[key] ?? 0 })).filter(isPositive),
  );
  const bigram = splits.findLast((at) => at.bigramDevLoss !== undefined)?.bigramDevLoss;
  const lines: Line[] = [];
  if (bigram !== undefined && bigram > 0)
    lines.push({ name: "bigrams", loss: bigram, dash: "8 4" });
  if (vocabularySize !== undefined && vocabularySize > 1)
    lines.push({ name: "guessing", loss: Math.log(vocabularySize), dash: "2 4" });

  const drawing = { frame, end, level, raw, mean, train, dev, lines, schedule: marked };
  const panels = [lossPanel(drawing)];
  const measured = minibatches.filter((at): at is Required<MinibatchLoss> => at.lr !== undefined);
  if (!asMarks && measured.length > 0)
    panels.push(ratePanel(thin(measured, MOST_DOTS), frame, end));
  const steps = curves.steps ?? end;
  return drawPicture({
    width: frame.width,
    title: `Loss over ${formatStep(steps)} ${steps === 1 ? "step" : "steps"}`,
    description: description(last),
    legend: legend(drawing, curves, window),
    panels,
  });
}

/** A loss to compare with. */
interface Line {
  readonly name: string;
  readonly loss: number;
  readonly dash: string;
}
interface Part extends Point {
  readonly part: number;
}
interface Drawing {
  readonly frame: LossFrame;
  /** the last step of the axis */
  readonly end: number;
  readonly level: string;
  readonly raw: readonly MinibatchLoss[];
  readonly mean: readonly Part[];
  readonly train: readonly Point[];
  readonly dev: readonly Point[];
  readonly lines: readonly Line[];
  /** learning rates to mark */
  readonly schedule: Schedule;
}

const description = (last: SplitLoss | undefined): string =>
  last?.devLoss === undefined
    ? "Losses of minibatches by training step."
    : `Losses of minibatches by training step, ending at a dev loss of ${last.devLoss.toFixed(4)}.`;

function legend(
  { raw, train, dev, lines }: Drawing,
  { batchSize, vocabularySize }: LossCurves,
  window: number,
): LegendEntry[] {
  const entries: LegendEntry[] = [];
  const examples =
    batchSize === undefined
      ? ""
      : ` of ${formatStep(batchSize)} example${batchSize === 1 ? "" : "s"}`;
  if (raw.length > 0)
    entries.push({ tone: "raw", sign: "dot", text: `a dot: one minibatch${examples}` });
  if (window > 1) entries.push({ tone: "blue", sign: "line", text: `mean of ${window} dots` });
  if (dev.length > 0) entries.push({ tone: "orange", sign: "diamond", text: "whole dev split" });
  if (train.length > 0) entries.push({ tone: "green", sign: "diamond", text: "whole train split" });
  for (const { name, dash } of lines) {
    const what =
      name === "guessing"
        ? `guessing: all ${formatStep(vocabularySize ?? 0)} equally likely`
        : "bigrams counted, dev split";
    entries.push({ tone: "soft", sign: "line", dash, text: what });
  }
  return entries;
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

function lossPanel(drawing: Drawing): Panel {
  const { frame, end, level, raw, mean, train, dev, lines, schedule } = drawing;
  const all = [...raw, ...train, ...dev];
  const [bottom, top] = lossScale(
    all,
    end,
    lines.map(({ loss }) => loss),
  );
  const isShown = ({ loss }: { loss: number }): boolean => loss >= bottom && loss <= top;
  const ticks = logTicks(bottom, top) ?? 6;
  const at = { x: "step", y: "loss" };
  const split = (points: readonly Point[], color: Tone) => [
    ...below(points, top).map((run) =>
      Plot.lineY(run, {
        ...at,
        stroke: "currentColor",
        strokeWidth: 1.25,
        strokeDasharray: "2 3",
        className: tone(color),
      }),
    ),
    Plot.dot(points.filter(isShown), {
      ...at,
      r: 4.5,
      symbol: "diamond",
      fill: "currentColor",
      className: tone(color),
    }),
  ];
  const curve = [...groupBy(mean, ({ part }) => part).values()].flatMap((part) => below(part, top));
  const empty =
    all.length > 0
      ? []
      : [Plot.text(["no losses recorded"], { frameAnchor: "middle", className: tone("soft") })];
  return {
    x: 0,
    y: 0,
    plot: {
      width: frame.width,
      height: frame.height,
      marginLeft: frame.marginLeft,
      marginRight: frame.marginRight,
      marginTop: marginTop(schedule),
      marginBottom: MARGIN_BOTTOM,
      x: { domain: [0, end] },
      y: { type: "log", domain: [bottom, top] },
      marks: [
        Plot.gridY({ ticks, ...GRID }),
        Plot.axisY({
          ticks,
          text: plain,
          label: `loss (nats per ${level})`,
          ...AXIS_Y,
          labelOffset: frame.labelOffset,
        }),
        Plot.axisX({
          ...AXIS_X,
          ticks: frame.ticks,
          tickFormat: formatStep,
          label: "training step",
        }),
        Plot.ruleY([bottom], { className: tone("soft"), stroke: "currentColor" }),
        ...lines.filter(isShown).map(({ loss, dash }) =>
          Plot.ruleY([loss], {
            stroke: "currentColor",
            strokeWidth: 1.5,
            strokeDasharray: dash,
            className: tone("soft"),
          }),
        ),
        Plot.dot(thin(raw, MOST_DOTS).filter(isShown), {
          ...at,
          r: raw.length > 100 ? 1.6 : 3,
          fill: "currentColor",
          className: tone("raw"),
        }),
        ...rateMarks(schedule, frame, end),
        ...curve.map((run) =>
          Plot.lineY(run, {
            ...at,
            stroke: "currentColor",
            strokeWidth: 2.5,
            className: tone("blue"),
          }),
        ),
        ...split(dev, "orange"),
        ...split(train, "green"),
        ...startNote(raw, top),
        ...endLabels(drawing, bottom, top),
        ...empty,
        hoverStrips({ ...drawing, bottom, top }),
      ],
    },
  };
}

const plain = (loss: number): string => String(Number(loss.toPrecision(6)));

/** Says how high the losses were that are not shown. */
function startNote(raw: readonly Point[], top: number): Plot.Markish[] {
  const above = raw.filter(({ loss }) => loss > top);
  if (above.length === 0) return [];
  const highest = above.reduce((a, b) => (b.loss > a.loss ? b : a));
  const text = `↑ ${highest.loss.toPrecision(3)} at step ${formatStep(highest.step)}`;
  const place = { frameAnchor: "top-left", textAnchor: "start", dx: 8, dy: 4 } as const;
  return [Plot.text([text], { ...place, fontWeight: 600, className: tone("blue") })];
}

/** What lines and splits end at, in the right margin, none over another. */
function endLabels(
  { frame, end, train, dev, lines, schedule }: Drawing,
  bottom: number,
  top: number,
): Plot.Markish[] {
  const labels: { text: string; loss: number; tone: Tone }[] = lines.map(({ name, loss }) => {
    const arrow = loss > top ? " ↑" : loss < bottom ? " ↓" : "";
    return { text: `${name} ${loss.toFixed(frame.digits)}${arrow}`, loss, tone: "soft" };
  });
  const [lastDev, lastTrain] = [dev.at(-1), train.at(-1)];
  if (lastDev)
    labels.push({
      text: `dev ${lastDev.loss.toFixed(frame.digits)}`,
      loss: lastDev.loss,
      tone: "orange",
    });
  if (lastTrain)
    labels.push({
      text: `train ${lastTrain.loss.toFixed(frame.digits)}`,
      loss: lastTrain.loss,
      tone: "green",
    });
  labels.sort((a, b) => b.loss - a.loss);
  const pixels = frame.height - marginTop(schedule) - MARGIN_BOTTOM;
  const span = Math.log(top / bottom);
  const wanted = labels.map(({ loss }) =>
    Math.min(pixels, Math.max(0, (pixels * Math.log(top / loss)) / span)),
  );
  const places = apart(wanted, 16, pixels);
  return labels.map(({ text, tone: color }, i) =>
    Plot.text([{ x: end, y: top * Math.exp((-span * places[i]) / pixels) }], {
      x: "x",
      y: "y",
      text: () => text,
      textAnchor: "start",
      dx: 10,
      fontWeight: 600,
      className: tone(color),
    }),
  );
}
