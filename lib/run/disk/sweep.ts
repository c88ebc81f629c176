/** What killed processes left in a folder: files of names that only this package gives. */
import { lstatSync, readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { quietly, STAGED } from "./file.js";

/** No process is still at a file that nobody wrote to for so long (milliseconds). */
const HOUR = 3_600_000;

/**
 * Removes the files whose name matches `pattern` and of which `isLitter` says so. Links and folders
 * stay, and what cannot be read or removed: litter keeps nobody from working.
 * @param isLitter is given the path, and whether the file is older than an hour
 */
export function sweep(
  dir: string,
  pattern: RegExp,
  isLitter: (file: string, old: boolean) => boolean,
): void {
  const sweepOne = (file: string): void => {
    const stat = lstatSync(file);
    const old = Date.now() - stat.mtimeMs > HOUR;
    if (stat.isFile() && isLitter(file, old)) unlinkSync(file);
  };
  quietly(() => {
    for (const name of readdirSync(dir)) {
      if (pattern.test(name)) quietly(() => sweepOne(join(dir, name)));
    }
  });
}

/** Staged files that anyone may be writing, so that only old ones are litter. */
export const sweepFree = (dir: string): void => sweep(dir, STAGED.free, (_, old) => old);

/** All staged files; for the holder of the folder's lock, who has none of his own yet. */
export function sweepStaged(dir: string): void {
  sweep(dir, STAGED.locked, () => true);
  sweepFree(dir);
}
