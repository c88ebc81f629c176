/** node:fs, over files in memory: what the library calls, with the errors that Linux has. */
import { Buffer } from "./buffer.js";
import { entryOf } from "./memory/handles.js";
import "./memory/shipped.js";
import { checkPath, File, FileError, find, Folder, isDots, placeOf, root } from "./memory/tree.js";

export { constants } from "./memory/constants.js";
export { closeSync, fsyncSync, openSync, readSync, writeSync } from "./memory/handles.js";

export function existsSync(path: string): boolean {
  try {
    find(path);
    return true;
  } catch {
    return false;
  }
}

export const accessSync = (path: string): void => void find(path);

/** What is asked of a file or a folder. */
const statOf = (entry: File | Folder) => ({
  size: entry instanceof File ? entry.bytes.length : 0,
  mtimeMs: entry.modified,
  isFile: () => entry instanceof File,
  isDirectory: () => entry instanceof Folder,
  isSymbolicLink: () => false,
  isCharacterDevice: () => false,
});

export const fstatSync = (handle: number) => statOf(entryOf(handle));

export function statSync(path: string, { throwIfNoEntry = true } = {}) {
  try {
    return statOf(find(path));
  } catch (error) {
    if (!throwIfNoEntry && (error as FileError).code === "ENOENT") return undefined;
    throw error;
  }
}

/** There are no links. */
export const lstatSync = (path: string) => statSync(path);

export function readFileSync(path: string, encoding: BufferEncoding): string;
export function readFileSync(path: string): Buffer;
export function readFileSync(path: string, encoding?: BufferEncoding): string | Buffer {
  const file = find(path);
  if (file instanceof Folder) throw new FileError("EISDIR");
  const bytes = Buffer.from(file.bytes);
  return encoding === undefined ? bytes : bytes.toString(encoding);
}

/** The names in a folder, in the order of their making. */
export function readdirSync(path: string): string[] {
  const folder = find(path);
  if (folder instanceof File) throw new FileError("ENOTDIR", path);
  return [...folder.entries.keys()];
}

/** Not `recursive`, which the library does not ask for. */
export function mkdirSync(path: string): void {
  const { folder, name, entry } = placeOf(path);
  if (entry !== undefined) throw new FileError("EEXIST", path);
  folder.set(name, new Folder());
}

export function rmdirSync(path: string): void {
  const { folder, name, entry } = placeOf(path);
  if (entry === undefined) throw new FileError("ENOENT", path);
  if (entry instanceof File) throw new FileError("ENOTDIR", path);
  if (entry === root) throw new FileError("EBUSY", path);
  if (name === ".") throw new FileError("EINVAL", path);
  if (entry.entries.size > 0 || name === "..") throw new FileError("ENOTEMPTY", path);
  folder.delete(name);
}

export function unlinkSync(path: string): void {
  const entry = find(path);
  if (entry instanceof Folder) throw new FileError("EISDIR", path);
  const { folder, name } = placeOf(path);
  folder.delete(name);
}

/** A second name of a file. */
export function linkSync(path: string, second: string): void {
  checkPath(second);
  const entry = find(path);
  const to = placeOf(second);
  if (to.entry !== undefined) throw new FileError("EEXIST", path);
  if (to.slash) throw new FileError("ENOENT", path);
  if (entry instanceof Folder) throw new FileError("EPERM", path);
  to.folder.set(to.name, entry);
}

export function renameSync(path: string, target: string): void {
  checkPath(target);
  const from = placeOf(path);
  const to = placeOf(target);
  if (isDots(from.name) || isDots(to.name)) throw new FileError("EBUSY", path);
  const { entry } = from;
  if (entry === undefined) throw new FileError("ENOENT", path);
  const isFile = entry instanceof File;
  if (isFile && (from.slash || to.slash)) throw new FileError("ENOTDIR", path);
  if (entry === to.entry) return;
  if (isFile) {
    if (to.entry instanceof Folder) throw new FileError("EISDIR", path);
  } else {
    if (to.above.includes(entry)) throw new FileError("EINVAL", path);
    if (to.entry instanceof File) throw new FileError("ENOTDIR", path);
    if (to.entry !== undefined && to.entry.entries.size > 0) throw new FileError("ENOTEMPTY", path);
  }
  from.folder.delete(from.name);
  to.folder.set(to.name, entry);
}
