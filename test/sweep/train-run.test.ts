/** A run of a sweep, as a process trains it: from wherever its folder is. */
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadRun, train, UsageError } from "../../lib/index.js";
import { trainRun } from "../../lib/sweep/train-run.js";
import { errorOf, parameterHash, scratch, wordsFile } from "../train/support.js";

const folder = scratch();
const settings = { steps: 30, hidden: 4, embedding: 3, batchSize: 8, samples: 2 };

it("goes on where its corpus is another file with the same words, as on another host", async () => {
  const dir = folder();
  const [data, moved, run] = [wordsFile(dir), join(dir, "moved.txt"), join(dir, "run")];
  const listeners = { onNews: () => undefined, signal: new AbortController().signal };
  const part = { dir: run, settings: { ...settings, data }, until: 10 };
  expect(await trainRun(part, undefined, listeners)).toEqual({ state: "done" });
  renameSync(data, moved);
  const rest = { dir: run, settings: { ...settings, data: moved }, until: undefined };
  expect(await trainRun(rest, undefined, listeners)).toEqual({ state: "done" });
  const { model } = await train({ ...settings, data: moved });
  expect(parameterHash(loadRun(run).model)).toBe(parameterHash(model));
});

it("is not trained over other words than were ordered, and leaves nothing", async () => {
  const dir = folder();
  const [data, run] = [wordsFile(dir), join(dir, "run")];
  const listeners = { onNews: () => undefined, signal: new AbortController().signal };
  const order = { dir: run, settings: { ...settings, data }, wordsSha256: "0".repeat(64) };
  const error = await errorOf(UsageError, () => trainRun(order, undefined, listeners));
  expect(error.message).toBe(
    `${data} holds other words than the sweep's, expected the same: losses over other words do ` +
      "not compare (put them back, or name them with --data)",
  );
  expect(existsSync(run)).toBe(false);
});

it("is stopped, not done, where it was asked to stop before the loss at its pause", async () => {
  const dir = folder();
  const stop = new AbortController();
  const order = {
    dir: join(dir, "run"),
    settings: { ...settings, data: wordsFile(dir) },
    until: 1,
  };
  const listeners = { onNews: () => stop.abort(), signal: stop.signal };
  expect(await trainRun(order, undefined, listeners)).toEqual({ state: "stopped" });
});
