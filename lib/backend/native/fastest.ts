/** The backend that is tried first: the addon. For browsers web/node/fastest.ts takes its place. */
export { loadNative as loadFastest } from "./native.js";
