export { readComparison } from "./comparison.js";
export { writeComparison } from "./comparison-page.js";
export { drawFinder, type DrawOptions, drawRun } from "./draw-run.js";
export { embeddingChart } from "./embedding-chart.js";
export { findLrChart } from "./find-lr-chart.js";
export { lossChart } from "./loss-chart.js";
export { sparkline } from "./sparkline.js";
