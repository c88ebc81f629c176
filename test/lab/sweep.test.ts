/** A sweep as the page of `mm-train lab` is told of it. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { sweep, train } from "../../lib/index.js";
import { RunsFolder } from "../../lib/lab/runs-folder.js";
import { scratch, WORDS } from "../train/support.js";

const folder = scratch();

it("has its trials from the best on, their runs, and charts", async () => {
  const out = join(folder(), "s");
  const fixed = { steps: 5, embedding: 3, batchSize: 4, samples: 0 };
  // Runs that are there are not trained again: no process is started.
  for (const hidden of [3, 4, 5])
    await train({ ...fixed, hidden, words: WORDS, out: join(out, `hidden=${hidden}`) });
  await sweep({ search: "grid", settings: { hidden: [3, 4, 5] }, fixed, words: WORDS, out });
  const runs = new RunsFolder(out);
  expect(runs.isSweep).toBe(true);
  const told = await runs.sweep();
  expect(told?.settings).toEqual(["hidden"]);
  const losses = told?.trials.map(({ devLoss }) => devLoss as number) ?? [];
  expect(losses).toHaveLength(3);
  expect(losses).toEqual([...losses].sort((a, b) => a - b));
  for (const { runs: names, values } of told?.trials ?? [])
    expect(names).toEqual([`hidden=${values[0]}`]);
  expect(told?.charts).toHaveLength(3);
  expect(await runs.sweep()).toBe(told); // nothing changed: nothing is read
});

it("is none in another folder", async () => {
  const runs = new RunsFolder(folder());
  expect(runs.isSweep).toBe(false);
  expect(await runs.sweep()).toBeUndefined();
});
