/** The files of a run as its one writer sees them: replaced together, each listed in SHA256SUMS before it is in place. */
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CheckpointError } from "../../errors.js";
import { bytesOf, commit, readWhole, stage, syncFolder, unstage, unusable } from "./file.js";
import { lockFolder } from "./lock.js";
import { digestOf, formatSums, NONE, parseSums, readSums, sha256, SUMS, type Sums } from "./sums.js";

export class RunFiles {
  readonly dir: string;
  private readonly unlock: () => void;
  private sums: Sums;
  /** by this writer: name and digest */
  private readonly written = new Map<string, string>();
  /** names that it wrote or began to */
  private readonly touched = new Set<string>();
  private closed = false;

  /** @throws CheckpointError when another process holds the folder, or it cannot be written */
  constructor(dir: string) {
    this.dir = dir;
    this.unlock = lockFolder(dir);
    try {
      this.sums = parseSums(dir, readSums(dir) ?? "");
      // Of a file that was being replaced when its writer died, what it is now.
      for (const [name, digests] of this.sums) {
        const now = digests.length > 1 ? digestOf(readWhole(join(dir, name))) : "";
        if (now === NONE && digests.includes(NONE)) this.sums.delete(name);
        else if (digests.includes(now)) this.sums.set(name, [now]);
      }
    } catch (error) {
      this.unlock();
      throw error;
    }
  }

  /**
   * Replaces files, all of which are on the disk (unless `sync` is false) before the first is in place. Killed on the way every file is the old
   * one or the new one, and listed. What this writer wrote before is not written again.
   * @throws CheckpointError naming the file that cannot be written
   */
  write(files: Readonly<Record<string, string | Uint8Array>>, { sync = true } = {}): void {
    const changed = Object.entries(files).map(([name, content]) => {
      const bytes = bytesOf(content);
      return { name, bytes, digest: sha256(bytes) };
    }).filter(({ name, digest }) => this.written.get(name) !== digest);
    if (changed.length === 0) return;
    const ahead: Sums = new Map(this.sums);
    for (const { name, digest } of changed) ahead.set(name, [digest, ...this.before(name).filter((old) => old !== digest)]);
    this.replace([{ name: SUMS, bytes: Buffer.from(formatSums(ahead)) }, ...changed], sync, (name, digest) => {
      if (digest === undefined) {
        this.sums = ahead;
        for (const file of changed) this.touched.add(file.name);
      } else {
        this.sums.set(name, [digest]);
        this.written.set(name, digest);
      }
    });
  }

  /** What a file may hold now. One that is there and not listed stays unlisted. */
  private before(name: string): readonly string[] {
    return this.sums.get(name) ?? (existsSync(join(this.dir, name)) ? [] : [NONE]);
  }

  /** The first file is in place, on the disk, before the others are; alone it need not be there when this returns. */
  private replace(files: readonly { name: string; bytes: Uint8Array; digest?: string }[], sync: boolean, done: (name: string, digest?: string) => void): void {
    let at = "";
    try {
      for (const { name, bytes } of files) stage((at = join(this.dir, name)), bytes, sync);
      for (const [i, { name, digest }] of files.entries()) {
        commit((at = join(this.dir, name)));
        done(name, digest);
        if (sync && files.length > 1 && (i === 0 || i === files.length - 1)) syncFolder(this.dir);
      }
    } catch (error) {
      for (const { name } of files) unstage(join(this.dir, name));
      throw unusable(at, "cannot be written", error);
    }
  }

  /** Lets the folder go; SHA256SUMS has a line for each file and no more. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    try {
      if (this.touched.size > 0) this.replace([{ name: SUMS, bytes: Buffer.from(formatSums(this.sums)) }], true, () => undefined);
    } catch (error) {
      // What was there before stays listed too: no reader is misled, the next writer tidies.
      if (!(error instanceof CheckpointError)) throw error;
    } finally {
      this.unlock();
    }
  }

  /** Takes back what was written, and lets the folder go: it is gone too if there is nothing else in it. What cannot be removed stays. */
  discard(): void {
    try {
      for (const name of this.touched) {
        rmSync(join(this.dir, name), { force: true });
        this.sums.delete(name);
      }
      if (this.sums.size === 0) {
        rmSync(join(this.dir, SUMS), { force: true });
        this.touched.clear();
      }
      this.close();
      if (readdirSync(this.dir).length === 0) rmdirSync(this.dir);
    } catch {
      this.unlock();
    }
  }
}

/** Writes as the only writer of a folder. */
export function withRunFiles<T>(dir: string, use: (files: RunFiles) => T): T {
  const files = new RunFiles(dir);
  try {
    return use(files);
  } finally {
    files.close();
  }
}
