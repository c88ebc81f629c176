/** Folders: made where they are not there, and what stands in their place. */
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { CheckpointError } from "../../errors.js";
import { codeOf, isLink, unusable } from "./file.js";

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** What stands where a folder is wanted; undefined for nothing, a folder, what cannot be seen. */
export function inTheWay(path: string): string | undefined {
  try {
    return statSync(path).isDirectory() ? undefined : "is a file";
  } catch (error) {
    const nothing = ["ENOENT", "ELOOP"].includes(codeOf(error));
    return nothing && isLink(path) ? "is a link to nothing" : undefined;
  }
}

/**
 * Makes a folder, and those above it, where they are not there. (Node's own `recursive` goes on for
 * ever where a folder exists and takes none below it, as /proc.)
 * @throws CheckpointError naming the folder that cannot be made
 */
export function ensureFolder(dir: string): void {
  if (isFolder(dir)) return;
  if (dirname(dir) !== dir) ensureFolder(dirname(dir));
  try {
    mkdirSync(dir);
  } catch (error) {
    if (isFolder(dir)) return; // Another process was faster.
    const obstacle = inTheWay(dir);
    if (obstacle === undefined) throw unusable(dir, "cannot be made", error);
    throw new CheckpointError(dir, `${obstacle}; choose another folder with --out`);
  }
}
