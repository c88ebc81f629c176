/** One training on several ranks, which are threads here: the bits of one process. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { scratch } from "../train/support.js";
import { contents, onThreads, type Outcome, SETTINGS, textFile } from "./support.js";

/** Trainings that take other paths, by what is special about them. */
const VARIANTS: Readonly<Record<string, object>> = {
  momentum: { momentum: 0.9 },
  AdamW: { optimizer: "adamw", lr: "0.01" },
  "no direct connections": { direct: false, order: "random" },
  "words of one block": { maxWords: 300 },
  "fewer rows than ranks": { batchSize: 2 },
};

const WRONG: readonly (readonly [settings: object, message: RegExp])[] = [
  [{ model: "mlp", direct: undefined }, /^distributed: expected --model nplm without --tied/],
  [{ direct: false, tied: true }, /^distributed: expected --model nplm without --tied/],
  [{ clip: 1 }, /^distributed: expected no --clip, got 1/],
  [{ other: { lr: "0.2" } }, /^distributed: rank 1 has another training than rank 0/],
  [{ other: { data: "/nowhere" } }, /^(rank 1: )?\/nowhere: /],
  [{ lr: "1e30" }, /the loss is \S+ at step \d+, after an update at learning rate 1e\+30/],
];

const scratchFolder = scratch();
const folder = (() => {
  let made: string | undefined;
  return () => (made ??= scratchFolder());
})();
const runOf = (name: string) => join(folder(), name);
const files = (name: string) => contents(runOf(name));

let outcomes: Record<number, Outcome[][]>;
beforeAll(async () => {
  const data = textFile(folder());
  const base = { ...SETTINGS, data };
  const variants = (ranks: number) =>
    Object.entries(VARIANTS).map(([name, more]) => ({
      ...base,
      ...more,
      ...{ steps: 10, run: runOf(`${name} ${ranks}`) },
    }));
  const stopped = (name: string) => ({ ...base, run: runOf(name), stopAt: 9 });
  const resumed = (name: string) => ({ run: runOf(name), resume: true });
  const whole = (ranks: number) => ({ ...base, run: runOf(`whole ${ranks}`) });
  const wrong = WRONG.map(([more], i) => ({ ...base, ...more, run: runOf(`wrong ${i}`) }));
  const alone = await onThreads(0, [whole(0), ...variants(0), stopped("one, then 3")]);
  const three = await onThreads(3, [
    ...[whole(3), ...variants(3), resumed("one, then 3")],
    ...[stopped("3, then 2"), stopped("3, then one")],
  ]);
  const two = await onThreads(2, [whole(2), resumed("3, then 2"), ...wrong]);
  const last = await onThreads(0, [resumed("3, then one")]);
  const others = { 1: await onThreads(1, [whole(1)]), 5: await onThreads(5, [whole(5)]) };
  outcomes = { 0: [...alone, ...last], ...others, 2: two, 3: three };
}, 600_000);

describe("a training that ranks share", () => {
  it.each([1, 2, 3, 5])("leaves on %i ranks the run folder of one process", (ranks) => {
    const [[{ loss }]] = outcomes[0];
    const every = { loss, interrupted: false, steps: SETTINGS.steps };
    expect(outcomes[ranks][0]).toEqual(Array.from({ length: ranks }, () => every));
    expect(files(`whole ${ranks}`)).toEqual(files("whole 0"));
  });

  it.each(Object.keys(VARIANTS))("has the bits of one process: %s", (name) => {
    expect(files(`${name} 3`)).toEqual(files(`${name} 0`));
    expect(files(`${name} 3`)).not.toEqual(files("whole 0"));
  });

  it("ends on every rank after the same step where one is asked to", () => {
    const [stopped] = outcomes[3].slice(-1);
    const { steps } = stopped[0];
    expect(stopped).toEqual(stopped.map(() => ({ steps, interrupted: true })));
    expect(steps).toBeGreaterThanOrEqual(10);
    expect(steps).toBeLessThan(SETTINGS.steps);
  });

  it.each(["one, then 3", "3, then 2", "3, then one"])(
    "goes on with another number of ranks to the bits of a run that never ended: %s",
    (name) => {
      expect(files(name)).toEqual(files("whole 0"));
    },
  );

  it.each(WRONG.map(([settings, message], i) => ({ settings, message, i })))(
    "says on every rank what is wrong, and leaves no folder: $settings",
    ({ message, i }) => {
      for (const { error } of outcomes[2][2 + i]) expect(error).toMatch(message);
      expect(existsSync(runOf(`wrong ${i}`))).toBe(false);
    },
  );
});
