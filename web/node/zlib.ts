/** node:zlib */
import { Inflate } from "pako";
import { Buffer } from "./buffer.js";

const failed = (code: string, message: string): Error =>
  Object.assign(new Error(message), { code });

/** Throws Node's codes for what is damaged, cut short or larger than it may be. */
export function gunzipSync(bytes: Uint8Array, { maxOutputLength = 2 ** 32 } = {}): Buffer {
  const inflate = new Inflate();
  const parts: Uint8Array[] = [];
  let length = 0;
  inflate.onData = (part: Uint8Array) => {
    length += part.length;
    if (length > maxOutputLength) throw failed("ERR_BUFFER_TOO_LARGE", "larger than asked for");
    parts.push(part);
  };
  inflate.push(bytes, true);
  if (inflate.err) throw failed("Z_DATA_ERROR", inflate.msg);
  if (!inflate.ended) throw failed("Z_BUF_ERROR", "unexpected end of file");
  return Buffer.concat(parts);
}
