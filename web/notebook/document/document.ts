/** A notebook as a value: every change makes a new one. */
import type { Cell } from "../script/cells.js";

export interface DocumentCell extends Cell {
  /** unique in its notebook */
  readonly id: string;
}

export interface Document {
  /** under which it is kept; the file name of an example */
  readonly id: string;
  readonly title: string;
  readonly cells: readonly DocumentCell[];
}

let last = 0;
const newId = (): string => `c${Date.now().toString(36)}${(last++).toString(36)}`;

/** Always with a cell to write into. */
export function createDocument(id: string, title: string, cells: readonly Cell[]): Document {
  const some = cells.length > 0 ? cells : [{ kind: "code", source: "" } as const];
  return { id, title, cells: some.map(({ kind, source }) => ({ id: newId(), kind, source })) };
}

export const cellOf = (document: Document, id: string): DocumentCell | undefined =>
  document.cells.find((cell) => cell.id === id);

export const positionOf = (document: Document, id: string): number =>
  document.cells.findIndex((cell) => cell.id === id);

export const editCell = (
  document: Document,
  id: string,
  change: Partial<Omit<DocumentCell, "id">>,
): Document => ({
  ...document,
  cells: document.cells.map((cell) => (cell.id === id ? { ...cell, ...change } : cell)),
});

/** A new cell that will stand at a position; returns its id, too. */
export function insertCell(
  document: Document,
  position: number,
  kind: Cell["kind"],
): { document: Document; id: string } {
  const cell = { id: newId(), kind, source: "" };
  return {
    document: { ...document, cells: document.cells.toSpliced(position, 0, cell) },
    id: cell.id,
  };
}

/** The last cell leaves an empty one. */
export function removeCell(document: Document, id: string): Document {
  const cells = document.cells.filter((cell) => cell.id !== id);
  return cells.length > 0
    ? { ...document, cells }
    : createDocument(document.id, document.title, []);
}

/** One up (-1) or down (1), where there is room. */
export function moveCell(document: Document, id: string, by: -1 | 1): Document {
  const from = positionOf(document, id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= document.cells.length) return document;
  const cells = document.cells.toSpliced(from, 1).toSpliced(to, 0, document.cells[from]);
  return { ...document, cells };
}
