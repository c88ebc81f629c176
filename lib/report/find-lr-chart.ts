/** find-lr.svg: the loss of one step at each learning rate, and the rate that was suggested. */
import * as Plot from "@observablehq/plot";
import { AXIS_X, AXIS_Y, drawPicture, GRID, tone } from "./picture.js";
import type { Finder } from "./record.js";
import { extent, logTicks } from "./scales.js";
import { thin } from "./smooth.js";

const WIDTH = 860;
const HEIGHT = 380;
/** More than the pixels only make the file large. */
const MOST_DOTS = 2000;

export function findLrChart({ suggested, reason, level = "character", trials }: Finder): string {
  // A last minibatch before divergence would press the curve flat.
  const highest = trials.reduce((max, t) => Math.max(max, t.smoothed), 0) * 1.6;
  const drawable = trials.filter((t) => t.loss > 0 && t.smoothed > 0 && t.loss <= highest);
  const shown = thin(drawable, MOST_DOTS);
  const ticks = logTicks(...extent(shown.flatMap((t) => [t.loss, t.smoothed]))) ?? 6;
  return drawPicture({
    width: WIDTH,
    height: 66 + HEIGHT + 10,
    title: `Learning rate: ${suggested} suggested`,
    description: `Of the rates tried, ${reason}.`,
    legend: [
      { tone: "raw", sign: "dot", text: "minibatch" },
      { tone: "blue", sign: "line", text: "mean of the trials around" },
    ],
    panels: [
      {
        x: 0,
        y: 66,
        plot: {
          width: WIDTH,
          height: HEIGHT,
          marginLeft: 72,
          marginRight: 20,
          marginTop: 26,
          marginBottom: 46,
          x: { type: "log", label: "learning rate" },
          y: { type: "log", label: `loss (nats per ${level})` },
          marks: [
            Plot.gridY({ ticks, ...GRID }),
            Plot.axisY({ ticks, text: String, ...AXIS_Y }),
            Plot.axisX({ ticks: logTicks(...extent(shown.map((t) => t.rate))) ?? 6, text: String, ...AXIS_X }),
            Plot.dot(shown, { x: "rate", y: "loss", r: 1.6, fill: "currentColor", className: tone("raw") }),
            Plot.lineY(shown, { x: "rate", y: "smoothed", stroke: "currentColor", strokeWidth: 2.5, className: tone("blue") }),
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
