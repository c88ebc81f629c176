/** The charts of a sweep, each for a desk and for a phone. */
import type { SweepRecord } from "../../sweep/index.js";
import { comparisonChart } from "../charts/comparison-chart.js";
import { readComparison } from "../comparison.js";
import type { ChartOptions } from "../drawing/chart-options.js";
import type { PageChart } from "../sections/section.js";
import { parallelChart } from "./parallel-chart.js";
import { settingCharts } from "./setting-charts.js";

/** So many learning curves can be told apart. */
const CURVES = 8;

/** Those that there are trials enough for. */
export function sweepCharts(record: SweepRecord): PageChart[] {
  const drawn: [name: string, draw: (options?: ChartOptions) => string | undefined][] = [
    ["Settings and loss", (options) => parallelChart(record, options)],
    ["Each setting", (options) => settingCharts(record, options)],
    ["Learning curves of the best trials", learningCurves(record)],
  ];
  return drawn.flatMap(([name, draw]) => {
    const [wide, narrow] = [draw(), draw({ narrow: true })];
    return wide === undefined || narrow === undefined ? [] : [{ name, wide, narrow }];
  });
}

/** Of the best trials, the first run of each. */
function learningCurves({ trials }: SweepRecord): (options?: ChartOptions) => string | undefined {
  const dirs = trials
    .filter(({ loss }) => loss !== undefined)
    .slice(0, CURVES)
    .map(({ runs }) => runs[0].dir);
  if (dirs.length < 2) return () => undefined;
  const { runs, ...compared } = readComparison(dirs);
  const ranked = { ...compared, runs: runs.map((run, i) => ({ ...run, name: `rank ${i + 1}` })) };
  return (options) => comparisonChart(ranked, options);
}
