/**
 * One quick run of the cheap groups: every row has the section's columns, every measurement is one.
 */
import { expect, it } from "vitest";
import { setThreads, threads } from "../../lib/index.js";
import { bench, type BenchEvent, type Row, type Section } from "../../lib/bench/index.js";

const events: readonly BenchEvent[] = [
  ...bench({ quick: true, only: ["step", "kernels", "threads"], threads: 2 }),
];
const rows = (group: string): Row[] =>
  events.filter((e) => e.event === "row").filter((e) => e.group === group);

it("begins with the machine and gives what was asked for, in the usual order", () => {
  expect(events[0]).toMatchObject({ event: "machine", node: process.version });
  expect(events.filter((e) => e.event === "section").map(({ group }) => group)).toEqual([
    "kernels",
    "step",
    "threads",
  ]);
});

it("measures every way of a step for every batch", () => {
  expect(rows("step").map(({ cells }) => cells.batch)).toEqual([32, 256, 4096]);
  for (const { cells } of rows("step")) {
    for (const key of ["eager1", "replay1"])
      expect(cells[key]).toMatchObject({ rounds: 3, median: expect.any(Number) });
    const { low, median, high } = cells.replay1 as { low: number; median: number; high: number };
    expect(low).toBeGreaterThan(0);
    expect(low <= median && median <= high).toBe(true);
  }
});

it("measures a step on every number of threads, alone and beside a busy core", () => {
  const at = rows("threads").map(({ cells }) => [cells.batch, cells.beside]);
  expect(at).toEqual([32, 256, 4096].flatMap((batch) => [0, 1].map((busy) => [batch, busy])));
  for (const { cells } of rows("threads")) {
    expect(cells.replay2).toMatchObject({ rounds: 3, median: expect.any(Number) });
    expect(cells.gain).toBeGreaterThan(0);
  }
});

it("names the layers and products of each step", () => {
  for (const batch of [32, 256, 4096]) {
    const names = rows("kernels")
      .filter(({ cells }) => cells.batch === batch && cells.gflops !== null)
      .map(({ cells }) => cells.kernel);
    const wanted = [
      "h = tanh(C[X] W1 + b1)",
      "logits = h W2 + b2",
      "dh = dlogits W2'",
      "dW2 = h' dlogits",
      "dC, dW1 of dh",
    ];
    expect(names.toSorted()).toEqual([...wanted, "all calls of a step"].toSorted());
  }
});

it("has a cell for every column of every row", () => {
  const sections = new Map(
    events.filter((e) => e.event === "section").map((s): [string, Section] => [s.group, s]),
  );
  for (const event of events) {
    if (event.event !== "row") continue;
    const keys = sections.get(event.group)?.columns.map(({ key }) => key) ?? [];
    expect(Object.keys(event.cells)).toEqual(expect.arrayContaining(keys));
  }
});

it("leaves the number of threads as it was", () => {
  const before = threads();
  setThreads(1);
  for (const event of bench({ quick: true, only: [], threads: 2 }))
    expect(event.event).toBe("machine");
  expect(threads()).toBe(1);
  setThreads(before);
});
