/**
 * Files that a page takes from its reader and gives back: in memory, where the library reads and
 * writes them.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function ensureFolder(dir: string): void {
  if (isFolder(dir)) return;
  ensureFolder(dirname(dir));
  mkdirSync(dir);
}

/** Writes a file in place of one that is there; folders above it are made. */
export function putFile(path: string, content: string | Uint8Array): void {
  ensureFolder(dirname(path));
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const handle = openSync(path, "w");
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
  } finally {
    closeSync(handle);
  }
}

/** What is in a folder, sorted by name. */
export const listFolder = (dir: string): { name: string; folder: boolean; modified: number }[] =>
  readdirSync(dir)
    .sort()
    .map((name) => {
      const stat = statSync(join(dir, name));
      return { name, folder: stat.isDirectory(), modified: stat.mtimeMs };
    });

/** All files in a folder and in those below it, by their paths from there. */
export function filesIn(dir: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const add = (name: string): void => {
    const path = join(dir, name);
    if (!isFolder(path)) files.set(name, readFileSync(path));
    else for (const entry of readdirSync(path).sort()) add(join(name, entry));
  };
  add("");
  return files;
}

/** Removes a file, or a folder with all that is in it; nothing where there is none. */
export function remove(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return;
  if (!isFolder(path)) return unlinkSync(path);
  for (const name of readdirSync(path)) remove(join(path, name));
  rmdirSync(path);
}
