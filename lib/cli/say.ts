/**
 * The only way from a command to the terminal: everything that is printed passes through
 * `printable` here, so that no command can forget it. Each text is one line; a line break within
 * it was in a name or a word, and is shown as an escape.
 */
import stringWidth from "string-width";
import { printable } from "../printable.js";

/** One line or several. */
type Lines = string | readonly string[];

const text = (lines: Lines): string =>
  (typeof lines === "string" ? [lines] : lines).map((line) => `${printable(line)}\n`).join("");

/** Results, on standard output. */
export const say = (lines: Lines): void => void process.stdout.write(text(lines));

/** Progress, warnings and errors, on standard error: results can be piped without them. */
export const tell = (lines: Lines): void => void process.stderr.write(text(lines));

/** One JSON line on standard output; characters that do not print are written as \uXXXX. */
export const sayJson = (value: unknown): void => say(JSON.stringify(value));

/** Columns on standard output, the first one to the left, the others to the right. */
export function sayTable(rows: readonly (readonly string[])[]): void {
  const cells = rows.map((row) => row.map(printable));
  const widths = (cells[0] ?? []).map((_, column) =>
    cells.reduce((most, row) => Math.max(most, width(row[column])), 0),
  );
  const fill = (cell: string, column: number) => " ".repeat(widths[column] - width(cell));
  const aligned = (cell: string, column: number) =>
    column === 0 ? cell + fill(cell, column) : fill(cell, column) + cell;
  say(cells.map((row) => row.map(aligned).join("  ")));
}

/** In columns of a terminal: an accent may be a character of its own, and a Chinese one takes two. */
export const width = (text: string): number => stringWidth(text);
