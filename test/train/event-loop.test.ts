/** Long work leaves the event loop its turns. The clock is the work's own. */
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { inTurns, type Task } from "../../lib/train/event-loop.js";

let now = 0;
beforeEach(() => {
  now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** How many milliseconds each turn took of a task whose parts take these. */
async function turnsOf(parts: readonly number[]): Promise<number[]> {
  const turns: number[] = [];
  let turn = 0;
  function* task(): Task<string> {
    for (const part of parts) {
      now += part;
      turns[turn] = (turns[turn] ?? 0) + part;
      yield;
    }
    return "done";
  }
  let isDone = false;
  const count = async (): Promise<void> => {
    for (; !isDone; turn++) await setImmediate();
  };
  const counted = count(); // before the task: its turn begins after the count of it
  const result = await inTurns(task());
  isDone = true;
  await counted;
  expect(result).toBe("done");
  return turns.filter((took) => took > 0);
}

it("does many short parts in a turn", async () => {
  const turns = await turnsOf(new Array<number>(100).fill(1));
  expect(Math.max(...turns)).toBeLessThanOrEqual(25);
  expect(turns.length).toBeLessThanOrEqual(6);
});

it("ends a turn before a part that would make it too long", async () => {
  expect(await turnsOf([20, 20, 20])).toEqual([20, 20, 20]);
  expect(await turnsOf([10, 10, 10, 10])).toEqual([20, 20]);
});

it("keeps the thread for no longer than a part that is too long by itself", async () => {
  expect(await turnsOf([1, 60, 60, 1])).toEqual([61, 60, 1]);
});
