/** The dev loss of each trial against each setting that was tried, as small charts side by side. */
import * as Plot from "@observablehq/plot";
import type { RankedTrial, SweepRecord } from "../../sweep/index.js";
import { settingsText } from "../../sweep/space/trials.js";
import type { ChartOptions } from "../drawing/chart-options.js";
import { AXIS_X, drawPicture, GRID, NARROW, type Panel, tone, WIDE } from "../drawing/picture.js";
import { extent } from "../drawing/scales.js";
import { shorten } from "../drawing/text-width.js";
import { settingScale } from "./setting-scale.js";
import { settingsTried } from "./sweep-table.js";

const HEIGHT = 210;
const COLUMNS = 3;
/** Of the trials by loss, those that are shown: a few that are far worse would press all flat. */
const SHOWN = 0.9;

export function settingCharts(
  record: SweepRecord,
  { narrow = false }: ChartOptions = {},
): string | undefined {
  const known = record.trials.filter(({ loss }) => loss !== undefined);
  const shown = [...known]
    .sort((a, b) => (a.loss as number) - (b.loss as number))
    .slice(0, Math.max(2, Math.ceil(SHOWN * known.length)));
  if (shown.length < 2) return undefined;
  const columns = narrow ? 1 : COLUMNS;
  const width = narrow ? NARROW : WIDE;
  const panels = settingsTried(record).map((key, i) =>
    panel(record, key, shown, {
      x: Math.round((width * (i % columns)) / columns),
      y: HEIGHT * Math.floor(i / columns),
      width: Math.round(width / columns),
    }),
  );
  const left = known.length - shown.length;
  return drawPicture({
    width,
    title: "Dev loss against each setting",
    description: `The dev loss of ${shown.length} trials against ${panels.length} settings.`,
    legend: [
      {
        tone: "blue",
        sign: "dot",
        text: left === 0 ? "a trial" : `a trial; the ${left} worst are left out`,
      },
    ],
    panels,
  });
}

function panel(
  { space }: SweepRecord,
  key: string,
  trials: readonly RankedTrial[],
  place: { readonly x: number; readonly y: number; readonly width: number },
): Panel {
  const scale = settingScale(key, space.settings[key]);
  const points = trials.flatMap((trial) => {
    const at = scale.at(trial.settings[key]);
    return at === undefined ? [] : [{ at, loss: trial.loss as number, trial }];
  });
  const [low, high] = extent(trials.map(({ loss }) => loss as number));
  const pad = 0.06 * Math.max(high - low, 1e-6);
  const ticks = new Map(scale.ticks.map(({ at, text }) => [at, text]));
  return {
    x: place.x,
    y: place.y,
    plot: {
      width: place.width,
      height: HEIGHT,
      marginLeft: 62,
      marginRight: 22,
      marginTop: 14,
      marginBottom: 46,
      x: { domain: [0, 1] },
      y: { domain: [low - pad, high + pad] },
      marks: [
        Plot.gridY({ ticks: 4, ...GRID }),
        Plot.axisY({ ticks: 4, tickSize: 0, label: null }),
        Plot.axisX([...ticks.keys()], {
          ...AXIS_X,
          text: (at: number) => shorten(ticks.get(at) ?? "", 10),
          label: key,
        }),
        Plot.dot(points, {
          x: "at",
          y: "loss",
          r: 3,
          fill: "currentColor",
          fillOpacity: 0.75,
          className: tone("blue"),
          title: ({ trial }: { trial: RankedTrial }) =>
            `${trial.loss?.toFixed(4)}  ${settingsText(trial.settings)}`,
        }),
      ],
    },
  };
}
