/** Errors as the page has them. */
import { join, sep } from "node:path";

/** Runs are known by their names; where they are is nobody's business. */
export const withoutFolder = (message: string, top: string): string =>
  message.replaceAll(join(top, sep), "").replaceAll(top, "the folder of runs");
