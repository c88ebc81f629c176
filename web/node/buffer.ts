/** node:buffer */
import { Buffer } from "buffer";

export { Buffer };

// Between texts and UTF-8 the browser's own coders stand in for the package's, which are slower and
// differ from Node in what is no Unicode (halves of surrogate pairs, bytes that are no UTF-8).
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { fatal: true });

const isCode = (encoding: unknown): boolean =>
  encoding === undefined || (typeof encoding === "string" && /^utf-?8$/i.test(encoding));

const { from, byteLength } = Buffer as unknown as Record<string, (...given: unknown[]) => unknown>;
const { toString, write } = Buffer.prototype;

Object.assign(Buffer, {
  from(value: unknown, ...rest: unknown[]): unknown {
    if (typeof value !== "string" || !isCode(rest[0])) return from(value, ...rest);
    const { buffer, byteOffset, length } = encoder.encode(value);
    return from(buffer, byteOffset, length);
  },
  byteLength: (value: unknown, encoding?: unknown): unknown =>
    typeof value === "string" && isCode(encoding)
      ? encoder.encode(value).length
      : byteLength(value, encoding),
});

Object.assign(Buffer.prototype, {
  toString(this: Buffer, encoding?: string, start = 0, end = this.length): string {
    if (!isCode(encoding)) return toString.call(this, encoding, start, end);
    return decoder.decode(this.subarray(Math.max(0, start), Math.max(0, end)));
  },
  write(this: Buffer, text: string, offset: number = 0, ...rest: [number?, string?]): number {
    if (typeof offset !== "number" || rest.length > 0)
      return write.call(this, text, offset, ...rest);
    return encoder.encodeInto(text, this.subarray(offset)).written;
  },
});

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
