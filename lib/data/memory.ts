/** Whether a corpus fits this machine: asked before its memory is taken, since a system that runs out of it kills without a word. */
import { totalmem } from "node:os";
import { DataError } from "../errors.js";

/** The machine's memory, or what its container may have of it. */
function memory(): number {
  const container = process.constrainedMemory(); // 0, or more than there is, outside of containers
  return container > 0 ? Math.min(container, totalmem()) : totalmem();
}

/**
 * @param source names the corpus
 * @param needed bytes, at least
 * @throws DataError where they are more than the machine has
 */
export function checkFits(source: string, needed: number): void {
  const there = memory();
  if (needed <= there) return;
  const remedy = "use a part of it, or a machine (a container) with more";
  throw new DataError(source, `needs at least ${inMega(needed)} MB of memory, there are ${inMega(there)} MB: ${remedy}`);
}

const inMega = (bytes: number): string => Math.ceil(bytes / 1e6).toLocaleString("en");
