/**
 * Memory used again. Most of what a backward pass makes is seen by the pass alone, so that the pass
 * can say when nothing refers to it any more, which the garbage collector finds out much later. The
 * next pass then has the same few runs of words, in the cache, where fresh ones cost a page fault
 * and a cache miss each. What it finds in them are old numbers: only a workspace is given them, in
 * which kernels write all that they read.
 */
import { isRecording } from "./observe.js";
import { allocatingBy, Arena, fresh, LINE, SLAB_WORDS, SMALL, Storage } from "./storage.js";

/** Bytes of slabs that are kept for the free runs in them, at most. */
const MOST_KEPT = 2 ** 25;

const arena = new Arena(SLAB_WORDS);
/** runs of words that nothing refers to, by their length in lines */
const free = new Map<number, Storage[]>();
/** how many of them lie in a slab */
const runs = new Map<object, number>();
let kept = 0;

/** What the workspace that runs has made since it was last swept. */
let made: Storage[] = [];

const linesOf = (length: number): number => Math.ceil(length / LINE);

function take(length: number): Storage {
  if (length <= SMALL) return fresh(length);
  const { slab, start } = takeFree(length) ?? fresh(length, arena);
  const storage = new Storage(slab, start, length, "workspace");
  made.push(storage);
  return storage;
}

function takeFree(length: number): Storage | undefined {
  const run = free.get(linesOf(length))?.pop();
  if (run !== undefined) count(run, -1);
  return run;
}

function give(storage: Storage): void {
  const { slab, length } = storage;
  storage.expose(); // never to be given twice
  if (!runs.has(slab) && kept + slab.buffer.byteLength > MOST_KEPT) {
    // Sizes that are in use will soon be here again.
    free.clear();
    runs.clear();
    kept = 0;
  }
  const lines = linesOf(length);
  const list = free.get(lines);
  if (list === undefined) free.set(lines, [storage]);
  else list.push(storage);
  count(storage, 1);
}

/** Counts a free run of a slab, which is kept as long as there are any. */
function count({ slab }: Storage, change: 1 | -1): void {
  const before = runs.get(slab) ?? 0;
  if (before === 0) kept += slab.buffer.byteLength;
  if (before + change > 0) runs.set(slab, before + change);
  else {
    runs.delete(slab);
    kept -= slab.buffer.byteLength;
  }
}

/**
 * Runs `body`, whose memory may be memory used before. It must not let anything out that it made,
 * unless by `Storage.handOut`, nor read what it did not write. The memory of a recorded step is the
 * plan's.
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
export function sweep(used: Storage, isNeeded?: (storage: Storage) => boolean): void {
  made.push(used);
  for (const storage of made)
    if (storage.holder === "workspace" && isNeeded?.(storage) !== true) give(storage);
  made.length = 0;
}

/** Its holder lets go of it: used again, if nobody else was ever shown it. */
export function letGo(storage: Storage): void {
  if (storage.holder === "one") give(storage);
}
