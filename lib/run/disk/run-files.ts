/**
 * The files of a run as its one writer sees them: replaced together, each listed in SHA256SUMS
 * before it is in place.
 */
import { existsSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { bytesOf, quietly, readWhole, remove, stage, type Staged, syncFolder } from "./file.js";
import { lockFolder } from "./lock.js";
import {
  digestOf,
  formatSums,
  NONE,
  parseSums,
  readSums,
  sha256,
  SUMS,
  type Sums,
} from "./sums.js";
import { sweepStaged } from "./sweep.js";

export class RunFiles {
  readonly dir: string;
  private readonly unlock: () => void;
  private sums: Sums;
  /** by this writer: name and digest */
  private readonly written = new Map<string, string>();
  /** names that it wrote or began to */
  private readonly touched = new Set<string>();
  private closed = false;

  /**
   * Takes the folder and removes what a killed writer left of files that never came into place.
   * @throws CheckpointError when another process holds the folder, or it cannot be written
   */
  constructor(dir: string) {
    this.dir = dir;
    this.unlock = lockFolder(dir);
    sweepStaged(dir);
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
   * Replaces files, all of which are on the disk (unless `sync` is false) before the first is in
   * place. Killed on the way every file is the old one or the new one, and listed. What this writer
   * wrote before is not written again.
   * @throws CheckpointError naming the file that cannot be written
   */
  write(files: Readonly<Record<string, string | Uint8Array>>, { sync = true } = {}): void {
    const changed = Object.entries(files)
      .map(([name, content]) => {
        const bytes = bytesOf(content);
        return { name, bytes, digest: sha256(bytes) };
      })
      .filter(({ name, digest }) => this.written.get(name) !== digest);
    if (changed.length === 0) return;
    const ahead: Sums = new Map(this.sums);
    for (const { name, digest } of changed)
      ahead.set(name, [digest, ...this.before(name).filter((old) => old !== digest)]);
    this.replace(
      [{ name: SUMS, bytes: Buffer.from(formatSums(ahead)) }, ...changed],
      sync,
      (name, digest) => {
        if (digest === undefined) {
          this.sums = ahead;
          for (const file of changed) this.touched.add(file.name);
        } else {
          this.sums.set(name, [digest]);
          this.written.set(name, digest);
        }
      },
    );
  }

  /** What a file may hold now. One that is there and not listed stays unlisted. */
  private before(name: string): readonly string[] {
    return this.sums.get(name) ?? (existsSync(join(this.dir, name)) ? [] : [NONE]);
  }

  /**
   * The first file is in place, on the disk, before the others are; alone it need not be there when
   * this returns.
   */
  private replace(
    files: readonly { name: string; bytes: Uint8Array; digest?: string }[],
    sync: boolean,
    done: (name: string, digest?: string) => void,
  ): void {
    const staged: Staged[] = [];
    try {
      for (const { name, bytes } of files) {
        staged.push(stage(join(this.dir, name), bytes, { sync, by: "locked" }));
      }
      for (const [i, { name, digest }] of files.entries()) {
        staged[i].commit();
        done(name, digest);
        if (sync && files.length > 1 && (i === 0 || i === files.length - 1)) syncFolder(this.dir);
      }
    } catch (error) {
      for (const file of staged) file.discard();
      throw error;
    }
  }

  /** Lets the folder go; SHA256SUMS has a line for each file and no more. Never throws. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    // Where that fails, what was there before stays listed too: no reader is misled, and the next
    // writer tidies.
    if (this.touched.size > 0) {
      const sums = { name: SUMS, bytes: Buffer.from(formatSums(this.sums)) };
      quietly(() => this.replace([sums], true, () => undefined));
    }
    this.unlock();
  }

  /**
   * Takes back what was written, and lets the folder go: it is gone too if there is nothing else in
   * it. What cannot be removed stays. Never throws.
   */
  discard(): void {
    for (const name of this.touched) {
      quietly(() => {
        remove(join(this.dir, name));
        this.sums.delete(name);
      });
    }
    if (this.sums.size === 0) {
      quietly(() => {
        remove(join(this.dir, SUMS));
        this.touched.clear();
      });
    }
    this.close();
    quietly(() => rmdirSync(this.dir));
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
