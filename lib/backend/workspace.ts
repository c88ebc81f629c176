/**
 * Memory used again. Most of what a backward pass makes is seen by the pass alone, which knows when
 * nothing refers to it any more; the garbage collector finds that out much later. The next pass
 * gets the same few runs of words, in the cache, where fresh ones cost page faults and cache
 * misses. They hold old numbers, so they are given to workspaces only, whose kernels write all that
 * they read.
 */
import { isRecording } from "./observe.js";
import { allocatingBy, Arena, fresh, LINE, SLAB_WORDS, SMALL, Storage } from "./storage.js";

/** Runs of words that nothing refers to. Each keeps the whole slab that it lies in. */
class FreeRuns {
  private readonly byLines = new Map<number, Storage[]>();
  private readonly inSlab = new Map<object, number>();
  /** of slabs that are kept */
  private bytes = 0;

  constructor(private readonly most: number) {}

  take(length: number): Storage | undefined {
    const run = this.byLines.get(linesOf(length))?.pop();
    if (run !== undefined) this.count(run, -1);
    return run;
  }

  give(run: Storage): void {
    const { byteLength } = run.slab.buffer;
    if (byteLength > this.most) return;
    if (!this.inSlab.has(run.slab) && this.bytes + byteLength > this.most) this.clear();
    const lines = linesOf(run.length);
    const list = this.byLines.get(lines);
    if (list === undefined) this.byLines.set(lines, [run]);
    else list.push(run);
    this.count(run, 1);
  }

  /** Forgets sizes that nobody asks for any more; those in use will soon be here again. */
  private clear(): void {
    this.byLines.clear();
    this.inSlab.clear();
    this.bytes = 0;
  }

  private count({ slab }: Storage, change: 1 | -1): void {
    const before = this.inSlab.get(slab) ?? 0;
    if (before === 0) this.bytes += slab.buffer.byteLength;
    if (before + change > 0) this.inSlab.set(slab, before + change);
    else {
      this.inSlab.delete(slab);
      this.bytes -= slab.buffer.byteLength;
    }
  }
}

const linesOf = (length: number): number => Math.ceil(length / LINE);

/** 32 MiB: the pass of a batch of 4096 through the lecture's network needs a third. */
const free = new FreeRuns(2 ** 25);
const arena = new Arena(SLAB_WORDS);

/** What the workspace that runs has made since it was last swept. */
let made: Storage[] = [];

function take(length: number): Storage {
  if (length <= SMALL) return fresh(length);
  const { slab, start } = free.take(length) ?? fresh(length, arena);
  const storage = new Storage(slab, start, length, "workspace");
  made.push(storage);
  return storage;
}

/**
 * Runs `body`, whose memory may have been used before: it must not read what it did not write. What
 * it makes is nobody else's until `Storage.handOut`. In a recorded step all memory is the plan's.
 */
export function inWorkspace<T>(body: () => T): T {
  if (isRecording()) return body();
  const around = made;
  made = [];
  try {
    return allocatingBy(take, body);
  } finally {
    made = around;
  }
}

/** Gives back `used`, and what the workspace made since it last called this, but what is needed. */
export function sweep(used: Storage, isNeeded: (storage: Storage) => boolean): void {
  made.push(used);
  for (const storage of made)
    if (storage.holder === "workspace" && !isNeeded(storage)) letGo(storage);
  made.length = 0;
}

/** Gives back memory whose only holder lets go of it; what anyone may know stays as it is. */
export function letGo(storage: Storage): void {
  if (storage.holder === "anyone") return;
  storage.expose(); // so that it is given back once
  free.give(storage);
}
