/** Files and folders in memory, found by path, with the errors of a file system of Linux. */

const MESSAGES = {
  EBADF: "bad file descriptor",
  EBUSY: "resource busy or locked",
  EEXIST: "file already exists",
  EINVAL: "invalid argument",
  EISDIR: "illegal operation on a directory",
  ENAMETOOLONG: "name too long",
  ENOENT: "no such file or directory",
  ENOSPC: "no space left on device",
  ENOTDIR: "not a directory",
  ENOTEMPTY: "directory not empty",
  EPERM: "operation not permitted",
} as const;
type Code = keyof typeof MESSAGES;

/** As Node's: `code` says what is wrong. */
export class FileError extends Error {
  constructor(
    readonly code: Code,
    readonly path?: string,
  ) {
    super(`${code}: ${MESSAGES[code]}${path === undefined ? "" : `, '${path}'`}`);
  }
}

export class File {
  /** larger than the file while it grows */
  #memory: Uint8Array | (() => Uint8Array);
  #size: number | undefined;
  modified = Date.now();

  /** @param content what makes it is called when the file is first looked at */
  constructor(content: Uint8Array | (() => Uint8Array) = new Uint8Array(0)) {
    this.#memory = content;
  }

  /** The file's bytes, no copy. */
  get bytes(): Uint8Array {
    if (typeof this.#memory === "function") this.#memory = this.#memory();
    this.#size ??= this.#memory.length;
    return this.#memory.subarray(0, this.#size);
  }

  /** @throws FileError where there is no memory for it */
  write(bytes: Uint8Array, at: number): void {
    const old = this.bytes;
    const end = at + bytes.length;
    if (end > (this.#memory as Uint8Array).length) {
      const larger = memory(Math.max(end, 2 * old.length));
      larger.set(old);
      this.#memory = larger;
    }
    (this.#memory as Uint8Array).set(bytes, at);
    this.#size = Math.max(end, old.length);
    this.modified = Date.now();
  }

  empty(): void {
    this.#memory = new Uint8Array(0);
    this.#size = 0;
    this.modified = Date.now();
  }
}

function memory(length: number): Uint8Array {
  try {
    return new Uint8Array(length);
  } catch {
    throw new FileError("ENOSPC");
  }
}

export class Folder {
  readonly entries = new Map<string, File | Folder>();
  modified = Date.now();

  set(name: string, entry: File | Folder): void {
    this.entries.set(name, entry);
    this.modified = Date.now();
  }

  delete(name: string): void {
    this.entries.delete(name);
    this.modified = Date.now();
  }
}

/** The only one, and the folder that relative paths start from. */
export const root = new Folder();

/** Where a name stands, whether or not there is something of that name. */
export interface Place {
  readonly folder: Folder;
  /** "" for the root, "." and ".." where the path ends so */
  readonly name: string;
  readonly entry: File | Folder | undefined;
  /** the path ends with a slash: only a folder can be meant */
  readonly slash: boolean;
  /** from the root to `folder` */
  readonly above: readonly Folder[];
}

/** No entry has these names. */
export const isDots = (name: string): boolean => ["", ".", ".."].includes(name);

const LONGEST_NAME = 255; // bytes

/** As Node does before it asks the system. */
export function checkPath(path: string): void {
  if (!path.includes("\0")) return;
  const code = "ERR_INVALID_ARG_VALUE";
  throw Object.assign(new TypeError(`path: expected no NUL byte, got '${path}'`), { code });
}

/** @throws FileError where a folder on the way is missing, or is none */
export function placeOf(path: string): Place {
  checkPath(path);
  if (path === "") throw new FileError("ENOENT", path);
  const names = path.split("/").filter((name) => name !== "");
  const last = names.pop() ?? "";
  const above = [root];
  for (const name of names) {
    const entry = step(above, name, path);
    if (entry === undefined) throw new FileError("ENOENT", path);
    if (!(entry instanceof Folder)) throw new FileError("ENOTDIR", path);
    if (name === "..") above.splice(1 + above.indexOf(entry));
    else if (name !== ".") above.push(entry);
  }
  const folder = above[above.length - 1];
  const entry = last === "" ? root : step(above, last, path);
  return { folder, name: last, entry, slash: path.endsWith("/"), above };
}

/** What a name means in the last of the folders `above`. */
function step(above: readonly Folder[], name: string, path: string): File | Folder | undefined {
  const folder = above[above.length - 1];
  if (name === ".") return folder;
  if (name === "..") return above[Math.max(0, above.length - 2)];
  if (new TextEncoder().encode(name).length > LONGEST_NAME)
    throw new FileError("ENAMETOOLONG", path);
  return folder.entries.get(name);
}

/** @throws FileError where there is nothing, or a file where only a folder can be meant */
export function find(path: string): File | Folder {
  const { entry, slash } = placeOf(path);
  if (entry === undefined) throw new FileError("ENOENT", path);
  if (slash && entry instanceof File) throw new FileError("ENOTDIR", path);
  return entry;
}
