/** The colour of an earlier run; page.css has the colours, which the colour-blind can tell apart. */
import type { RunId } from "../protocol.js";

const COLOURS = 6;

export const colourOf = (run: RunId): string => `var(--run-${run % COLOURS})`;
