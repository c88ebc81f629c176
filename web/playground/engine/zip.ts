/** Folders of files as .zip. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { UsageError } from "../../../lib/errors.js";

/** A file of an archive: its path there, and its bytes. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** What a run folder has at most: larger ones do not fit a page. */
const MOST_FILES = 10_000;
const MOST_BYTES = 2 ** 30;

export const zipped = (files: Files): Uint8Array<ArrayBuffer> =>
  new Uint8Array(zipSync({ ...files }, { level: 6 }));

/** The files in a folder, but those in folders of it. */
export function filesIn(
  dir: string,
  isWanted: (name: string) => boolean,
): Record<string, Uint8Array> {
  const names = readdirSync(dir).filter(isWanted);
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(dir, name))]));
}

/** @throws UsageError for what is no archive, or too large a one */
export function unzipped(bytes: Uint8Array, name: string): Files {
  const wrong = (what: string) =>
    new UsageError(`${name}: ${what}; expected a .zip of a run folder of mm-train`);
  let [count, size] = [0, 0];
  try {
    return unzipSync(bytes, {
      filter: ({ name: path, originalSize }) => {
        size += originalSize;
        if (++count > MOST_FILES || size > MOST_BYTES) throw wrong("too many or too large files");
        return !path.endsWith("/");
      },
    });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw wrong(`cannot be unpacked (${(error as Error).message})`);
  }
}
