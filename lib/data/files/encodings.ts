/** A file's bytes as the text that they stand for: gzip is unpacked, UTF-16 becomes UTF-8. */
import { gunzipSync } from "node:zlib";
import { DataError } from "../../errors.js";
import { requireMemory, MOST_BYTES } from "./memory.js";

/** Whether a file begins as gzip does. */
const isPacked = (bytes: Buffer): boolean =>
  bytes.length > 18 && bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Whether a file is UTF-8, if it is a text at all: neither gzip nor UTF-16.
 * @param head its first `LOOK` bytes
 * @param size bytes of the file
 */
export const isPlain = (head: Buffer, size: number): boolean =>
  !isPacked(head) && markOf(head) === undefined && unmarkedOrder(head, size) === undefined;

/** The bytes of a gzip file unpacked; any others as they came. @throws DataError */
export function unpacked(source: string, bytes: Buffer): Buffer {
  if (!isPacked(bytes)) return bytes;
  // The last four bytes say how many the (last) packed file has.
  requireMemory(source, bytes.readUInt32LE(bytes.length - 4));
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const large = code === "ERR_BUFFER_TOO_LARGE";
    const what = `a gzip file that is damaged (${code}): copy it again`;
    throw new DataError(source, large ? "larger than 2 GiB: split it into smaller files" : what);
  }
}

type ByteOrder = "le" | "be";

/**
 * UTF-16 as UTF-8, any other bytes as they came. A byte order mark tells it; without one, that half
 * of its bytes for Latin letters, and of its line breaks, are 0.
 * @throws DataError where a mark says UTF-16 and the bytes are none
 */
export function recoded(source: string, bytes: Buffer): Buffer {
  const marked = markOf(bytes);
  const order = marked ?? unmarkedOrder(bytes);
  if (order === undefined) return bytes;
  try {
    return fromUtf16(bytes, order);
  } catch {
    if (marked === undefined) return bytes;
    throw new DataError(source, "not UTF-16 text, as its first bytes say: save the file as UTF-8");
  }
}

function markOf(bytes: Buffer): ByteOrder | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe && !(c === 0 && d === 0)) return "le"; // UTF-32 would go on with 0
  return a === 0xfe && b === 0xff ? "be" : undefined;
}

/** Enough to tell. */
export const LOOK = 1 << 16;
const NEWLINE = 10;
const isControl = (unit: number): boolean =>
  unit < 32 && unit !== 9 && unit !== NEWLINE && unit !== 13;

function unmarkedOrder(bytes: Buffer, size = bytes.length): ByteOrder | undefined {
  if (size % 2 !== 0) return undefined;
  const part = bytes.subarray(0, LOOK);
  if (!part.includes(0)) return undefined;
  const orders = (["le", "be"] as const).filter((order) => looksLikeUtf16(part, order));
  return orders.length === 1 ? orders[0] : undefined;
}

function looksLikeUtf16(part: Buffer, order: ByteOrder): boolean {
  let [lines, others, latin] = [0, 0, 0];
  for (let at = 0; at < part.length; at += 2) {
    const unit = order === "le" ? part.readUInt16LE(at) : part.readUInt16BE(at);
    if (isControl(unit) || unit >= 0xfffe) return false;
    if (unit === NEWLINE) lines++;
    else if ((unit & 0xff) === NEWLINE) others++; // of UTF-8, most of its line breaks
    if (unit < 128) latin++;
  }
  return lines > others || 2 * latin >= part.length / 2;
}

/** Bytes that are a string at a time; even. */
const PIECE = 1 << 20;

function fromUtf16(bytes: Buffer, order: ByteOrder): Buffer {
  const decoder = new TextDecoder(`utf-16${order}`, { fatal: true });
  const text = Buffer.allocUnsafeSlow(Math.ceil(1.5 * bytes.length) + 3);
  let length = 0;
  for (let from = 0; from < bytes.length; from += PIECE) {
    const piece = bytes.subarray(from, from + PIECE);
    length += text.write(decoder.decode(piece, { stream: true }), length);
  }
  length += text.write(decoder.decode(), length);
  return text.subarray(0, length);
}
