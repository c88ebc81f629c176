/** Short texts side by side, as `ls` prints names. */
import { printable } from "../../printable.js";
import { width } from "./say.js";

/**
 * Lines of at most `columns` characters (a longer text has a line of its own), read from top to
 * bottom, then to the right, with `gap` blanks between columns.
 */
export function inColumns(texts: readonly string[], columns: number, gap = 2): string[] {
  const cells = texts.map(printable);
  const wide = cells.reduce((most, cell) => Math.max(most, width(cell)), 0) + gap;
  const across = Math.max(1, Math.floor((columns + gap) / wide));
  const down = Math.ceil(cells.length / across);
  return Array.from({ length: down }, (_, row) => {
    const line = cells.filter((_, i) => i % down === row);
    const padded = line.map((cell) => cell + " ".repeat(wide - width(cell)));
    return padded.join("").trimEnd();
  });
}
