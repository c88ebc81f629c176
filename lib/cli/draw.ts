/** Pictures of what is done and kept already. */
import type { Words } from "../data/index.js";
import { MmError } from "../errors.js";
import { tell } from "./terminal/say.js";

/** What `draw` returns; what goes wrong is said in a line and costs nothing but the pictures. */
export async function drawOrSay<T>(draw: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await draw();
  } catch (error) {
    tell(`mm-train: not drawn: ${error instanceof MmError ? error.message : String(error)}`);
    return undefined;
  }
}

/** Draws a run; returns the path of report.html. */
export const drawReport = (run: string, words: Words): Promise<string | undefined> =>
  drawOrSay(async () => {
    // The charting library takes a sixth of a second to load: nothing waits for it that does not
    // draw.
    const { drawRun } = await import("../report/index.js");
    return drawRun(run, { words }).at(-1);
  });
