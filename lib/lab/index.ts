export { LiveView } from "./live-view.js";
export { RunsFolder } from "./runs-folder.js";
export { startLab } from "./http/server.js";
