/** Single files: read whole or not at all, written whole or not at all. */
import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { CheckpointError } from "../../errors.js";

export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? (error as Error).message;

export const unusable = (file: string, what: string, error: unknown): CheckpointError => new CheckpointError(file, `${what} (${codeOf(error)})`);

/**
 * The bytes of a file as large as it says it is; undefined where there is none.
 * @throws CheckpointError for what cannot be read or is no file (a folder; a pipe, which would be waited for)
 */
export function readWhole(file: string): Buffer | undefined {
  let handle: number;
  try {
    handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw unusable(file, "cannot be read", error);
  }
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) throw new Error(stat.isDirectory() ? "EISDIR" : "expected a file, got a pipe or a device");
    const bytes = Buffer.allocUnsafe(stat.size);
    let length = 0;
    for (let read = -1; length < bytes.length && read !== 0; length += read) read = readSync(handle, bytes, length, bytes.length - length, null);
    return bytes.subarray(0, length);
  } catch (error) {
    throw unusable(file, "cannot be read", error);
  } finally {
    closeSync(handle);
  }
}

const temporary = (file: string): string => `${file}.tmp`;

/** Writes what `commit` will put in place. `sync`: on the disk before this returns, not only with the operating system. */
export function stage(file: string, bytes: Uint8Array, sync = true): void {
  const handle = openSync(temporary(file), "w");
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    if (sync) fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
export const commit = (file: string): void => renameSync(temporary(file), file);
export const unstage = (file: string): void => rmSync(temporary(file), { force: true });

/** Text as UTF-8. */
export const bytesOf = (content: string | Uint8Array): Uint8Array => (typeof content === "string" ? Buffer.from(content) : content);

/** Puts the renames in a folder on the disk. Windows has no such call. */
export function syncFolder(dir: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(dir, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Writes under a temporary name, flushes to the disk, renames: a reader sees the old file or the new one, whole. */
export function writeFileAtomic(file: string, content: string | Uint8Array): void {
  try {
    stage(file, bytesOf(content));
    commit(file);
  } catch (error) {
    unstage(file);
    throw unusable(file, "cannot be written", error);
  }
}
