/**
 * loss.svg: the loss of minibatches and splits over steps, beside that of guessing and of bigrams.
 */
import * as Plot from "@observablehq/plot";
import { countOf, countText } from "../../count-text.js";
import { hoverStrips } from "../drawing/hover.js";
import {
  type DrawnCurves,
  drawnCurves,
  type LossCurves,
  MOST_DOTS,
  type SplitLoss,
} from "./loss-curves.js";
import { type EndLabel, endLabels, type Frame, type LossAxes, lossPanel } from "./loss-frame.js";
import { below, lossScale } from "./loss-scale.js";
import type { ChartOptions } from "../drawing/chart-options.js";
import {
  drawPicture,
  type LegendEntry,
  NARROW,
  type Panel,
  RIM,
  type Tone,
  tone,
  WIDE,
} from "../drawing/picture.js";
import { ratePanel, rateMarks } from "./rate-marks.js";
import { groupBy, type Point, thin } from "../drawing/smooth.js";

/** Sizes of a chart for a desk and for a phone. */
interface LossFrame extends Frame {
  /** a loss in the margin */
  readonly format: (loss: number) => string;
}
const FRAMES = {
  wide: {
    width: WIDE,
    height: 400,
    marginLeft: 72,
    marginRight: 140,
    labelOffset: 58,
    ticks: 6,
    format: (loss) => loss.toFixed(4),
  },
  narrow: {
    width: NARROW,
    height: 320,
    marginLeft: 58,
    marginRight: 112,
    labelOffset: 48,
    ticks: 2,
    format: (loss) => loss.toPrecision(3),
  },
} as const satisfies Record<string, LossFrame>;

/** The text of an SVG file. */
export function drawLossChart(curves: LossCurves, { narrow = false }: ChartOptions = {}): string {
  const frame: LossFrame = narrow ? FRAMES.narrow : FRAMES.wide;
  const drawn = drawnCurves(curves);
  const { end, rates } = drawn;
  const panels = [curvesPanel(drawn, frame)];
  if (rates.length > 0) panels.push(ratePanel(thin(rates, MOST_DOTS), frame, end));
  const steps = curves.steps ?? end;
  return drawPicture({
    width: frame.width,
    title: `Loss over ${countOf(steps, "step")}`,
    description: description(curves.splits?.at(-1)),
    legend: legend(drawn, curves),
    panels,
  });
}

const description = (last: SplitLoss | undefined): string =>
  last?.devLoss === undefined
    ? "Losses of minibatches by training step."
    : `Losses of minibatches by training step, ending at a dev loss of ${last.devLoss.toFixed(4)}.`;

function legend(
  { raw, window, train, dev, lines }: DrawnCurves,
  { batchSize, vocabularySize }: LossCurves,
): LegendEntry[] {
  const entries: LegendEntry[] = [];
  const examples = batchSize === undefined ? "" : ` of ${countOf(batchSize, "example")}`;
  if (raw.length > 0)
    entries.push({ tone: "raw", sign: "dot", text: `a dot: one minibatch${examples}` });
  if (window > 1) entries.push({ tone: "blue", sign: "line", text: `mean of ${window} dots` });
  if (dev.length > 0) entries.push({ tone: "orange", sign: "diamond", text: "whole dev split" });
  if (train.length > 0) entries.push({ tone: "green", sign: "diamond", text: "whole train split" });
  for (const { name, dash } of lines) {
    const what =
      name === "guessing"
        ? `guessing: all ${countText(vocabularySize ?? 0)} equally likely`
        : "bigrams counted, dev split";
    entries.push({ tone: "soft", sign: "line", dash, text: what });
  }
  return entries;
}

function curvesPanel(drawn: DrawnCurves, frame: LossFrame): Panel {
  const { end, level, raw, mean, train, dev, lines, schedule } = drawn;
  const all = [...raw, ...train, ...dev];
  const [bottom, top] = lossScale(
    all,
    end,
    lines.map(({ loss }) => loss),
  );
  const isShown = ({ loss }: { loss: number }): boolean => loss >= bottom && loss <= top;
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
  const axes = { frame, marginTop: schedule.length > 0 ? 34 : 16, end, bottom, top, level };
  return lossPanel(axes, [
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
    ...endLabels(axes, lastLosses(drawn, axes, frame.format), 600),
    ...empty,
    hoverStrips({ ...drawn, bottom, top }),
  ]);
}

/** Says how high the losses were that are not shown. */
function startNote(raw: readonly Point[], top: number): Plot.Markish[] {
  const above = raw.filter(({ loss }) => loss > top);
  if (above.length === 0) return [];
  const highest = above.reduce((a, b) => (b.loss > a.loss ? b : a));
  const text = `↑ ${highest.loss.toPrecision(3)} at step ${countText(highest.step)}`;
  const place = { frameAnchor: "top-left", textAnchor: "start", dx: 8, dy: 4 } as const;
  return [Plot.text([text], { ...place, fontWeight: 600, className: RIM })];
}

/** What lines and splits end at, from the top down. */
function lastLosses(
  { train, dev, lines }: DrawnCurves,
  { bottom, top }: LossAxes,
  format: LossFrame["format"],
): EndLabel[] {
  const labels = lines.map(({ name, loss }) => {
    const arrow = loss > top ? " ↑" : loss < bottom ? " ↓" : "";
    return { text: `${name} ${format(loss)}${arrow}`, loss, className: tone("soft") };
  });
  const add = (name: string, last: Point | undefined, color: Tone) => {
    if (last === undefined) return;
    const { loss } = last;
    labels.push({ text: `${name} ${format(loss)}`, loss, className: tone(color) });
  };
  add("dev", dev.at(-1), "orange");
  add("train", train.at(-1), "green");
  return labels.sort((a, b) => b.loss - a.loss);
}
