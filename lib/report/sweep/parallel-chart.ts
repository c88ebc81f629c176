/**
 * Parallel coordinates: an axis per setting that was tried, one for the dev loss, and a line per
 * trial through its values. On a phone the axes lie one below the other.
 */
import * as Plot from "@observablehq/plot";
import type { RankedTrial, SweepRecord } from "../../sweep/index.js";
import { settingsText } from "../../sweep/space/trials.js";
import type { ChartOptions } from "../drawing/chart-options.js";
import { drawPicture, NARROW, RIM, tone, WIDE } from "../drawing/picture.js";
import { extent, plain } from "../drawing/scales.js";
import { shorten } from "../drawing/text-width.js";
import { settingScale, type SettingScale } from "./setting-scale.js";
import { settingsTried } from "./sweep-table.js";

/** Of the trials by loss, those whose lines stand out. */
const BEST = 0.1;
const HEIGHT = 360;
/** Of an axis and its labels, on a phone. */
const ROW = 74;
const LETTERS = 12;

interface Vertex {
  readonly axis: number;
  readonly at: number;
}

export function parallelChart(
  record: SweepRecord,
  { narrow = false }: ChartOptions = {},
): string | undefined {
  const trials = record.trials.filter(({ loss }) => loss !== undefined);
  if (trials.length < 2) return undefined;
  const axes = [
    ...settingsTried(record).map((key) => settingScale(key, record.space.settings[key])),
    lossScale(trials),
  ];
  const best = Math.max(1, Math.ceil(BEST * trials.length));
  // The better ones are drawn over the others.
  const lines = trials
    .map((trial, i) => ({ trial, isBest: i < best, points: vertices(axes, trial) }))
    .reverse();
  const place = ({ axis, at }: Vertex) => (narrow ? { x: at, y: -axis } : { x: axis, y: at });
  const marks = lines.map(({ trial, isBest, points }) =>
    Plot.line(points.map(place), {
      x: "x",
      y: "y",
      stroke: "currentColor",
      strokeWidth: isBest ? 2.2 : 1,
      strokeOpacity: isBest ? 1 : 0.35,
      className: tone(isBest ? "orange" : "blue"),
      title: () => `${trial.loss?.toFixed(4)}  ${settingsText(trial.settings)}`,
    }),
  );
  const last = axes.length - 1;
  const rules = axes.map((_, axis) => {
    const ends = [place({ axis, at: 0 }), place({ axis, at: 1 })];
    return Plot.line(ends, { x: "x", y: "y", stroke: "currentColor", className: tone("soft") });
  });
  const names = axes.map(({ key }, axis) =>
    Plot.text([place({ axis, at: narrow ? 0 : 1 })], {
      x: "x",
      y: "y",
      text: () => (key === DEV ? "dev loss" : key),
      dy: narrow ? -14 : -16,
      textAnchor: narrow ? "start" : "middle",
      fontWeight: 600,
      className: tone("ink"),
    }),
  );
  const ticks = axes.flatMap(({ ticks: all }, axis) =>
    all.map(({ at, text }) =>
      Plot.text([place({ axis, at })], {
        x: "x",
        y: "y",
        text: () => shorten(text, LETTERS),
        dx: narrow ? 0 : 7,
        dy: narrow ? 12 : 0,
        textAnchor: narrow ? anchorOf(at) : "start",
        className: RIM,
      }),
    ),
  );
  const width = narrow ? NARROW : WIDE;
  const height = narrow ? ROW * axes.length : HEIGHT;
  return drawPicture({
    width,
    title: "Settings and dev loss of each trial",
    description: `A line per trial through its ${last} settings and its dev loss.`,
    legend: [
      { tone: "orange", sign: "line", text: `the best ${best} of ${trials.length} trials` },
      { tone: "blue", sign: "line", text: "the others" },
    ],
    panels: [
      {
        x: 0,
        y: 0,
        plot: {
          width,
          height,
          marginLeft: narrow ? 24 : 50,
          marginRight: narrow ? 30 : 90,
          marginTop: 34,
          marginBottom: narrow ? 30 : 16,
          x: { axis: null, domain: narrow ? [0, 1] : [0, last] },
          y: { axis: null, domain: narrow ? [-last, 0] : [0, 1] },
          marks: [...rules, ...marks, ...ticks, ...names],
        },
      },
    ],
  });
}

const DEV = "";

/** Through the axes of the settings that the trial was given. */
const vertices = (axes: readonly SettingScale[], trial: RankedTrial): Vertex[] =>
  axes.flatMap((scale, axis) => {
    const at = scale.at(scale.key === DEV ? trial.loss : trial.settings[scale.key]);
    return at === undefined ? [] : [{ axis, at }];
  });

/** The lowest loss on top; far worse ones, of a tenth of the trials, stand at the bottom. */
function lossScale(trials: readonly RankedTrial[]): SettingScale {
  const losses = trials.map(({ loss }) => loss as number).sort((a, b) => a - b);
  const [low, high] = extent(losses.slice(0, Math.max(2, Math.ceil(0.9 * losses.length))));
  const span = Math.max(high - low, 1e-6);
  const place = (loss: number): number => Math.max(0, 1 - (loss - low) / span);
  return {
    key: DEV,
    at: (loss) => (loss === undefined ? undefined : place(Number(loss))),
    ticks: [low, (low + high) / 2, high].map((loss) => ({
      at: place(loss),
      text: plain(Number(loss.toFixed(4))),
    })),
  };
}

const anchorOf = (at: number): "start" | "middle" | "end" =>
  at < 0.1 ? "start" : at > 0.9 ? "end" : "middle";
