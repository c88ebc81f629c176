/**
 * What the benchmark says: a machine, then sections of rows, each row as soon as it is measured;
 * and rows as lines of text.
 */
import { countText } from "../count-text.js";
import type { Machine } from "./machine/machine.js";
import type { Spread } from "./measure.js";

/** null: not measured, for a reason that the section's note tells. */
export type Cell = Spread | number | string | null;

export interface Column {
  readonly key: string;
  readonly label: string;
  /** of the numbers; "" for names and counts */
  readonly unit: string;
  /** characters of the longest cell: rows are printed before the next is known */
  readonly width: number;
}

export interface Section {
  readonly event: "section";
  readonly group: string;
  readonly title: string;
  readonly note?: string;
  readonly columns: readonly Column[];
}

export interface Row {
  readonly event: "row";
  readonly group: string;
  /** by the keys of the section's columns */
  readonly cells: Readonly<Record<string, Cell>>;
}

export type BenchEvent = ({ readonly event: "machine" } & Machine) | Section | Row;

/** 12,345 (12,100..12,399) */
const SPREAD_WIDTH = 24;
const SHORT_WIDTH = 9;

/** Measurements; their unit stands in the heading. */
export const measured = (key: string, label: string, unit: string): Column => ({
  key,
  label,
  unit,
  width: SPREAD_WIDTH,
});
/** Names, counts (without unit) and what follows from measurements. */
export const plain = (key: string, label: string, unit = "", width = SHORT_WIDTH): Column => ({
  key,
  label,
  unit,
  width,
});

/** Three digits that mean something: 0.0123, 1.23, 12.3, 123, 12,345. */
export function digits(x: number): string {
  if (!Number.isFinite(x)) return "-";
  const size = Math.abs(x);
  if (size >= 100) return countText(Math.round(x));
  if (size >= 10) return x.toFixed(1);
  return size >= 1 || x === 0 ? x.toFixed(2) : Number(x.toPrecision(2)).toString();
}

/** `median (low..high)` for measurements, digits for what follows from them. */
export function cellText(cell: Cell | undefined, unit: string): string {
  if (cell === null || cell === undefined) return "-";
  if (typeof cell === "string") return cell;
  if (typeof cell === "number") {
    if (unit === "x" || unit === "%") return `${digits(cell)}${unit === "x" ? "x" : " %"}`;
    return unit === "" ? String(cell) : digits(cell);
  }
  return `${digits(cell.median)} (${digits(cell.low)}..${digits(cell.high)})`;
}

const heading = ({ label, unit }: Column): string =>
  unit === "" || unit === "x" || unit === "%" || label === unit ? label : `${label}, ${unit}`;

const padded = (text: string, c: Column): string => {
  const width = Math.max(c.width, heading(c).length) + 2;
  return c.unit === "" && c.width > SHORT_WIDTH
    ? `  ${text.padEnd(width - 2)}`
    : text.padStart(width); // long names from the left
};

export const headingLine = (columns: readonly Column[]): string =>
  columns.map((c) => padded(heading(c), c)).join("");

export const rowLine = (columns: readonly Column[], { cells }: Row): string =>
  columns.map((c) => padded(cellText(cells[c.key], c.unit), c)).join("");
