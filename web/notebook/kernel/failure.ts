/** What a cell threw, and where. */
import { inspect } from "node-inspect-extracted";
import type { Failure, Place } from "../protocol.js";
import { CellSyntaxError } from "./translate/syntax-error.js";

/** The name under which the code of a run stands in stack traces. */
export const fileName = (run: number): string => `notebook-cell-${run}.ts`;

const PLACES = 8;
const FRAME = /notebook-cell-(\d+)\.ts:(\d+)/g;

/** `cells[run]` is the cell that ran then. */
export function toFailure(error: unknown, cell: string, cells: readonly string[]): Failure {
  if (!(error instanceof Error)) return { name: "thrown", message: inspect(error), places: [] };
  const { name, message } = error;
  if (error instanceof CellSyntaxError) {
    const places = error.line === undefined ? [] : [{ cell, line: error.line }];
    return { name, message, places };
  }
  const places = [...String(error.stack).matchAll(FRAME)].map(([, run, line]): Place => ({
    cell: cells[Number(run)] ?? "",
    line: Number(line),
  }));
  return { name, message: message + advice(error), places: places.slice(0, PLACES) };
}

/** What to do where the engine's message says only what happened. */
function advice({ name, message }: Error): string {
  if (/allocation failed|out of memory|invalid typed array length/i.test(message))
    return "; there is not enough memory: use smaller tensors, or reset the kernel to free all";
  if (name === "InternalError" || /call stack/.test(message))
    return "; a function calls itself without end";
  return "";
}
