/** A text file, read whole and checked to be one. */
import { constants, isUtf8 } from "node:buffer";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { checkText } from "../check.js";
import { DataError } from "../errors.js";

/**
 * A whole UTF-8 file.
 * @param layout what messages ask for besides: "one word per line"
 * @throws DataError where it cannot be read or is none, with the 1-based line where there is one
 */
export function readText(file: string, layout?: string): string {
  checkText("file", file);
  const bytes = readBytes(file, layout === undefined ? "" : ` with ${layout}`);
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw new DataError(file, `not UTF-8 text: save the file as UTF-8${layout === undefined ? "" : `, ${layout}`}`, firstInvalidLine(bytes));
}

function readBytes(file: string, layout: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readAtMost(file, constants.MAX_STRING_LENGTH);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new DataError(file, code === "EISDIR" ? `a directory: expected a text file${layout}` : (UNREADABLE[code] ?? `cannot be read (${code})`));
  }
  if (bytes.length > constants.MAX_STRING_LENGTH) throw new DataError(file, TOO_LARGE);
  return bytes;
}

/** All of a file or pipe; of what is larger (a device has no end) more than `most`. */
function readAtMost(file: string, most: number): Buffer {
  const from = openSync(file, "r");
  try {
    let bytes = Buffer.allocUnsafe(Math.min(fstatSync(from).size, most) + 1); // one more than a file has shows its end
    for (let length = 0; ;) {
      const got = readSync(from, bytes, length, bytes.length - length, null);
      length += got;
      if (got === 0 || length > most) return bytes.subarray(0, length);
      if (length === bytes.length) bytes = Buffer.concat([bytes], 2 * length + (1 << 16));
    }
  } finally {
    closeSync(from);
  }
}

/** The longest JavaScript string is half a gibibyte of characters. */
const TOO_LARGE = "larger than 512 MiB: split it into smaller files";

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EACCES: "no permission to read it",
  EPERM: "no permission to read it",
  ERR_FS_FILE_TOO_LARGE: TOO_LARGE,
};

/** 1-based. The newline byte is never part of a longer UTF-8 sequence, so some line is invalid by itself. */
function firstInvalidLine(bytes: Buffer): number {
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf("\n"); end >= 0 && isUtf8(bytes.subarray(start, end)); end = bytes.indexOf("\n", start)) {
    start = end + 1;
    line++;
  }
  return line;
}
