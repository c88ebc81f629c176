/** What charts of losses over steps share: sizes, axes, and labels beside the ends of curves. */
import * as Plot from "@observablehq/plot";
import { countText } from "../../count-text.js";
import { apart } from "../drawing/layout.js";
import { AXIS_X, AXIS_Y, GRID, type Panel, tone } from "../drawing/picture.js";
import { logTicks, plain } from "../drawing/scales.js";

/** Sizes of a chart, on a desk or on a phone. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly marginLeft: number;
  readonly marginRight: number;
  readonly labelOffset: number;
  /** of the axis of steps */
  readonly ticks: number;
}

/** From where to where the axes go, and where in the frame. */
export interface LossAxes {
  readonly frame: Frame;
  readonly marginTop: number;
  /** the last step */
  readonly end: number;
  /** of the axis of losses, which is a log scale */
  readonly bottom: number;
  readonly top: number;
  readonly level: "character" | "word";
}

export const MARGIN_BOTTOM = 46;
/** Pixels from one label to the next. */
const LABEL_HEIGHT = 16;

export const stepAxis = ({ ticks }: Frame): Plot.Markish =>
  Plot.axisX({ ...AXIS_X, ticks, tickFormat: countText, label: "training step" });

/** Axes, and `marks` on them. */
export function lossPanel(axes: LossAxes, marks: readonly Plot.Markish[]): Panel {
  const { frame, marginTop, end, bottom, top, level } = axes;
  const { width, height, marginLeft, marginRight, labelOffset } = frame;
  const ticks = logTicks(bottom, top) ?? 6;
  const label = `loss (nats per ${level})`;
  return {
    x: 0,
    y: 0,
    plot: {
      width,
      height,
      marginLeft,
      marginRight,
      marginTop,
      marginBottom: MARGIN_BOTTOM,
      x: { domain: [0, end] },
      y: { type: "log", domain: [bottom, top] },
      marks: [
        Plot.gridY({ ticks, ...GRID }),
        Plot.axisY({ ticks, text: plain, label, ...AXIS_Y, labelOffset }),
        stepAxis(frame),
        Plot.ruleY([bottom], { className: tone("soft"), stroke: "currentColor" }),
        ...marks,
      ],
    },
  };
}

/** A text in the right margin, at a loss. */
export interface EndLabel {
  readonly text: string;
  readonly loss: number;
  readonly className: string;
}

/** Labels as near to their losses as none is over another, in the order of these. */
export function endLabels(
  { frame, marginTop, end, bottom, top }: LossAxes,
  labels: readonly EndLabel[],
  fontWeight?: number,
): Plot.Markish[] {
  const pixels = frame.height - marginTop - MARGIN_BOTTOM;
  const span = Math.log(top / bottom);
  const wanted = labels.map(({ loss }) => Math.max(0, (pixels * Math.log(top / loss)) / span));
  // Below the last of them is the number of the last step.
  const places = apart(wanted, LABEL_HEIGHT, pixels - LABEL_HEIGHT / 2);
  return labels.map(({ text, className }, i) =>
    Plot.text([text], {
      x: [end],
      y: [top * Math.exp((-span * places[i]) / pixels)],
      textAnchor: "start",
      dx: 10,
      fontWeight,
      className,
    }),
  );
}
