/** In place of lib/backend/native/fastest.ts: what a browser tries first. */
export { loadWasm as loadFastest } from "../../lib/backend/wasm/wasm.js";
