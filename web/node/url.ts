/** node:url */
import { LIBRARY } from "./memory/shipped.js";

/** The one URL that the library asks about is its own, which in a browser is no file's. */
export const fileURLToPath = (_url: string): string => LIBRARY;
