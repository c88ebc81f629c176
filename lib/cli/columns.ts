/** Short texts side by side, as `ls` prints names. */
import { printable } from "../printable.js";
import { width } from "./say.js";

const GAP = 2;

/**
 * Lines of at most `columns` characters (a longer text has a line of its own), read from top to
 * bottom, then to the right.
 */
export function inColumns(texts: readonly string[], columns: number): string[] {
  const cells = texts.map(printable);
  const wide = cells.reduce((most, cell) => Math.max(most, width(cell)), 0) + GAP;
  const across = Math.max(1, Math.floor((columns + GAP) / wide));
  const down = Math.ceil(cells.length / across);
  return Array.from({ length: down }, (_, row) => {
    const line = cells.filter((_, i) => i % down === row);
    const padded = line.map((cell) => cell + " ".repeat(wide - width(cell)));
    return padded.join("").trimEnd();
  });
}
