export { RunsFolder } from "./runs-folder.js";
export { type Lab, startLab } from "./server.js";
