export { comparisonCsv, readComparison } from "./comparison.js";
export { writeComparison } from "./pages/comparison-page.js";
export { drawFinder, type DrawOptions, drawRun } from "./draw-run.js";
export { drawEmbeddingChart } from "./charts/embedding-chart.js";
export { drawLearningRateChart } from "./charts/find-lr-chart.js";
export { drawLossChart } from "./charts/loss-chart.js";
export { writeSweepPage } from "./sweep/sweep-page.js";
export { sweepCsv } from "./sweep/sweep-table.js";
