/** Threads that compute beside a measurement, and end with it. */
import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, it } from "vitest";
import { beside } from "../../lib/bench/measure.js";

let exits: Promise<unknown>[];
const note = (worker: Worker): void => void exits.push(once(worker, "exit"));
beforeEach(() => {
  exits = [];
  process.on("worker", note);
});
afterEach(() => {
  process.off("worker", note);
});

/** How many threads there were, once all have ended. */
async function ended(): Promise<number> {
  await new Promise(setImmediate); // Node tells of a thread after the code that made it
  return (await Promise.all(exits)).length;
}

it.each([0, 1, 2])("runs the work beside %d threads, and ends them", async (count) => {
  expect(beside(count, () => "result")).toBe("result");
  expect(await ended()).toBe(count);
});

it("ends them where the work fails", async () => {
  const fail = (): never => {
    throw new RangeError("the work's own");
  };
  expect(() => beside(1, fail)).toThrow("the work's own");
  expect(await ended()).toBe(1);
});
