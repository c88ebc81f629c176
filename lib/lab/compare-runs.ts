/** Several runs side by side, as the page sees them. */
import { comparisonChart, runColors } from "../report/charts/comparison-chart.js";
import { readComparison } from "../report/comparison.js";
import type { LabComparison } from "./protocol.js";

/** @throws UsageError for runs that cannot be compared; CheckpointError for a damaged one */
export function compareRuns(dirs: readonly string[]): LabComparison {
  const comparison = readComparison(dirs);
  const { level, settings, cautions, runs } = comparison;
  return {
    level,
    settings,
    cautions,
    runs: runs.map(({ name, last, best, record, parameters }, i) => ({
      name,
      colors: runColors(i),
      devLoss: last?.devLoss,
      trainLoss: last?.trainLoss,
      lowest: best && { step: best.step, devLoss: best.devLoss },
      steps: record.config.stepsDone,
      parameters,
    })),
    chart: {
      wide: comparisonChart(comparison),
      narrow: comparisonChart(comparison, { narrow: true }),
    },
  };
}
