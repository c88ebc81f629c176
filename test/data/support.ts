/**
 * What the tests of this folder share: temporary files, the error a call throws, arbitrary words.
 */

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";

export function sha256(data: string | NodeJS.ArrayBufferView): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Runs `use` with the path of a file of this content, which is gone afterwards. */
export function withFile<T>(content: string | Uint8Array, use: (file: string) => T): T {
  return withFolder((folder) => {
    const file = join(folder, "words.txt");
    writeFileSync(file, content);
    return use(file);
  });
}

export function withFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "mm-data-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What `call` throws, which must be a `kind` with a one-line message. */
export function errorOf<E extends Error>(
  kind: abstract new (...args: never[]) => E,
  call: () => unknown,
): E {
  try {
    call();
  } catch (error) {
    if (!(error instanceof kind)) throw error;
    if (/[\r\n]/.test(error.message))
      throw new Error(`the message has several lines: ${JSON.stringify(error.message)}`);
    return error;
  }
  throw new Error(`expected a ${kind.name}, but nothing was thrown`);
}

/**
 * Words of any code points but those that no word may contain; surrogate halves are not generated.
 */
export const anyWord = fc
  .string({ unit: "binary", minLength: 1, maxLength: 12 })
  .filter((word) => !/[\0\r\n]/.test(word));

export const anyWords = fc.array(anyWord, { minLength: 1, maxLength: 20 });
