/** Single files: read whole or not at all, written whole or not at all. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { CheckpointError } from "../../errors.js";

const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants;
// Windows lacks these.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_DIRECTORY = 0 } = constants;

export const codeOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error as Error).message;

export const unusable = (file: string, what: string, error: unknown): CheckpointError =>
  new CheckpointError(file, `${what} (${codeOf(error)})`);

/** For cleaning up: an error of it would hide the one that made it necessary. */
export function quietly(cleanUp: () => void): void {
  try {
    cleanUp();
  } catch {
    // What is left does no harm.
  }
}

/** Opens a file for `use` and closes it; an error of closing counts where `use` had none. */
function withOpen<T>(file: string, flags: number, use: (handle: number) => T): T {
  const handle = openSync(file, flags);
  let result: T;
  try {
    result = use(handle);
  } catch (error) {
    quietly(() => closeSync(handle));
    throw error;
  }
  closeSync(handle);
  return result;
}

/**
 * The size of an open file; throws for anything else. O_NONBLOCK opens a pipe, too, without waiting
 * for its other end.
 */
function sizeOf(handle: number): number {
  const stat = fstatSync(handle);
  if (stat.isFile()) return stat.size;
  throw new Error(stat.isDirectory() ? "EISDIR" : "expected a file, got a pipe or a device");
}

/**
 * The bytes of a file as large as it says it is; undefined where there is none.
 * @throws CheckpointError for what cannot be read or is no file (a folder, a pipe)
 */
export function readWhole(file: string): Buffer | undefined {
  try {
    return withOpen(file, O_RDONLY | O_NONBLOCK, (handle) => {
      const bytes = Buffer.allocUnsafe(sizeOf(handle));
      let length = 0;
      for (let read = -1; length < bytes.length && read !== 0; length += read) {
        read = readSync(handle, bytes, length, bytes.length - length, null);
      }
      return bytes.subarray(0, length);
    });
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw unusable(file, "cannot be read", error);
  }
}

/** Whether a path is a symbolic link; false also for what cannot be seen. */
export function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function writeAll(handle: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
}

/**
 * Makes a file where there is none: a link or a pipe that somebody put there is neither followed
 * nor waited for. What cannot be written whole is removed. Throws the system's own error.
 * @param sync on the disk before this returns, not only with the operating system
 */
export function create(file: string, bytes: Uint8Array, sync = false): void {
  let made = false;
  try {
    withOpen(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, (handle) => {
      made = true;
      writeAll(handle, bytes);
      if (sync) fsyncSync(handle);
    });
  } catch (error) {
    if (made) quietly(() => unlinkSync(file));
    throw error;
  }
}

/** Adds to a file that is there. @throws CheckpointError also for a link, which is not followed */
export function append(file: string, bytes: Uint8Array): void {
  try {
    withOpen(file, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK, (handle) => {
      sizeOf(handle);
      writeAll(handle, bytes);
    });
  } catch (error) {
    throw unusable(file, "cannot be written", error);
  }
}

/** Removes a file, if there is one. Throws the system's own error. */
export function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** What names of staged files end with: those of the holder of a folder's lock, and all others. */
const ENDINGS = { locked: "mm-run.tmp", free: "mm-file.tmp" } as const;

/** Names that only `stage` gives: FILE, 128 random bits that nobody can guess, ending. */
export const STAGED = {
  locked: /^.+\.[0-9a-f]{32}\.mm-run\.tmp$/,
  free: /^.+\.[0-9a-f]{32}\.mm-file\.tmp$/,
} as const;

/** A file that is written and not yet in place. */
export interface Staged {
  /** Puts it in place. @throws CheckpointError */
  commit(): void;
  /** Removes it, unless it is in place; never throws. */
  discard(): void;
}

interface StageOptions {
  /** on the disk before `stage` returns (the default) */
  readonly sync?: boolean;
  /** who writes: the holder of the folder's lock, or anyone (the default) */
  readonly by?: keyof typeof ENDINGS;
}

/** A name beside a file that nobody can guess. */
export const stagedName = (file: string, by: keyof typeof ENDINGS = "free"): string =>
  `${file}.${randomBytes(16).toString("hex")}.${ENDINGS[by]}`;

/** Writes what will be `file` beside it. @throws CheckpointError, and nothing is left */
export function stage(file: string, bytes: Uint8Array, options: StageOptions = {}): Staged {
  const { sync = true, by = "free" } = options;
  const staged = stagedName(file, by);
  const named = (call: () => void): void => {
    try {
      call();
    } catch (error) {
      throw unusable(file, "cannot be written", error);
    }
  };
  named(() => create(staged, bytes, sync));
  return {
    commit: () => named(() => renameSync(staged, file)),
    discard: () => quietly(() => remove(staged)),
  };
}

/** Text as UTF-8. */
export const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === "string" ? Buffer.from(content) : content;

/** Puts the renames in a folder on the disk. Windows has no such call. @throws CheckpointError */
export function syncFolder(dir: string): void {
  if (process.platform === "win32") return;
  try {
    withOpen(dir, O_RDONLY | O_DIRECTORY | O_NONBLOCK, fsyncSync);
  } catch (error) {
    throw unusable(dir, "cannot be written", error);
  }
}

/**
 * Writes beside the file, flushes to the disk, renames: a reader sees the old file or the new one,
 * whole.
 * @throws CheckpointError
 */
export function writeFileAtomic(file: string, content: string | Uint8Array): void {
  const staged = stage(file, bytesOf(content));
  try {
    staged.commit();
  } catch (error) {
    staged.discard();
    throw error;
  }
}
