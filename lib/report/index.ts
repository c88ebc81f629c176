export { drawFinder, type DrawOptions, drawRun } from "./draw-run.js";
export { sparkline } from "./sparkline.js";
