/** The losses of several runs over steps in one picture. */
import * as Plot from "@observablehq/plot";
import type { ComparedRun, Comparison } from "../comparison.js";
import type { ChartOptions } from "../drawing/chart-options.js";
import { MOST_DOTS } from "./loss-curves.js";
import { type EndLabel, endLabels, lossPanel } from "./loss-frame.js";
import { below, height } from "./loss-scale.js";
import { drawPicture, NARROW, WIDE } from "../drawing/picture.js";
import { extent } from "../drawing/scales.js";
import { type Point, smooth, thin, smoothingWindow } from "../drawing/smooth.js";
import { shorten } from "../drawing/text-width.js";

/** Sizes for a desk and for a phone; `letters` of a name fit beside the plot. */
const FRAMES = {
  wide: {
    width: WIDE,
    height: 440,
    marginLeft: 72,
    marginRight: 190,
    labelOffset: 58,
    ticks: 6,
    letters: 24,
  },
  narrow: {
    width: NARROW,
    height: 340,
    marginLeft: 58,
    marginRight: 112,
    labelOffset: 44,
    ticks: 2,
    letters: 14,
  },
} as const;
const MARGIN_TOP = 14;
/**
 * Of a run's steps: in these its loss falls from where chance put it, and would take all the
 * height.
 */
const FALL = 0.05;
/** The best run takes at least this part of the height: one that is far worse is an arrow. */
const BEST = 0.3;

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

/** The colours of a run's marks, on light and on dark. */
export const runColors = (i: number): readonly [light: string, dark: string] =>
  COLORS[i % COLORS.length];

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

export function comparisonChart(
  { runs, level }: Comparison,
  { narrow = false }: ChartOptions = {},
): string {
  const frame = narrow ? FRAMES.narrow : FRAMES.wide;
  const curves = runs.map(curvesOf);
  const all = curves.flatMap(({ steps, dev }) => [...steps, ...dev]);
  const end = Math.max(1, ...all.map(({ step }) => step));
  const [bottom, top] = lossRange(curves);
  const axes = { frame, marginTop: MARGIN_TOP, end, bottom, top, level };
  const at = { x: "step", y: "loss", stroke: "currentColor" } as const;
  const marks = curves.flatMap(({ steps, dev }, i) => {
    const common = { className: runClass(i), strokeDasharray: dash(i) };
    // What is counted, not trained, has one loss and no steps: a level that the others cross.
    if (steps.length === 0 && dev.length === 1) {
      if (dev[0].loss > top) return [];
      return [Plot.ruleY(dev, { y: "loss", stroke: "currentColor", strokeWidth: 2, ...common })];
    }
    return [
      ...below(thin(steps, MOST_DOTS), top).map((part) =>
        Plot.lineY(part, { ...at, ...common, strokeWidth: 1.5, strokeOpacity: 0.5 }),
      ),
      ...below(dev, top).map((part) => Plot.lineY(part, { ...at, ...common, strokeWidth: 2 })),
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
  const names = endLabels(axes, namesOf(curves, frame.letters, top));
  return drawPicture({
    width: frame.width,
    title: `Losses of ${runs.length} runs`,
    description: `Losses by training step of ${runs.map(({ name }) => name).join(", ")}.`,
    legend: [
      { tone: "soft", sign: "line", text: "minibatches, smoothed" },
      { tone: "soft", sign: "diamond", text: "dev split" },
    ],
    tones: Object.fromEntries(COLORS.map((colors, i) => [`run${i}`, colors])),
    panels: [lossPanel(axes, [...marks, ...names])],
  });
}

function curvesOf(run: ComparedRun): Curves {
  const raw = run.record.steps.filter(({ loss }) => loss > 0);
  const dev = run.record.splits.map(({ step, devLoss }) => ({ step, loss: devLoss }));
  return { run, steps: smooth(raw, smoothingWindow(raw), true), dev };
}

/**
 * From the lowest loss to the highest after the first fall, with some room around, on a log scale.
 * Runs are taken in from the best on, as long as the best is still seen.
 */
function lossRange(curves: readonly Curves[]): [number, number] {
  const ranges = curves.flatMap(({ steps, dev }) => {
    const from = (steps.at(-1)?.step ?? 0) * FALL;
    const later = [...steps, ...dev].filter(({ step }) => step >= from);
    return later.length > 0 ? [extent(later.map(({ loss }) => loss))] : [];
  });
  const [best = [1, 2] as const, ...others] = ranges.sort(([a], [b]) => a - b);
  const most = height(best) / BEST;
  const [low, high] = others.reduce<readonly [number, number]>((range, [, top]) => {
    const wider = [range[0], Math.max(range[1], top)] as const;
    return height(wider) <= most ? wider : range;
  }, best);
  const room = high > low ? (high / low) ** 0.05 : 1.1;
  return [low / room, high * room];
}

/** The name of each run, at its last loss. */
function namesOf(curves: readonly Curves[], letters: number, top: number): EndLabel[] {
  return curves.flatMap(({ run, steps, dev }, i) => {
    const loss = dev.at(-1)?.loss ?? steps.at(-1)?.loss;
    if (loss === undefined) return [];
    const value = loss > top ? ` ↑ ${Number(loss.toPrecision(3))}` : "";
    const name = shorten(run.name, letters - value.length, "end");
    return [{ text: name + value, loss, className: runClass(i) }];
  });
}
