/** Open files. */
import { constants } from "./constants.js";
import { File, FileError, find, Folder, isDots, placeOf } from "./tree.js";

const { O_ACCMODE, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_DIRECTORY } = constants;

interface Handle {
  readonly entry: File | Folder;
  readonly flags: number;
  position: number;
}

const handles = new Map<number, Handle>();
/** 0 to 2 are a process's own. */
const FIRST = 3;

function handleOf(number: number): Handle {
  const handle = handles.get(number);
  if (handle === undefined) throw new FileError("EBADF");
  return handle;
}

const FLAGS: Readonly<Record<string, number>> = {
  r: 0,
  "r+": O_RDWR,
  w: O_WRONLY | O_CREAT | O_TRUNC,
  wx: O_WRONLY | O_CREAT | O_EXCL,
  a: O_WRONLY | O_CREAT | O_APPEND,
};

export function openSync(path: string, how: string | number = "r"): number {
  const flags = typeof how === "number" ? how : FLAGS[how];
  const opened = entryFor(path, flags);
  if (opened instanceof File && flags & O_TRUNC) opened.empty();
  let number = FIRST;
  while (handles.has(number)) number++;
  handles.set(number, { entry: opened, flags, position: 0 });
  return number;
}

function entryFor(path: string, flags: number): File | Folder {
  if (!(flags & O_CREAT)) {
    const entry = find(path);
    if (entry instanceof Folder && flags & (O_ACCMODE | O_TRUNC))
      throw new FileError("EISDIR", path);
    if (entry instanceof File && flags & O_DIRECTORY) throw new FileError("ENOTDIR", path);
    return entry;
  }
  const { folder, name, entry, slash } = placeOf(path);
  if (slash && !isDots(name)) throw new FileError("EISDIR", path);
  if (entry !== undefined && flags & O_EXCL) throw new FileError("EEXIST", path);
  if (entry instanceof Folder) throw new FileError("EISDIR", path);
  if (entry !== undefined) return entry;
  const made = new File();
  folder.set(name, made);
  return made;
}

export const closeSync = (number: number): void => {
  handleOf(number);
  handles.delete(number);
};

/** Memory is as safe as it will be. */
export const fsyncSync = (number: number): void => void handleOf(number);

export const entryOf = (number: number): File | Folder => handleOf(number).entry;

export function readSync(
  number: number,
  into: Uint8Array,
  offset = 0,
  length = into.length - offset,
  position: number | null = null,
): number {
  if (length === 0) return 0;
  const handle = handleOf(number);
  if ((handle.flags & O_ACCMODE) === O_WRONLY) throw new FileError("EBADF");
  if (handle.entry instanceof Folder) throw new FileError("EISDIR");
  const from = position ?? handle.position;
  const part = handle.entry.bytes.subarray(from, from + length);
  into.set(part, offset);
  if (position === null) handle.position += part.length;
  return part.length;
}

export function writeSync(
  number: number,
  bytes: Uint8Array,
  offset = 0,
  length = bytes.length - offset,
): number {
  const handle = handleOf(number);
  const { entry, flags } = handle;
  if (!(flags & (O_WRONLY | O_RDWR)) || entry instanceof Folder) throw new FileError("EBADF");
  const at = flags & O_APPEND ? entry.bytes.length : handle.position;
  entry.write(bytes.subarray(offset, offset + length), at);
  handle.position = at + length;
  return length;
}
