/**
 * Colours of the terminal. A text keeps its style beside it, as a value, until it is printed: the
 * text of others is made printable first, and the colour codes around it are ours.
 */
import { styleText } from "node:util";
import { printable } from "../../printable.js";

/** What is shown in a colour, and in which: docs/terminal.svg has the same. */
const STYLES = { progress: "yellow", sample: "blueBright", heading: "bold" } as const;

/** A part of a line that has a colour of its own. */
export interface Styled {
  readonly style: keyof typeof STYLES;
  readonly text: string;
}

/** Part of a line. */
export type Cell = string | Styled;

export const styled = (style: Styled["style"], text: string): Styled => ({ style, text });

export const textOf = (cell: Cell): string => (typeof cell === "string" ? cell : cell.text);

/**
 * A cell as it is written to `stream`: in its colour where that is a terminal that has colours and
 * neither NO_COLOR nor TERM=dumb asks for none, which Node decides.
 */
export function rendered(cell: Cell, stream: NodeJS.WriteStream): string {
  if (typeof cell === "string") return printable(cell);
  return styleText(STYLES[cell.style], printable(cell.text), { stream });
}

/** Whether a line can be drawn over: a terminal that knows how to move its cursor. */
export const canRedraw = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY && process.env.TERM !== "dumb";
