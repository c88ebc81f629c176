/**
 * SHA-256 of a file's bytes. Beside the tokens stands what it was of each file, by path, size,
 * times and inode, so that a text that nobody touched is not gone through again.
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { quietly, readWhole, writeFileAtomic } from "../../disk/file.js";
import { sha256 } from "../../disk/sums.js";

/** What tells that a file is the one it was. */
interface Seen {
  readonly path: string;
  readonly size: string;
  readonly modified: string;
  readonly changed: string;
  readonly inode: string;
}

/** Times of files are no finer than this, in milliseconds: a later change may have the same one. */
const COARSEST = 2000;
const PIECE = 1 << 20;

function look(path: string): Seen {
  const { size, mtimeNs, ctimeNs, ino } = statSync(path, { bigint: true });
  const [modified, changed] = [String(mtimeNs), String(ctimeNs)];
  return { path, size: String(size), modified, changed, inode: String(ino) };
}

const isSame = (one: Seen, other: Seen): boolean => JSON.stringify(one) === JSON.stringify(other);

/** A file's bytes. */
export interface Content {
  readonly sha256: string;
  /** Whether the file is as it was when it was asked for, as far as its times tell. */
  isUnchanged(): boolean;
}

/** The content of a file, whose digest a folder may know. Throws the system's own error. */
export function contentOf(file: string, folder: string): Content {
  const path = resolve(file);
  const began = Date.now();
  const seen = look(path);
  const isUnchanged = (): boolean => isSame(seen, look(path));
  const note = join(folder, `${sha256(path).slice(0, 32)}.json`);
  const known = digestIn(note, seen);
  if (known !== undefined) return { sha256: known, isUnchanged };
  const digest = digestOf(path);
  const isOld = Number(seen.changed) / 1e6 < began - COARSEST;
  // Where a folder cannot be written the tokens are not kept either, which is said there.
  if (isOld && isUnchanged())
    quietly(() => writeFileAtomic(note, `${JSON.stringify({ ...seen, sha256: digest })}\n`));
  return { sha256: digest, isUnchanged };
}

function digestIn(note: string, seen: Seen): string | undefined {
  try {
    const text = readWhole(note)?.toString() ?? "";
    const { sha256: digest, ...file } = JSON.parse(text) as Seen & { sha256: unknown };
    return isSame(file, seen) && /^[0-9a-f]{64}$/.test(String(digest)) ? String(digest) : undefined;
  } catch {
    return undefined; // none, or not one that was written here
  }
}

function digestOf(path: string): string {
  const handle = openSync(path, "r");
  try {
    const [hash, piece] = [createHash("sha256"), Buffer.allocUnsafe(PIECE)];
    for (let got = -1; got !== 0;) {
      got = readSync(handle, piece, 0, PIECE, null);
      hash.update(piece.subarray(0, got));
    }
    return hash.digest("hex");
  } finally {
    closeSync(handle);
  }
}
