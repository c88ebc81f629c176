/** Which runs a sweep trains, whatever its workers do. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Halving, type Job, rungSteps } from "../../lib/sweep/plan/halving.js";

const nameOf = ({ trial, run, rung }: Job): string => `${trial}.${run}.${rung}`;

/**
 * All jobs that are given out, in their order.
 * @param pick which of those that are worked at ends next
 */
function work(
  halving: Halving,
  workers: number,
  loss: (job: Job) => number,
  pick: (count: number) => number,
): string[] {
  const given: string[] = [];
  const active: Job[] = [];
  for (;;) {
    const job = active.length < workers ? halving.next() : undefined;
    if (job !== undefined) {
      given.push(nameOf(job));
      active.push(job);
    } else if (active.length === 0) return given;
    else {
      const [ended] = active.splice(pick(active.length), 1);
      halving.result(ended, loss(ended));
    }
  }
}

const first = () => 0;

describe("a sweep without rungs", () => {
  it("trains every run once", () => {
    const halving = new Halving(3, 2, 1, 3);
    expect(work(halving, 2, () => 1, first)).toEqual([
      "0.0.0",
      "0.1.0",
      "1.0.0",
      "1.1.0",
      "2.0.0",
      "2.1.0",
    ]);
    expect(halving.done).toBe(true);
    expect(halving.loss(2, 0)).toBe(1);
  });
});

describe("a sweep with rungs", () => {
  it("has an eta-th of the steps of the next rung on each", () => {
    expect(rungSteps(10, 3, 270)).toEqual([10, 30, 90, 270]);
    expect(rungSteps(40, 3, 270)).toEqual([40, 120, 270]);
    expect(rungSteps(270, 3, 270)).toEqual([270]);
  });

  it("promotes the better third of nine, and the best of three", () => {
    const halving = new Halving(9, 1, 3, 3);
    const given = work(halving, 1, ({ trial }) => trial, first);
    // Trial 0 is the best of the first three, and of the first six; no other one ever is third.
    expect(given.filter((name) => name.endsWith(".2"))).toEqual(["0.0.2"]);
    expect(given.filter((name) => name.endsWith(".1"))).toEqual(["0.0.1", "1.0.1", "2.0.1"]);
    expect(halving.done).toBe(true);
  });

  it("goes by the mean of a trial's runs, and by what came first where they are equal", () => {
    const losses = [
      [4, 4],
      [1, 5],
      [2, 4],
      [3, 3],
    ];
    const halving = new Halving(4, 2, 2, 2);
    const given = work(halving, 1, ({ trial, run }) => losses[trial][run], first);
    expect(given.filter((name) => name.endsWith(".1"))).toEqual([
      "1.0.1",
      "1.1.1",
      "2.0.1",
      "2.1.1",
    ]);
  });

  it("promotes no run that failed", () => {
    const halving = new Halving(6, 1, 2, 2);
    const given = work(halving, 3, () => Infinity, first);
    expect(given.filter((name) => name.endsWith(".1"))).toEqual([]);
    expect(halving.done).toBe(true);
  });

  it("trains the same runs with any number of workers, in whatever order they end", () => {
    const sweeps = fc.record({
      losses: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 40 }),
      runs: fc.integer({ min: 1, max: 3 }),
      rungs: fc.integer({ min: 1, max: 4 }),
      eta: fc.integer({ min: 2, max: 4 }),
      workers: fc.integer({ min: 1, max: 9 }),
      order: fc.infiniteStream(fc.nat()),
    });
    fc.assert(
      fc.property(sweeps, ({ losses, runs, rungs, eta, workers, order }) => {
        const fresh = () => new Halving(losses.length, runs, rungs, eta);
        const loss = ({ trial, run, rung }: Job) => {
          const value = losses[(trial * (rung + 1) + run) % losses.length];
          return value === 0 ? Infinity : value;
        };
        const one = work(fresh(), 1, loss, first);
        const many = work(fresh(), workers, loss, (count) => Number(order.next().value) % count);
        expect(new Set(many).size).toBe(many.length);
        expect([...many].sort()).toEqual([...one].sort());
      }),
      { numRuns: 500 },
    );
  });
});
