/** The losses of several runs over steps in one picture. */
import * as Plot from "@observablehq/plot";
import type { ComparedRun, Comparison } from "./comparison.js";
import { AXIS_X, AXIS_Y, drawPicture, GRID, tone } from "./picture.js";
import { extent } from "./scales.js";
import { type Point, smooth, thin } from "./smooth.js";

const WIDTH = 860;
const HEIGHT = 440;
const MARGINS = { marginLeft: 72, marginRight: 160, marginTop: 14, marginBottom: 46 };
const MOST_DOTS = 800;
/**
 * Of a run's steps: in these its loss falls from where chance put it, and would take all the
 * height.
 */
const FALL = 0.05;
/** Pixels from one name to the next, and characters of a name that fit beside the plot. */
const LABEL = { height: 15, length: 20 };

/** Light and dark; with more runs than colours the later lines are dashed. */
const COLORS: readonly (readonly [string, string])[] = [
  ["#1d5fd0", "#6cb0ff"],
  ["#b84a00", "#ffa657"],
  ["#18794e", "#56d391"],
  ["#7b3fc4", "#c297ff"],
  ["#0b7285", "#4fd1dd"],
  ["#c22f3d", "#ff8585"],
  ["#786500", "#e0c64a"],
  ["#b0307f", "#ff8ac9"],
];
const DASHES = [undefined, "7 4", "2 3"];

/** The class of a run's marks; a page that holds the picture can use it too. */
export const runClass = (i: number): string => `mm-run${i % COLORS.length}`;
const dash = (i: number): string | undefined =>
  DASHES[Math.floor(i / COLORS.length) % DASHES.length];

interface Curves {
  readonly run: ComparedRun;
  /** smoothed losses of minibatches */
  readonly steps: readonly Point[];
  readonly dev: readonly Point[];
}

export function comparisonChart({ runs, level }: Comparison): string {
  const curves = runs.map(curvesOf);
  const all = curves.flatMap(({ steps, dev }) => [...steps, ...dev]);
  const end = Math.max(1, ...all.map(({ step }) => step));
  const [bottom, top] = lossRange(curves);
  const at = { x: "step", y: "loss", stroke: "currentColor" } as const;
  const marks = curves.flatMap(({ steps, dev }, i) => {
    const common = { className: runClass(i), strokeDasharray: dash(i) };
    // What is counted, not trained, has one loss and no steps: a level that the others cross.
    if (steps.length === 0 && dev.length === 1) {
      return [Plot.ruleY(dev, { y: "loss", stroke: "currentColor", strokeWidth: 2, ...common })];
    }
    return [
      Plot.lineY(below(top, thin(steps, MOST_DOTS)), {
        ...at,
        ...common,
        strokeWidth: 1.5,
        strokeOpacity: 0.5,
      }),
      Plot.lineY(below(top, dev), { ...at, ...common, strokeWidth: 2 }),
      Plot.dot(
        dev.filter(({ loss }) => loss <= top),
        {
          x: "step",
          y: "loss",
          fill: "currentColor",
          symbol: "diamond",
          r: 4.5,
          className: runClass(i),
        },
      ),
    ];
  });
  const names = labels(curves, bottom, top).map(({ name, y, i }) =>
    Plot.text([name], {
      x: end,
      y: [y],
      dx: 10,
      textAnchor: "start",
      fill: "currentColor",
      className: runClass(i),
    }),
  );
  return drawPicture({
    width: WIDTH,
    title: `Losses of ${runs.length} runs`,
    description: `Losses by training step of ${runs.map(({ name }) => name).join(", ")}.`,
    legend: [
      { tone: "soft", sign: "line", text: "minibatches, smoothed" },
      { tone: "soft", sign: "diamond", text: "dev split" },
    ],
    tones: Object.fromEntries(COLORS.map((colors, i) => [`run${i}`, colors])),
    panels: [
      {
        x: 0,
        y: 0,
        plot: {
          width: WIDTH,
          height: HEIGHT,
          ...MARGINS,
          x: { domain: [0, end] },
          y: { domain: [bottom, top] },
          marks: [
            Plot.gridY(GRID),
            Plot.axisY({ label: `loss (nats per ${level})`, ...AXIS_Y }),
            Plot.axisX({
              ...AXIS_X,
              ticks: 6,
              tickFormat: (n: number) => n.toLocaleString("en"),
              label: "training step",
            }),
            Plot.ruleY([bottom], { className: tone("soft"), stroke: "currentColor" }),
            ...marks,
            ...names,
          ],
        },
      },
    ],
  });
}

function curvesOf(run: ComparedRun): Curves {
  const raw = run.record.steps.filter(({ loss }) => loss > 0);
  const dev = run.record.splits.flatMap(({ step, devLoss }) =>
    devLoss === undefined ? [] : [{ step, loss: devLoss }],
  );
  return { run, steps: smooth(raw, 2 * Math.floor(raw.length / 30) + 1, true), dev };
}

/** From the lowest loss to the highest after the first fall, with some room around. */
function lossRange(curves: readonly Curves[]): [number, number] {
  const shown = curves.flatMap(({ steps, dev }) => {
    const from = (steps.at(-1)?.step ?? 0) * FALL;
    const later = [...steps, ...dev].filter(({ step }) => step >= from);
    return later.map(({ loss }) => loss);
  });
  const [low, high] = shown.length > 0 ? extent(shown) : [1, 2];
  const room = high > low ? (high - low) * 0.05 : Math.max(0.1, Math.abs(high) * 0.1);
  return [low - room, high + room];
}

/**
 * A curve from where it comes down to `top`. (Plot's `clip` numbers its areas per process: the same
 * runs gave other bytes.)
 */
function below(top: number, points: readonly Point[]): Point[] {
  const first = points.findIndex(({ loss }) => loss <= top);
  if (first < 0) return [];
  const inside = points.slice(first).map(({ step, loss }) => ({ step, loss: Math.min(loss, top) }));
  if (first === 0) return inside;
  const [a, b] = [points[first - 1], points[first]];
  const crossing = a.step + ((a.loss - top) / (a.loss - b.loss)) * (b.step - a.step);
  return [{ step: crossing, loss: top }, ...inside];
}

/** A name beside the end of each run, none on another. */
function labels(
  curves: readonly Curves[],
  bottom: number,
  top: number,
): { name: string; y: number; i: number }[] {
  const inner = HEIGHT - MARGINS.marginTop - MARGINS.marginBottom;
  const apart = (LABEL.height / inner) * (top - bottom);
  const placed = curves
    .flatMap(({ run, steps, dev }, i) => {
      const y = dev.at(-1)?.loss ?? steps.at(-1)?.loss;
      return y === undefined
        ? []
        : [{ name: cut(run.name), y: Math.min(top, Math.max(bottom, y)), i }];
    })
    .sort((a, b) => a.y - b.y);
  for (let k = 1; k < placed.length; k++)
    placed[k].y = Math.max(placed[k].y, placed[k - 1].y + apart);
  // What was pushed beyond the top comes down again.
  let limit = top;
  for (const label of placed.reverse()) {
    label.y = Math.min(label.y, limit);
    limit = label.y - apart;
  }
  return placed;
}

function cut(name: string): string {
  const characters = [...name];
  return characters.length <= LABEL.length
    ? name
    : `…${characters.slice(1 - LABEL.length).join("")}`;
}
