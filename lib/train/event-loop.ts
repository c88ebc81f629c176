/**
 * Long work in turns, so that the event loop (progress, Ctrl-C, other requests) gets its own
 * between them.
 */
import { setImmediate } from "node:timers/promises";

/** How long work may keep the thread, in milliseconds: a person does not notice it. */
const TURN = 40;

/** A task that yields wherever it may be interrupted, and returns its result. */
export type Task<T> = Generator<void, T>;

/** The result of a task, at once. */
export function atOnce<T>(task: Task<T>): T {
  for (;;) {
    const { done, value } = task.next();
    if (done) return value;
  }
}

/** The result of a task, in turns; undefined if `signal` aborted it. */
export async function inTurns<T>(task: Task<T>, signal?: AbortSignal): Promise<T | undefined> {
  while (!signal?.aborted) {
    const end = performance.now() + TURN;
    do {
      const { done, value } = task.next();
      if (done) return value;
    } while (!signal?.aborted && performance.now() < end);
    await setImmediate();
  }
  return undefined;
}
