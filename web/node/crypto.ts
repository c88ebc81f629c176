/** node:crypto */
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { Buffer } from "buffer";

const HASHES = { sha256, sha512 };

export function createHash(name: keyof typeof HASHES) {
  const hash = HASHES[name].create();
  const chain = {
    update(data: string | Uint8Array) {
      hash.update(typeof data === "string" ? new TextEncoder().encode(data) : data);
      return chain;
    },
    digest(encoding?: "hex") {
      const bytes = hash.digest();
      return encoding === "hex" ? bytesToHex(bytes) : Buffer.from(bytes);
    },
  };
  return chain;
}

export const randomBytes = (n: number): Buffer =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(n)));

export const randomUUID = (): string => crypto.randomUUID();
