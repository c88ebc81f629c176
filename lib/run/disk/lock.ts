/**
 * run.lock: who writes in a run folder. The lock of a process that is gone (kill -9, a crash, a
 * reboot) is taken over.
 */
import { createHash, randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { CheckpointError } from "../../errors.js";
import { codeOf, create, isLink, quietly, readWhole, remove, unusable } from "./file.js";
import { sweep } from "./sweep.js";

const LOCK = "run.lock";

/**
 * Names of files made only while trying for a lock: with a UUID (`lockFolder`), a hash (`take`).
 */
const TRIES = /^run\.lock\.(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|after-[0-9a-f]{32})$/;

/**
 * A process, so that its number given to another one after it or after a reboot is not mistaken for
 * it; `boot` and `start` where /proc says them.
 */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly boot?: string;
  readonly start?: string;
}

/** undefined where a system has no /proc, and where the process is gone. */
function readProc(name: string): string | undefined {
  try {
    return readFileSync(`/proc/${name}`, "utf8");
  } catch {
    return undefined;
  }
}
const bootId = (): string | undefined => readProc("sys/kernel/random/boot_id")?.trim();

/**
 * When a process started, in ticks since the boot. One that ended and was not waited for (a zombie)
 * has no time.
 */
function startOf(pid: number): string | undefined {
  // The name in brackets may hold anything; behind it are the state, and 19 fields later the time.
  const fields = readProc(`${pid}/stat`)
    ?.replace(/^.*\) /s, "")
    .split(" ");
  return fields && (/[ZX]/.test(fields[0]) ? "ended" : fields[19]);
}

function isGone({ pid, host, boot, start }: Holder): boolean {
  if (host !== hostname()) return false; // not to be seen from here
  if (boot !== bootId()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
  const now = startOf(pid);
  return start !== undefined && now !== undefined && now !== start;
}

/** undefined for what no process wrote to its end: the machine stopped while it did. */
function holderIn(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null;
    return typeof holder?.pid === "number" && typeof holder.host === "string"
      ? (holder as Holder)
      : undefined;
  } catch {
    return undefined;
  }
}

const read = (file: string): string | undefined => readWhole(file)?.toString("utf8");

/** Whether a process that lives is at work in a folder. */
export function isAtWork(dir: string): boolean {
  try {
    const holder = holderIn(read(join(dir, LOCK)) ?? "");
    return holder !== undefined && !isGone(holder);
  } catch {
    return false; // who cannot read the lock cannot know
  }
}

/** Gives a whole file a second name if nothing has it: of many who try, one does. */
function claim(own: string, name: string, content: Uint8Array): boolean {
  try {
    try {
      linkSync(own, name);
    } catch (error) {
      // A file system without second names (FAT).
      if (!["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(codeOf(error))) throw error;
      create(name, content);
    }
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * Takes the lock of a folder; returns what gives it back.
 * @throws CheckpointError saying who has it
 */
export function lockFolder(dir: string): () => void {
  const lock = join(dir, LOCK);
  const own = `${lock}.${randomUUID()}`;
  const who: Holder & { token: string } = {
    pid: process.pid,
    host: hostname(),
    boot: bootId(),
    start: startOf(process.pid),
    token: own.slice(lock.length + 1),
  };
  const content = `${JSON.stringify(who)}\n`;
  try {
    create(own, Buffer.from(content));
    while (!take(dir, own, Buffer.from(content)));
  } catch (error) {
    throw error instanceof CheckpointError ? error : unusable(lock, "cannot be written", error);
  } finally {
    quietly(() => remove(own));
  }
  // Of processes that were killed while they tried; one that was while it wrote left no holder.
  sweep(dir, TRIES, (file, old) => {
    const holder = holderIn(read(file) ?? "");
    return holder === undefined ? old : isGone(holder);
  });
  return () =>
    quietly(() => {
      // Of a folder that cannot be changed any more the lock ends with this process.
      if (read(lock) === content) remove(lock);
    });
}

function inUse(lock: string, { pid, host }: Holder): string {
  const who =
    host !== hostname()
      ? `process ${pid} on ${host}`
      : pid === process.pid
        ? "this process"
        : `process ${pid}`;
  return (
    `${who} is at work in it: wait until it ends, or stop it (if it is none of mm-train's, ` +
    `remove ${lock})`
  );
}

/**
 * One try; false where others were at it and it is open who won. A stale lock is followed by a file
 * whose name is made of it: who claims that name takes over, and renames it onto the lock. If he
 * dies before, the next one claims the name made of his. Whoever comes too late (the lock was
 * renamed or given back since he read it) finds another lock than he followed, and takes his claim
 * back.
 */
function take(dir: string, own: string, content: Uint8Array): boolean {
  const lock = join(dir, LOCK);
  let name = lock;
  let first: string | undefined;
  while (!claim(own, name, content)) {
    const text = read(name);
    if (text === undefined && isLink(name))
      throw new CheckpointError(lock, "cannot be used: it is a link to nothing; remove it");
    if (text === undefined) return false;
    const holder = holderIn(text);
    if (holder !== undefined && !isGone(holder))
      throw new CheckpointError(dir, inUse(lock, holder));
    first ??= text;
    name = `${lock}.after-${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
  }
  if (name !== lock) {
    if (read(lock) !== first) {
      remove(name);
      return false;
    }
    renameSync(name, lock);
  }
  return true;
}
