/** node:crypto */
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { Buffer } from "./buffer.js";

const HASHES = { sha256, sha512 };

export function createHash(name: keyof typeof HASHES) {
  const hash = HASHES[name].create();
  function digest(encoding: "hex"): string;
  function digest(): Buffer;
  function digest(encoding?: "hex"): string | Buffer {
    const bytes = hash.digest();
    return encoding === "hex" ? bytesToHex(bytes) : Buffer.from(bytes);
  }
  const chain = {
    update(data: string | ArrayBufferView) {
      hash.update(typeof data === "string" ? utf8ToBytes(data) : bytesOf(data));
      return chain;
    },
    digest,
  };
  return chain;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

export const randomBytes = (n: number): Buffer =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(n)));

/** Not `crypto.randomUUID`, which only pages of https, of this machine and from disk have. */
export function randomUUID(): string {
  const bytes = randomBytes(16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40; // version 4
  bytes[8] = (bytes[8] & 0x3f) | 0x80; // RFC 9562's variant
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
