/**
 * Long work in turns, so that the event loop (progress, Ctrl-C, other requests) gets its own
 * between them.
 */
import { setImmediate } from "node:timers/promises";

/**
 * How long work may keep the thread, in milliseconds. Half of the 50 that a server's other requests
 * may wait: a part of the work can take longer than the one before it, above all where other
 * processes want the core.
 */
const TURN = 25;

/** A task that yields wherever it may be interrupted, and returns its result. */
export type Task<T> = Generator<void, T>;

/** The result of a task, at once. */
export function atOnce<T>(task: Task<T>): T {
  for (;;) {
    const { done, value } = task.next();
    if (done) return value;
  }
}

/**
 * The result of a task, in turns; undefined if `signal` aborted it. A turn ends before a part of
 * the task that would make it too long, if it takes as long as the part before.
 */
export async function inTurns<T>(task: Task<T>, signal?: AbortSignal): Promise<T | undefined> {
  while (!signal?.aborted) {
    let began = performance.now();
    const end = began + TURN;
    for (let fits = true; fits && !signal?.aborted;) {
      const { done, value } = task.next();
      if (done) return value;
      const now = performance.now();
      fits = now + (now - began) < end;
      began = now;
    }
    await setImmediate();
  }
  return undefined;
}
