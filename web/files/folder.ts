/**
 * Files that a page takes from its reader and gives back: in memory, where the library reads and
 * writes them.
 */
import { readdirSync, rmdirSync, statSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkText, kind } from "../../lib/check.js";
import { readWhole, unusable, writeFileAtomic } from "../../lib/run/disk/file.js";
import { ensureFolder } from "../../lib/run/disk/folder.js";

const checkContent = kind<string | Uint8Array>(
  "a string or a Uint8Array",
  (x) => typeof x === "string" || x instanceof Uint8Array,
);

/**
 * Writes a file in place of one that is there; folders above it are made.
 * @throws CheckpointError where a file is in the way, or no memory is left
 */
export function putFile(path: string, content: string | Uint8Array): void {
  checkText("putFile: path", path);
  checkContent("putFile: content", content);
  ensureFolder(dirname(path));
  writeFileAtomic(path, content);
}

/** What a folder holds. */
export interface FolderEntry {
  readonly name: string;
  /** false: it is a file */
  readonly folder: boolean;
  /** when it was written, in milliseconds since 1970 */
  readonly modified: number;
}

/** What is in a folder, sorted by name. @throws CheckpointError where there is none */
export function listFolder(dir: string): FolderEntry[] {
  try {
    return readdirSync(checkText("listFolder: dir", dir))
      .sort()
      .map((name) => {
        const stat = statSync(join(dir, name));
        return { name, folder: stat.isDirectory(), modified: stat.mtimeMs };
      });
  } catch (error) {
    throw unusable(dir, "cannot be read", error);
  }
}

/**
 * All files in a folder and in those below it, by their paths from there.
 * @throws CheckpointError where there is no such folder
 */
export function filesIn(dir: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const add = (below: string): void => {
    for (const { name, folder } of listFolder(join(dir, below))) {
      const path = join(below, name);
      if (folder) add(path);
      else files.set(path, readWhole(join(dir, path)) ?? new Uint8Array(0));
    }
  };
  add("");
  return files;
}

/**
 * Removes a file, or a folder with all that is in it; nothing where there is none.
 * @throws CheckpointError where it cannot be removed
 */
export function remove(path: string): void {
  try {
    removeAll(checkText("remove: path", path));
  } catch (error) {
    throw unusable(path, "cannot be removed", error);
  }
}

function removeAll(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) return unlinkSync(path);
  for (const name of readdirSync(path)) removeAll(join(path, name));
  rmdirSync(path);
}
