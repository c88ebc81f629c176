/**
 * Whether a corpus fits this machine: asked before its memory is taken, since a system that runs
 * out of it kills without a word.
 */
import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import { countText } from "../../count-text.js";
import { DataError } from "../../errors.js";

/** Places in a corpus are 32-bit integers. */
export const MOST_BYTES = 2 ** 31 - 1;

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
export function requireMemory(source: string, needed: number): void {
  const there = memory();
  if (needed <= there) return;
  const remedy = "use a part of it, or a machine (a container) with more";
  throw new DataError(
    source,
    `needs at least ${inMega(needed)} MB of memory, there are ${inMega(there)} MB: ${remedy}`,
  );
}

/**
 * Of the heap, for a type of a text: its string, its entries in two maps and places in two lists,
 * while a map grows.
 */
const TYPE_BYTES = 200;
/** What else is in the heap, and its part for young objects. */
const OTHER_BYTES = 64e6;
/** The largest Map has 2^24 entries. */
const MOST_ENTRIES = 2 ** 24 - 1;

/** How many different words of a text fit V8's heap. Full, it aborts the process. */
export function mostTypes(): number {
  const room = getHeapStatistics().heap_size_limit - OTHER_BYTES;
  return Math.min(MOST_ENTRIES, Math.max(1, Math.floor(room / TYPE_BYTES)));
}

/** @throws DataError: always */
export function refuseTypes(source: string, most: number): never {
  const heap = inMega(getHeapStatistics().heap_size_limit);
  const remedy =
    most === MOST_ENTRIES ? "" : ", or a larger heap (NODE_OPTIONS=--max-old-space-size=MEGABYTES)";
  const words = `more than ${countText(most)} different words`;
  const what = `${words} do not fit the heap of ${heap} MB`;
  throw new DataError(source, `${what}: use a part of the text${remedy}`);
}

const inMega = (bytes: number): string => countText(Math.ceil(bytes / 1e6));
