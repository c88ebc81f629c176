/** loss.svg: the loss of minibatches and splits over steps, on a log scale, with the learning rate's changes. */
import * as Plot from "@observablehq/plot";
import { parseSchedule, rateAt, type Schedule } from "../train/schedule.js";
import { AXIS_X, AXIS_Y, drawPicture, GRID, type LegendEntry, type Panel, tone } from "./picture.js";
import type { RunRecord, SplitLoss, StepLoss } from "./record.js";
import { exponentTicks, extent, logTicks } from "./scales.js";
import { type Point, smooth, thin } from "./smooth.js";

const WIDTH = 860;
const PLOT_HEIGHT = 400;
const RATE_HEIGHT = 130;
const TOP = 66;
const SIDES = { marginLeft: 72, marginRight: 72 };
/** More dots than pixels only make the file large. */
const MOST_DOTS = 800;
/** A schedule of more changes than this is a curve, drawn below the loss. */
const MOST_CHANGES = 6;

export const formatStep = (step: number): string => step.toLocaleString("en");

const STEPS = { ...AXIS_X, ticks: 6, tickFormat: formatStep, label: "training step" };

/** What is drawn: of the configuration, only the schedule and the number of steps. */
export interface LossRecord extends Pick<RunRecord, "steps" | "splits"> {
  readonly config: Pick<RunRecord["config"], "lr" | "steps" | "stepsDone"> & { readonly level?: "character" | "word" };
}

export function lossChart({ config, steps, splits }: LossRecord): string {
  const raw = steps.filter((point) => point.loss > 0);
  const window = 2 * Math.floor(raw.length / 30) + 1;
  const last = splits.at(-1);
  const end = Math.max(1, config.stepsDone, raw.at(-1)?.step ?? 0, last?.step ?? 0);
  const schedule = parseSchedule(config.lr, config.steps).filter((milestone) => milestone.step < end);
  const asMarks = schedule.length <= MOST_CHANGES && schedule.every(({ curve }) => curve === undefined) && steps.every(({ step, lr }) => lr === rateAt(schedule, step));

  const x: Plot.ScaleOptions = { domain: [0, end] };
  const panels = [lossPanel(raw, smoothParts(raw, asMarks ? schedule : [], window), splits, asMarks ? schedule : [], x, config.level ?? "character")];
  if (!asMarks) panels.push(ratePanel(thin(steps, MOST_DOTS), x));
  const legend: LegendEntry[] = [];
  if (raw.length > 0) legend.push({ tone: "raw", sign: "dot", text: "minibatch" });
  if (window > 1) legend.push({ tone: "blue", sign: "line", text: `geometric mean of ${window} minibatches` });
  const entry = (name: "train" | "dev", color: "green" | "orange", loss: number | undefined) => {
    if (loss !== undefined) legend.push({ tone: color, sign: "diamond", text: `${name} ${loss.toFixed(4)}` });
  };
  entry("train", "green", last?.trainLoss);
  entry("dev", "orange", last?.devLoss);
  const description =
    last?.devLoss === undefined
      ? "Losses of minibatches by training step."
      : `Losses of minibatches by training step, ending at a dev loss of ${last.devLoss.toFixed(4)}.`;
  return drawPicture({
    width: WIDTH,
    height: TOP + PLOT_HEIGHT + (asMarks ? 0 : RATE_HEIGHT) + 10,
    title: `Loss over ${formatStep(config.stepsDone)} ${config.stepsDone === 1 ? "step" : "steps"}`,
    description,
    legend,
    panels,
  });
}

interface Part extends Point {
  readonly part: number;
}

/** Smoothed within each learning rate: a mean across a change would round the corner off. */
function smoothParts(raw: readonly StepLoss[], schedule: Schedule, window: number): Part[] {
  if (window === 1) return [];
  const starts = schedule.length > 0 ? schedule.map((milestone) => milestone.step) : [0];
  return starts.flatMap((start, part) => {
    const points = raw.filter(({ step }) => step >= start && step < (starts[part + 1] ?? Infinity));
    return thin(smooth(points, window, part === 0), MOST_DOTS).map((point) => ({ ...point, part }));
  });
}

function lossPanel(
  raw: readonly Point[],
  curve: readonly Part[],
  splits: readonly SplitLoss[],
  schedule: Schedule,
  x: Plot.ScaleOptions,
  level: string,
): Panel {
  const train = splits.flatMap(({ step, trainLoss }) =>
    trainLoss === undefined || trainLoss <= 0 ? [] : [{ step, loss: trainLoss }],
  );
  const dev = splits.flatMap(({ step, devLoss }) => (devLoss === undefined || devLoss <= 0 ? [] : [{ step, loss: devLoss }]));
  const losses = [...raw, ...train, ...dev].map(({ loss }) => loss);
  const [low, high] = losses.length > 0 ? extent(losses) : [1, 10];
  const pad = high > low ? (high / low) ** 0.05 : 1.5; // a twentieth of the height, as the scale is logarithmic
  const [bottom, top] = [low / pad, high * pad];
  const ticks = logTicks(bottom, top) ?? 6;
  const { exponents, format } = exponentTicks(bottom, top);
  const at = { x: "step", y: "loss" };
  const split = (points: readonly Point[], color: "green" | "orange") => [
    Plot.lineY(points, { ...at, stroke: "currentColor", strokeWidth: 1.25, strokeDasharray: "2 3", className: tone(color) }),
    Plot.dot(points, { ...at, r: 4.5, symbol: "diamond", fill: "currentColor", className: tone(color) }),
  ];
  const empty = losses.length > 0 ? [] : [Plot.text(["no losses recorded"], { frameAnchor: "middle", className: tone("soft") })];
  return {
    x: 0,
    y: TOP,
    plot: {
      width: WIDTH,
      height: PLOT_HEIGHT,
      ...SIDES,
      marginTop: 30,
      marginBottom: 46,
      x,
      y: { type: "log", domain: [bottom, top] },
      marks: [
        Plot.gridY({ ticks, ...GRID }),
        Plot.axisY({ ticks, text: String, label: `loss (nats per ${level})`, ...AXIS_Y }),
        Plot.axisY({
          anchor: "right",
          ticks: exponents.map((e) => 10 ** e),
          text: (loss: number) => format(Math.log10(loss)),
          label: "log10 loss",
          className: tone("soft"),
          ...AXIS_Y,
        }),
        Plot.axisX(STEPS),
        Plot.ruleY([bottom], { className: tone("soft"), stroke: "currentColor" }),
        Plot.dot(thin(raw, MOST_DOTS), { ...at, r: raw.length > 100 ? 1.6 : 3, fill: "currentColor", className: tone("raw") }),
        ...rateMarks(schedule, x),
        Plot.lineY(curve, { ...at, z: "part", stroke: "currentColor", strokeWidth: 2.5, className: tone("blue") }),
        ...split(dev, "orange"),
        ...split(train, "green"),
        ...empty,
      ],
    },
  };
}

/** A dashed line per change; each rate stands above the steps it holds for, in a second row where the first is taken. */
function rateMarks(schedule: Schedule, x: Plot.ScaleOptions): Plot.Markish[] {
  const end = (x.domain as [number, number])[1];
  const inner = WIDTH - SIDES.marginLeft - SIDES.marginRight;
  const label = (rate: number) => `learning rate ${rate}`;
  const width = (rate: number) => label(rate).length * 6.8;
  const taken = [-Infinity, -Infinity];
  const texts = schedule.map(({ step, rate }) => {
    const left = Math.min((step / end) * inner, inner - width(rate));
    const row = taken.findIndex((right) => right < left);
    if (row >= 0) taken[row] = left + width(rate) + 8;
    return { left: (left / inner) * end, row, text: label(rate) };
  });
  return [
    Plot.ruleX(schedule.slice(1), { x: "step", stroke: "currentColor", strokeDasharray: "5 4", className: tone("soft") }),
    ...[0, 1].map((row) =>
      Plot.text(
        texts.filter((t) => t.row === row),
        {
          x: "left",
          text: "text",
          frameAnchor: "top",
          textAnchor: "start",
          dx: 3,
          dy: row === 0 ? -16 : -30,
          className: tone("soft"),
        },
      ),
    ),
  ];
}

function ratePanel(steps: readonly StepLoss[], x: Plot.ScaleOptions): Panel {
  return {
    x: 0,
    y: TOP + PLOT_HEIGHT - 4,
    plot: {
      width: WIDTH,
      height: RATE_HEIGHT,
      ...SIDES,
      marginTop: 14,
      marginBottom: 46,
      x,
      y: { zero: true },
      marks: [
        Plot.gridY({ ticks: 3, ...GRID }),
        Plot.axisY({ ticks: 3, tickFormat: String, label: "learning rate", ...AXIS_Y }),
        Plot.axisX(STEPS),
        Plot.lineY(steps, {
          x: "step",
          y: "lr",
          curve: "step-after",
          stroke: "currentColor",
          strokeWidth: 2,
          className: tone("blue"),
        }),
      ],
    },
  };
}
