/**
 * The only way from a command to the terminal: everything that is printed passes through
 * `printable` here, so that no command can forget it. Each text is one line; a line break within
 * it was in a name or a word, and is shown as an escape.
 */
import stringWidth from "string-width";
import { printable } from "../../printable.js";
import { type Cell, rendered, textOf } from "./style.js";

/** One line: a text, or several, some of them in a colour. */
export type Line = Cell | readonly Cell[];

const cellsOf = (line: Line): readonly Cell[] =>
  typeof line === "string" || "text" in line ? [line] : line;

function print(lines: string | readonly Line[], stream: NodeJS.WriteStream): void {
  const shown = (typeof lines === "string" ? [lines] : lines).map((line) =>
    cellsOf(line)
      .map((cell) => rendered(cell, stream))
      .join(""),
  );
  stream.write(shown.map((line) => `${line}\n`).join(""));
}

/** Results, on standard output: one line or several. */
export const say = (lines: string | readonly Line[]): void => print(lines, process.stdout);

/** Progress, warnings and errors, on standard error: results can be piped without them. */
export const tell = (lines: string | readonly Line[]): void => print(lines, process.stderr);

/** One JSON line on standard output; characters that do not print are written as \uXXXX. */
export const sayJson = (value: unknown): void => say(JSON.stringify(value));

/**
 * Columns on standard output under headings, the first one to the left, the others to the right. On
 * a terminal that is too narrow, a row is its first cell and, below it, the others by their names.
 */
export function sayTable(rows: readonly (readonly Cell[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((most, row) => Math.max(most, shownWidth(row[column])), 0),
  );
  const columns = columnsOf(process.stdout) ?? Infinity;
  if (widths.reduce((sum, each) => sum + 2 + each, -2) > columns) {
    const [[, ...headings] = [], ...others] = rows;
    const named = (cell: Cell, i: number) => `${textOf(headings[i])} ${textOf(cell)}`;
    return say(
      others.flatMap(([first, ...cells]): Line[] => [
        first,
        ...wrapped(cells.map(named).map(printable), columns - 2, ",").map((line) => `  ${line}`),
      ]),
    );
  }
  const fill = (cell: Cell, column: number) => " ".repeat(widths[column] - shownWidth(cell));
  const aligned = (cell: Cell, column: number): Cell[] =>
    column === 0 ? [cell, fill(cell, column)] : ["  ", fill(cell, column), cell];
  say(rows.map((row) => row.flatMap(aligned)));
}

/**
 * In columns of a terminal: an accent may be a character of its own, and a Chinese one takes two.
 */
export const width = (text: string): number => stringWidth(text);

const shownWidth = (cell: Cell): number => width(printable(textOf(cell)));

/** Columns of the terminal behind a stream; undefined where there is none, and lines do not end. */
export const columnsOf = (stream: NodeJS.WriteStream): number | undefined =>
  stream.isTTY ? stream.columns || 80 : undefined;

/**
 * Clauses side by side, on as many lines as they need: a line breaks between clauses, or within a
 * clause that is longer than a line, between words.
 */
export const wrapped = (
  clauses: readonly string[],
  columns = Infinity,
  separator = "",
): string[] => {
  const ended = clauses.map((text, i) => (i < clauses.length - 1 ? text + separator : text));
  return folded(ended, columns).flatMap((line) => folded(line.split(" "), columns));
};

/** A sentence as lines that fit the terminal behind `stream`, broken between words. */
export const sentence = (text: string, stream: NodeJS.WriteStream = process.stdout): string[] =>
  folded(printable(text).split(" "), columnsOf(stream) ?? Infinity);

/** A value behind its label; further lines of a value that is longer than one stand below it. */
export function labelled(label: string, value: string, margin: number): string[] {
  const columns = (columnsOf(process.stdout) ?? Infinity) - margin;
  return folded(printable(value).split(" "), columns).map(
    (line, i) => (i === 0 ? label : "").padEnd(margin) + line,
  );
}

function folded(texts: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const longer = `${lines.at(-1) ?? ""} ${text}`;
    if (lines.length > 0 && width(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(text);
  }
  return lines;
}
