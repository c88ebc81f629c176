/** find-lr.svg: the loss of one step at each learning rate, and the rate that was suggested. */
import * as Plot from "@observablehq/plot";
import type { ChartOptions } from "../drawing/chart-options.js";
import { AXIS_X, AXIS_Y, drawPicture, GRID, NARROW, tone, WIDE } from "../drawing/picture.js";
import { extent, logTicks, onLogScale } from "../drawing/scales.js";
import { thin } from "../drawing/smooth.js";

const HEIGHT = 380;
const HEIGHT_NARROW = 300;
/** More than the pixels only make the file large. */
const MOST_DOTS = 2000;

/** What a learning-rate finder found. */
export interface RateCurve {
  /** the steps, in order of their rates */
  readonly trials: readonly {
    /** the learning rate */
    readonly rate: number;
    /** of the minibatch, before the step at this rate */
    readonly loss: number;
    /** mean over the trials around this one */
    readonly smoothed: number;
  }[];
  /** the rate to mark */
  readonly suggested: number;
  /** why, in a sentence */
  readonly reason: string;
  /** what is predicted, a character by default */
  readonly level?: "character" | "word";
}

/** The text of an SVG file. */
export function drawLearningRateChart(
  curve: RateCurve,
  { narrow = false }: ChartOptions = {},
): string {
  const { suggested, reason, level = "character", trials } = curve;
  // A last minibatch before divergence would press the curve flat.
  const drawable = trials.filter((t) => onLogScale(t.loss) && onLogScale(t.smoothed));
  const highest = drawable.reduce((max, t) => Math.max(max, t.smoothed), 0) * 1.6;
  const shown = thin(
    drawable.filter((t) => t.loss <= highest),
    MOST_DOTS,
  );
  const losses = shown.flatMap((t) => [t.loss, t.smoothed]);
  const ticks = losses.length === 0 ? 6 : (logTicks(...extent(losses)) ?? 6);
  const rates = shown.map((t) => t.rate);
  const width = narrow ? NARROW : WIDE;
  const title = (t: (typeof shown)[number]): string =>
    `learning rate ${t.rate.toPrecision(3)}\nminibatch ${t.loss.toFixed(4)}\nmean around it ` +
    `${t.smoothed.toFixed(4)}`;
  return drawPicture({
    width,
    title: `Learning rate: ${suggested} suggested`,
    description: `Of the rates tried, ${reason}.`,
    legend: [
      { tone: "raw", sign: "dot", text: "a dot: one minibatch, one step at that rate" },
      { tone: "blue", sign: "line", text: "mean of the steps around" },
    ],
    panels: [
      {
        x: 0,
        y: 0,
        plot: {
          width,
          height: narrow ? HEIGHT_NARROW : HEIGHT,
          marginLeft: narrow ? 52 : 66,
          marginRight: 20,
          marginTop: 26,
          marginBottom: 46,
          x: { type: "log", label: "learning rate" },
          y: { type: "log", label: `loss (nats per ${level})` },
          marks: [
            Plot.gridY({ ticks, ...GRID }),
            Plot.axisY({ ticks, text: String, ...AXIS_Y, labelOffset: narrow ? 40 : 52 }),
            Plot.axisX({ ticks: rateTicks(rates, narrow), text: String, ...AXIS_X }),
            Plot.dot(shown, {
              x: "rate",
              y: "loss",
              r: 1.6,
              fill: "currentColor",
              title,
              className: tone("raw"),
            }),
            Plot.lineY(shown, {
              x: "rate",
              y: "smoothed",
              stroke: "currentColor",
              strokeWidth: 2.5,
              className: tone("blue"),
            }),
            Plot.ruleX([suggested], {
              stroke: "currentColor",
              strokeWidth: 1.5,
              strokeDasharray: "5 4",
              className: tone("orange"),
            }),
            Plot.text([suggested], {
              x: (rate: number) => rate,
              text: String,
              frameAnchor: "top",
              dy: -16,
              fontWeight: 600,
              className: tone("orange"),
            }),
          ],
        },
      },
    ],
  });
}

/** Fewer where there is less room: powers of ten. */
function rateTicks(rates: readonly number[], narrow: boolean): number[] | number {
  const ticks = rates.length === 0 ? undefined : logTicks(...extent(rates));
  if (ticks === undefined || !narrow || ticks.length <= 5) return ticks ?? 6;
  const powers = ticks.filter((tick) => /^(10*|0\.0*1)$/.test(String(tick)));
  return powers.length >= 2 ? powers : ticks.filter((_, i) => i % 2 === 0);
}
