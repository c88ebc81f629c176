export { readComparison } from "./comparison.js";
export { writeComparison } from "./comparison-page.js";
export { drawFinder, type DrawOptions, drawRun } from "./draw-run.js";
export { drawEmbeddingChart } from "./embedding-chart.js";
export { drawLearningRateChart } from "./find-lr-chart.js";
export { drawLossChart } from "./loss-chart.js";
