/**
 * What a training measures while it does: the part of metrics.jsonl that was not read yet. The file
 * is replaced whole when it grows; what was read is the beginning of the new one, unless a resumed
 * run took steps back, which the bytes before the cursor show. SHA256SUMS is not asked: whoever
 * reads the whole run afterwards does.
 */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { type Measurement, METRICS, parseMeasurement } from "../run/folder/metrics.js";

/** Bytes that are read at once, and bytes before a cursor that it remembers. */
const MOST = 256 * 1024;
const REMEMBERED = 256;

export interface Tail {
  readonly lines: readonly Measurement[];
  readonly cursor: string;
  readonly restarted: boolean;
  readonly more: boolean;
}

/** @param cursor of the answer before; anything else reads from the start */
export function readTail(dir: string, cursor: string): Tail {
  const handle = opened(join(dir, METRICS));
  if (handle === undefined) return { lines: [], cursor: "", restarted: true, more: false };
  try {
    const { size } = fstatSync(handle);
    const known = offsetIn(cursor);
    const restarted = known === 0 || known > size || cursorAt(handle, known) !== cursor;
    const from = restarted ? 0 : known;
    const bytes = read(handle, from, Math.min(MOST, size - from));
    const end = bytes.lastIndexOf("\n") + 1;
    const lines = bytes.subarray(0, end).toString("utf8").split("\n");
    return {
      // A line that is none is said by whoever reads the whole file.
      lines: lines.flatMap((line) => parseMeasurement(line) ?? []),
      cursor: cursorAt(handle, from + end),
      restarted,
      more: end > 0 && from + bytes.length < size,
    };
  } finally {
    closeSync(handle);
  }
}

function opened(file: string): number | undefined {
  const { O_RDONLY, O_NONBLOCK = 0 } = constants;
  let handle: number;
  try {
    handle = openSync(file, O_RDONLY | O_NONBLOCK);
  } catch {
    return undefined; // nothing was measured yet
  }
  if (fstatSync(handle).isFile()) return handle;
  closeSync(handle);
  return undefined;
}

function read(handle: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(handle, bytes, 0, length, from));
}

/** The place, and a digest of the bytes before it: by these the file is known again. */
function cursorAt(handle: number, offset: number): string {
  const from = Math.max(0, offset - REMEMBERED);
  const before = createHash("sha256").update(read(handle, from, offset - from));
  return `${offset}-${before.digest("hex").slice(0, 16)}`;
}

const offsetIn = (cursor: string): number =>
  Number(/^(\d{1,15})-[0-9a-f]{16}$/.exec(cursor)?.[1] ?? 0);
