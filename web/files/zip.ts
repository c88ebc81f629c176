/** A run folder as one file that a browser can save and open: a .zip. */
import { unzipSync, zipSync, type Zippable } from "fflate";
import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { checkText, kind } from "../../lib/check.js";
import { DataError, quote } from "../../lib/errors.js";
import { STAGED } from "../../lib/run/disk/file.js";
import { crc32, crcsIn } from "./zip-sums.js";
import { filesIn, listFolder, putFile, remove } from "./folder.js";

/** What belongs to a writer at work, not to the run: a lock, files that are not in place yet. */
const isPassing = (name: string): boolean =>
  [STAGED.locked, STAGED.free, /^run\.lock/].some((pattern) => pattern.test(basename(name)));

/**
 * The files of a folder as a .zip, in a folder of its name.
 * @throws CheckpointError where there is no such folder
 */
export function zipFolder(dir: string): Uint8Array {
  checkText("zipFolder: dir", dir);
  const files: Zippable = {};
  for (const [name, bytes] of filesIn(dir))
    if (!isPassing(name)) files[join(basename(dir), name)] = bytes;
  return zipSync(files);
}

const checkBytes = kind<Uint8Array>("a Uint8Array", (x) => x instanceof Uint8Array);

/** More than any run has; a .zip of a few bytes can say of itself that it holds much. */
const MOST_FILES = 1_000;
const MOST_BYTES = 2 ** 30;

/**
 * Puts the files of a .zip into a folder that is new or empty; returns their names. The folders
 * that all of them are in stay away, so that it does not matter from where a run folder was packed.
 * @param source names the .zip in errors
 * @throws DataError, and nothing is written, where it is damaged, holds no files, too many, too
 *   large ones, or one whose name would leave the folder, or where the folder holds something
 */
export function unzipInto(zip: Uint8Array, dir: string, source = "the .zip file"): string[] {
  checkBytes("unzipInto: zip", zip);
  checkText("unzipInto: dir", dir);
  checkText("unzipInto: source", source);
  const files = withoutFolders(unpack(zip, source));
  if (files.size === 0) throw new DataError(source, "holds no files: expected a run folder");
  if (holdsSomething(dir))
    throw new DataError(dir, "holds files already: choose another folder, or remove them first");
  try {
    for (const [name, bytes] of files) putFile(join(dir, name), bytes);
  } catch (error) {
    remove(dir);
    throw new DataError(source, `cannot be unpacked (${(error as Error).message})`);
  }
  return [...files.keys()];
}

const holdsSomething = (dir: string): boolean =>
  existsSync(dir) && (!statSync(dir).isDirectory() || listFolder(dir).length > 0);

/** Its files, without what macOS adds, and what a writer at work left. */
function unpack(zip: Uint8Array, source: string): Map<string, Uint8Array> {
  let [entry, count, bytes] = [0, 0, 0];
  /** by name: the place of its checksum */
  const names = new Map<string, number>();
  const wanted = ({ name, originalSize }: { name: string; originalSize: number }): boolean => {
    const place = entry++;
    if (name.endsWith("/") || /^__MACOSX\/|(^|\/)\.DS_Store$/.test(name) || isPassing(name))
      return false;
    checkName(name, source);
    if (names.has(name)) throw new DataError(source, `holds ${quote(name)} twice`);
    names.set(name, place);
    if (++count > MOST_FILES)
      throw new DataError(source, `holds more than ${MOST_FILES} files: expected a run folder`);
    bytes += originalSize;
    if (bytes > MOST_BYTES)
      throw new DataError(source, "holds more than 1 GiB: expected a run folder");
    return true;
  };
  try {
    const crcs = crcsIn(zip);
    const files = new Map(Object.entries(unzipSync(zip, { filter: wanted })));
    for (const [name, content] of files)
      if (crc32(content) !== crcs[names.get(name) ?? -1])
        throw new DataError(source, `${quote(name)} in it is damaged (CRC-32): pack it again`);
    return files;
  } catch (error) {
    if (error instanceof DataError) throw error;
    const { message } = error as Error;
    throw new DataError(source, `not a .zip file, or a damaged one (${message}): pack it again`);
  }
}

/** Names that stay in the folder on every system. */
function checkName(name: string, source: string): void {
  const parts = name.split("/");
  const bad =
    parts.some((part) => ["", ".", ".."].includes(part)) || /[\\\0]|^[A-Za-z]:/.test(name);
  if (bad)
    throw new DataError(source, `holds ${quote(name)}: expected names of files in a folder only`);
}

/** Without the folders that all files are in. */
function withoutFolders(files: Map<string, Uint8Array>): Map<string, Uint8Array> {
  const names = [...files.keys()];
  const shared = (names[0] ?? "").split("/").slice(0, -1);
  while (!names.every((name) => name.startsWith([...shared, ""].join("/")))) shared.pop();
  const length = [...shared, ""].join("/").length;
  return new Map([...files].map(([name, bytes]) => [name.slice(length), bytes]));
}
