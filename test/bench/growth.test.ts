/** What a growing step is said to be limited by, and its chart. */
import { DOMParser } from "@xmldom/xmldom";
import { expect, it } from "vitest";
import { duration, growthChart } from "../../bench/growth/chart.js";
import { bounds, leastTime, type Core, takeovers } from "../../lib/bench/machine/limits.js";
import { type Point, SWEEPS } from "../../bench/growth/sweep.js";
import { workingSet } from "../../lib/bench/machine/cost.js";
import { LECTURE, NetworkStep } from "../../lib/bench/network.js";

const machine: Core = {
  firstCache: 2 ** 15,
  ownCache: 2 ** 20,
  lastCache: 2 ** 25,
  bandwidth: [200e9, 100e9, 50e9, 20e9],
  peak: 100e9,
  calls: 2e-6,
};

it(
  "bounds a step by its calls, its multiply-adds, and its operands through the memory that " +
    "holds them",
  () => {
    const commands = new NetworkStep(LECTURE, 32).commands();
    const small = bounds(commands, machine);
    expect(small).toMatchObject({
      calls: 2e-6,
      FMA: (6 * (27 * 30 * 200 + 32 * 200 * 27)) / 100e9,
      memory: 0,
    });
    const set = workingSet(commands);
    expect(bounds(commands, { ...machine, ownCache: set - 1 }).cache).toBeCloseTo(
      2 * small.cache,
      12,
    );
    expect(
      bounds(commands, { ...machine, firstCache: 1, ownCache: 1, lastCache: set - 1 }),
    ).toMatchObject({
      cache: 0,
      memory: expect.closeTo(5 * small.cache, 12) as number,
    });
  },
);

const limits = { calls: 0, FMA: 0, cache: 0, memory: 0 };

it("names where each limit takes over", () => {
  const points = [
    { x: 1, bounds: { ...limits, calls: 3, FMA: 1 } },
    { x: 2, bounds: { ...limits, calls: 3, FMA: 2 } },
    { x: 4, bounds: { ...limits, calls: 3, FMA: 4 } },
    { x: 8, bounds: { ...limits, calls: 3, FMA: 8, memory: 9 } },
  ];
  expect(takeovers(points)).toEqual([
    { x: 1, limit: "calls" },
    { x: 4, limit: "FMA" },
    { x: 8, limit: "memory" },
  ]);
});

it("writes times with their unit", () => {
  expect([3.14e-9, 4.56e-7, 1.2345e-6, 9.9e-4, 0.0123, 1.5].map(duration)).toEqual([
    "3.1 ns",
    "456 ns",
    "1.2 µs",
    "990 µs",
    "12 ms",
    "1500 ms",
  ]);
});

it("draws one well-formed picture", () => {
  const spread = (median: number) => ({ median, low: median, high: median, rounds: 3 });
  const points: Point[] = [1, 2, 4, 8].map((x) => ({
    x,
    batch: x,
    one: spread(x * 1e-6),
    two: spread(x * 6e-7),
    bounds: { calls: 2e-6, FMA: x * 5e-7, cache: x * 1e-8, memory: 0 },
    set: 1000 * x,
  }));
  const svg = growthChart(SWEEPS[0], points);
  const errors: string[] = [];
  const root = new DOMParser({
    onError: (_, message) => void errors.push(message),
  }).parseFromString(svg, "image/svg+xml").documentElement;
  expect([root?.tagName, errors]).toEqual(["svg", []]);
  expect(svg).toContain("1 thread");
  expect(svg).toContain("From 1 on limited by calls; From 8 on limited by multiply-adds");
});

it("has a legend that looks as the lines do", () => {
  const spread = (median: number) => ({ median, low: median, high: median, rounds: 3 });
  const points: Point[] = [1, 2, 4].map((x) => ({
    x,
    batch: x,
    one: spread(x * 1e-6),
    two: spread(x * 6e-7),
    bounds: { calls: 1e-6, FMA: x * 5e-7, cache: x * 3e-7, memory: 0 },
    set: 1000 * x,
  }));
  const svg = growthChart(SWEEPS[0], points);
  const dashes = [...svg.matchAll(/stroke-dasharray="([^"]+)"/g)].map(([, dash]) => dash);
  // Each pattern twice: in the legend, and of the line.
  for (const dash of ["2 3", "6 3"])
    expect(dashes.filter((found) => found === dash)).toHaveLength(2);
  expect(svg.match(/<circle/g)).toHaveLength(1 + points.length);
});

it("bounds commands, one after the other, each by its multiply-adds or its operands", () => {
  const commands = new NetworkStep(LECTURE, 32).commands();
  const alone = (list: typeof commands) => leastTime(list, machine);
  const product = commands.filter(({ kernel }) => kernel === "gemm").slice(0, 1);
  const update = commands.filter(({ kernel }) => kernel === "sgd").slice(0, 1);
  expect(alone(product)).toBeCloseTo((2 * 32 * 200 * 27) / 100e9, 12);
  // 27 x 10 numbers, read and written, and their gradient, in the first cache; and the rate
  expect(alone(update)).toBeCloseTo((4 * (3 * 270 + 1)) / 200e9, 12);
  // Together they are in the second one.
  expect(alone(commands)).toBeGreaterThan(alone(product) + 2 * alone(update));
});
