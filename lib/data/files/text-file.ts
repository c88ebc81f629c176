/** A text file, read whole and checked to be one. */
import { isUtf8 } from "node:buffer";
import { closeSync, fstatSync, openSync } from "node:fs";
import { DataError } from "../../errors.js";
import { BadLines } from "./bad-lines.js";
import { recoded, unpacked } from "./encodings.js";
import { requireMemory, MOST_BYTES } from "./memory.js";
import { isStandardInput, readNext, sourceName, STANDARD_INPUT } from "./standard-input.js";

/**
 * The text of a whole file, or of standard input for `-`, as UTF-8. It is not made a JavaScript
 * string: that is in the heap, which is smaller than memory. gzip and UTF-16 are recognised.
 * @param layout what messages ask for besides: "one word per line"
 * @throws DataError where it cannot be read, does not fit memory or is none, with the 1-based line
 * where there is one
 */
export function readUtf8(file: string, layout?: string): Buffer {
  const source = sourceName(file);
  const read = readBytes(file, layout === undefined ? "" : ` with ${layout}`);
  const bytes = recoded(source, unpacked(source, read));
  if (isUtf8(bytes)) return bytes;
  const how = layout === undefined ? "" : `, ${layout}`;
  const problem = `not UTF-8 text: save the file as UTF-8${how}`;
  const bad = new BadLines(source);
  for (const line of invalidLines(bytes)) bad.add(line, problem);
  bad.throwIfAny();
  return bytes;
}

/** Of one call: some systems read no more at once. */
const PIECE = 2 ** 30;
/**
 * A file's bytes stay in memory, and its tokens beside them, a number of 4 bytes for a character of
 * 4 at most.
 */
const COPIES = 2;

const readBytes = (file: string, layout: string): Buffer =>
  reading(file, () => readAll(file), layout);

/** What `read` gives; what the system says against it becomes a DataError that names the file. */
export function reading<T>(file: string, read: () => T, layout = ""): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DataError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const directory = `a directory: expected a text file${layout}`;
    throw new DataError(
      sourceName(file),
      code === "EISDIR" ? directory : (UNREADABLE[code] ?? `cannot be read (${code})`),
    );
  }
}

/** All of a file or pipe. */
function readAll(file: string): Buffer {
  const from = isStandardInput(file) ? STANDARD_INPUT : openSync(file, "r");
  file = sourceName(file);
  try {
    const stat = fstatSync(from);
    if (stat.isCharacterDevice()) {
      throw new DataError(file, "a device, which may have no end: expected a text file");
    }
    const { size } = stat;
    requireSize(file, size);
    let bytes = Buffer.allocUnsafeSlow(size + 1); // one more than a file has shows its end
    for (let length = 0; ;) {
      const got = readNext(from, bytes, length, Math.min(PIECE, bytes.length - length));
      length += got;
      if (got === 0) return bytes.subarray(0, length);
      if (length < bytes.length) continue;
      requireSize(file, length);
      const more = Buffer.allocUnsafeSlow(Math.min(MOST_BYTES + 1, 2 * length + (1 << 16)));
      bytes.copy(more);
      bytes = more;
    }
  } finally {
    if (from !== STANDARD_INPUT) closeSync(from);
  }
}

/** @param size bytes of the file, or those that a pipe has given so far */
function requireSize(file: string, size: number): void {
  if (size > MOST_BYTES)
    throw new DataError(file, "larger than 2 GiB: split it into smaller files");
  requireMemory(file, COPIES * size);
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EACCES: "no permission to read it",
  EPERM: "no permission to read it",
};

/**
 * 1-based. The newline byte is never part of a longer UTF-8 sequence, so some line is invalid by
 * itself.
 */
function* invalidLines(bytes: Buffer): Iterable<number> {
  for (let line = 1, start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf("\n", start);
    const end = newline < 0 ? bytes.length : newline;
    if (!isUtf8(bytes.subarray(start, end))) yield line;
    start = end + 1;
  }
}
