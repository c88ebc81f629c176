/** The learning rate in a loss chart: marks of its changes, or a panel of its own for a curve. */
import * as Plot from "@observablehq/plot";
import type { Schedule } from "../../train/schedule.js";
import { type Frame, MARGIN_BOTTOM, stepAxis } from "./loss-frame.js";
import { AXIS_Y, GRID, type Panel, tone } from "../drawing/picture.js";
import { textWidth } from "../drawing/text-width.js";

const HEIGHT = 130;

/**
 * A dashed line per change; each rate stands above the steps it holds for, in a second row where
 * the first is taken.
 */
export function rateMarks(schedule: Schedule, frame: Frame, end: number): Plot.Markish[] {
  const inner = frame.width - frame.marginLeft - frame.marginRight;
  const taken = [-Infinity, -Infinity];
  const texts = schedule.map(({ step, rate }) => {
    const text = `learning rate ${rate}`;
    const width = textWidth(text, 12);
    const left = Math.max(0, Math.min((step / end) * inner, inner - width));
    const row = taken.findIndex((right) => right < left);
    if (row >= 0) taken[row] = left + width + 8;
    return { left: (left / inner) * end, row, text };
  });
  const rows = [0, 1].map((row) => texts.filter((text) => text.row === row));
  const place = { frameAnchor: "top", textAnchor: "start", dx: 3 } as const;
  return [
    Plot.ruleX(schedule.slice(1), {
      x: "step",
      stroke: "currentColor",
      strokeDasharray: "5 4",
      className: tone("soft"),
    }),
    ...rows.map((labels, row) =>
      Plot.text(labels, {
        x: "left",
        text: "text",
        ...place,
        dy: -16 - 14 * row,
        className: tone("soft"),
      }),
    ),
  ];
}

/** The rates as a curve, below the loss. */
export function ratePanel(
  rates: readonly { step: number; lr: number }[],
  frame: Frame,
  end: number,
): Panel {
  return {
    x: 0,
    y: frame.height - 4,
    plot: {
      width: frame.width,
      height: HEIGHT,
      marginLeft: frame.marginLeft,
      marginRight: frame.marginRight,
      marginTop: 14,
      marginBottom: MARGIN_BOTTOM,
      x: { domain: [0, end] },
      y: { zero: true },
      marks: [
        Plot.gridY({ ticks: 3, ...GRID }),
        Plot.axisY({
          ticks: 3,
          tickFormat: String,
          label: "learning rate",
          ...AXIS_Y,
          labelOffset: frame.labelOffset,
        }),
        stepAxis(frame),
        Plot.lineY(rates, {
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
