/** A text file read piece by piece: a large one is never whole in memory. */
import { isUtf8 } from "node:buffer";
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { DataError } from "../../errors.js";
import { isPlain, LOOK } from "./encodings.js";
import { isStandardInput, readNext, sourceName } from "./standard-input.js";
import { reading, readUtf8 } from "./text-file.js";

/** Bytes of a piece, unless no break comes before. */
const PIECE = 1 << 20;
const NEWLINE = 10;

/** Where a text may be cut. */
export interface Cuts {
  /** the bytes behind which a piece may end */
  readonly breaks: readonly number[];
  /** bytes of a piece */
  readonly piece?: number;
}

/**
 * The text of a file as UTF-8, without a byte order mark, in pieces that end behind a break. What
 * is packed, in UTF-16 or comes through a pipe is read whole first. A piece is valid until the next
 * one is asked for.
 * @throws DataError as `readUtf8`, and for a NUL byte, with its line
 */
export function* textPieces(file: string, cuts: Cuts): Iterable<Buffer> {
  if (!isRegular(file)) {
    yield* piecesOf(whole(file), cuts);
    return;
  }
  const handle = reading(file, () => openSync(file, "r"));
  try {
    if (isStreamable(handle)) yield* streamed(handle, file, cuts);
    else yield* piecesOf(whole(file), cuts);
  } finally {
    closeSync(handle);
  }
}

/** A pipe can be opened once. */
const isRegular = (file: string): boolean =>
  !isStandardInput(file) && reading(file, () => statSync(file)).isFile();

/** Whether the bytes of a file are those of its text. */
function isStreamable(handle: number): boolean {
  const { size } = fstatSync(handle);
  const head = Buffer.alloc(Math.min(size, LOOK));
  return isPlain(head.subarray(0, readSync(handle, head, 0, head.length, 0)), size);
}

function* piecesOf(bytes: Buffer, { breaks, piece = PIECE }: Cuts): Iterable<Buffer> {
  for (let from = 0; from < bytes.length;) {
    let to = Math.min(from + piece, bytes.length);
    while (to < bytes.length && !breaks.includes(bytes[to - 1])) to++;
    yield bytes.subarray(from, to);
    from = to;
  }
}

function* streamed(
  handle: number,
  file: string,
  { breaks, piece = PIECE }: Cuts,
): Iterable<Buffer> {
  let buffer = Buffer.allocUnsafeSlow(piece);
  let [length, isFirst] = [0, true];
  for (;;) {
    const got = reading(file, () => readNext(handle, buffer, length, buffer.length - length));
    length += got;
    const isEnd = got === 0;
    if (!isEnd && length < buffer.length) continue;
    const end = isEnd ? length : lastBreak(buffer.subarray(0, length), breaks);
    if (end > 0) {
      const text = buffer.subarray(0, end);
      if (!isUtf8(text) || text.includes(0)) refuse(file);
      yield isFirst ? withoutMark(text) : text;
      isFirst = false;
      buffer.copyWithin(0, end, length);
      length -= end;
    } else if (!isEnd) {
      const longer = Buffer.allocUnsafeSlow(2 * buffer.length);
      buffer.copy(longer, 0, 0, length);
      buffer = longer;
    }
    if (isEnd) return;
  }
}

/** Where the last break ends; 0 without one. */
function lastBreak(bytes: Buffer, breaks: readonly number[]): number {
  return 1 + breaks.reduce((last, byte) => Math.max(last, bytes.lastIndexOf(byte)), -1);
}

/** A text read whole, and checked as its pieces are. */
function whole(file: string): Buffer {
  const bytes = withoutMark(readUtf8(file));
  const nul = bytes.indexOf(0);
  if (nul < 0) return bytes;
  const line = linesIn(bytes.subarray(0, nul));
  const what = "a NUL byte: expected a text, not a binary file";
  throw new DataError(sourceName(file), what, line);
}

/** Says what is wrong with a file of which a piece is no text, and in which lines. */
function refuse(file: string): never {
  whole(file);
  throw new DataError(sourceName(file), "changed while it was read: read it again");
}

/** Without the byte order mark, which a rule might take for a part of the first word. */
const withoutMark = (bytes: Buffer): Buffer =>
  bytes.subarray(0, 3).toString() === "\ufeff" ? bytes.subarray(3) : bytes;

const linesIn = (bytes: Uint8Array): number =>
  bytes.reduce((lines, byte) => lines + Number(byte === NEWLINE), 1);
