/** What a sweep may try: spaces that are refused, and what is drawn of those that are not. */
import { describe, expect, it } from "vitest";
import { UsageError } from "../../lib/index.js";
import { drawSettings } from "../../lib/sweep/space/draw-settings.js";
import { checkSpace, type Space } from "../../lib/sweep/space/space.js";
import { trialsOf } from "../../lib/sweep/space/trials.js";
import { errorOf } from "../train/support.js";

const settings = { hidden: [40, 80] };

describe("a space is refused where it", () => {
  it.each<[string, unknown, string]>([
    ["is no object", [], "s.json: expected an object { search, trials, "],
    ["has no search", { settings }, "s.json: search: expected grid, random or asha, got undefined"],
    [
      "misspells a field",
      { search: "grid", setings: settings },
      's.json: unknown field "setings": did you mean settings?',
    ],
    ["tries nothing", { search: "grid", settings: {} }, "expected at least one setting to try"],
    ["has trials in a grid", { search: "grid", trials: 3, settings }, "trials: a grid tries every"],
    ["draws no number of trials", { search: "random", settings }, "trials: expected how many"],
    ["has rungs without asha", { search: "grid", eta: 3, settings }, "eta: grid has no rungs"],
    [
      "misspells a setting",
      { search: "grid", settings: { hiden: [1] } },
      "settings.hiden: there is no such setting; did you mean hidden?",
    ],
    [
      "tries corpora",
      { search: "grid", settings: { data: ["a", "b"] } },
      "settings.data: expected it in fixed: losses on different dev splits cannot be compared",
    ],
    [
      "fixes what it tries",
      { search: "grid", settings, fixed: { hidden: 3 } },
      "settings.hidden: expected it in settings or in fixed, got both",
    ],
    [
      "tries steps by asha",
      { search: "asha", trials: 3, settings: { steps: [1, 2] } },
      "settings.steps: asha chooses the steps",
    ],
    [
      "tries a seed beside seeds",
      { search: "grid", seeds: [1], settings: { batchSeed: [1, 2] } },
      "settings.batchSeed: expected it in settings or as seeds, got both",
    ],
    [
      "fixes a seed beside seeds",
      { search: "grid", seeds: [1], settings, fixed: { seed: 2 } },
      "fixed.seed: expected it in fixed or as seeds, got both",
    ],
    ["repeats a seed", { search: "grid", seeds: [1, 1], settings }, "expected different seeds"],
    [
      "repeats a value",
      { search: "grid", settings: { hidden: [3, 3] } },
      "expected different values",
    ],
    [
      "has a range without a number of points in a grid",
      { search: "grid", settings: { lr: { log: [0.1, 1] } } },
      'settings.lr: expected "points" with it',
    ],
    [
      "has points that are drawn",
      { search: "random", trials: 2, settings: { lr: { log: [0.1, 1], points: 3 } } },
      'settings.lr: "points" are of a grid',
    ],
    [
      "has a range from high to low",
      { search: "random", trials: 2, settings: { lr: { range: [1, 0] } } },
      "settings.lr.range: expected the lowest number first",
    ],
    [
      "has a range of text",
      { search: "random", trials: 2, settings: { lr: { range: ["a", 1] } } },
      's.json: settings.lr.range.0: expected [lowest, highest], got "a"',
    ],
    [
      "misspells a field of a range",
      { search: "grid", settings: { lr: { log: [0.1, 1], point: 3 } } },
      "s.json: settings.lr.point: there is no such field, got 3",
    ],
    [
      "has a log range from 0",
      { search: "random", trials: 2, settings: { lr: { log: [0, 1] } } },
      "settings.lr.log: expected numbers above 0",
    ],
    [
      "has a text without a place for the number",
      { search: "random", trials: 2, settings: { lr: { log: [0.1, 1], as: "cosine" } } },
      "settings.lr.as: expected text with {} once",
    ],
    [
      "has a condition on what comes later",
      {
        search: "grid",
        settings: {
          momentum: { values: [0, 0.9], when: { optimizer: "sgd" } },
          optimizer: ["sgd"],
        },
      },
      "settings.momentum.when.optimizer: expected a setting that stands before it, or in fixed",
    ],
    [
      "has a grid that nobody waits for",
      {
        search: "grid",
        settings: {
          lr: { log: [0.1, 1], points: 1000 },
          hidden: { range: [1, 2000], points: 101 },
        },
      },
      "settings: a grid of 101000 trials, expected at most 100000",
    ],
    [
      "is of another form",
      { search: "grid", settings: { hidden: 40 } },
      "expected a list of values",
    ],
  ])("%s", async (_, space, message) => {
    const error = await errorOf(UsageError, () => checkSpace("s.json", space));
    expect(error.message).toContain(message);
  });

  it("has settings that no run can have, before anything is trained", async () => {
    const space = checkSpace("s.json", {
      search: "grid",
      settings: { optimizer: ["sgd", "adamw"], momentum: [0.5] },
    });
    const error = await errorOf(UsageError, () => trialsOf("s.json", space));
    expect(error.message).toMatch(/^s\.json: optimizer=adamw, momentum=0\.5: momentum: /);
  });
});

const drawn = (space: Space) => drawSettings(checkSpace("s.json", space));

describe("a grid", () => {
  it("has every combination, the last setting changing first", () => {
    expect(drawn({ search: "grid", settings: { hidden: [4, 8], blockSize: [2, 3] } })).toEqual([
      { hidden: 4, blockSize: 2 },
      { hidden: 4, blockSize: 3 },
      { hidden: 8, blockSize: 2 },
      { hidden: 8, blockSize: 3 },
    ]);
  });

  it("has points from end to end, on a log scale too, as the setting takes them", () => {
    expect(
      drawn({
        search: "grid",
        settings: {
          hidden: { range: [10, 25], points: 3 },
          lr: { log: [0.01, 1], points: 3, as: "cosine:{}->0" },
        },
      }).slice(0, 4),
    ).toEqual([
      { hidden: 10, lr: "cosine:0.01->0" },
      { hidden: 10, lr: "cosine:0.1->0" },
      { hidden: 10, lr: "cosine:1->0" },
      { hidden: 18, lr: "cosine:0.01->0" },
    ]);
  });

  it("has each setting once, however it is written", () => {
    expect(drawn({ search: "grid", settings: { lr: [0.1, "0.1", 0.2] } })).toEqual([
      { lr: "0.1" },
      { lr: "0.2" },
    ]);
  });

  it("leaves out a setting whose condition does not hold", () => {
    expect(
      drawn({
        search: "grid",
        settings: {
          optimizer: ["sgd", "adamw"],
          momentum: { values: [0, 0.9], when: { optimizer: ["sgd"] } },
        },
      }),
    ).toEqual([
      { optimizer: "sgd", momentum: 0 },
      { optimizer: "sgd", momentum: 0.9 },
      { optimizer: "adamw" },
    ]);
  });
});

describe("random draws", () => {
  const space = (trials: number, searchSeed?: number): Space => ({
    search: "random",
    trials,
    ...(searchSeed !== undefined && { searchSeed }),
    settings: { hidden: { range: [1, 400] }, lr: { log: [0.001, 1] }, init: ["normal", "kaiming"] },
  });

  it("are the same again, the first of more, and others of another seed", () => {
    expect(drawn(space(20))).toEqual(drawn(space(20)));
    expect(drawn(space(40)).slice(0, 20)).toEqual(drawn(space(20)));
    expect(drawn(space(20, 2))).not.toEqual(drawn(space(20)));
  });

  it("are within their limits: whole where the setting is, even on their scale", () => {
    const all = drawn(space(2000));
    const hidden = all.map((one) => one.hidden as number);
    expect(hidden.every((n) => Number.isInteger(n) && n >= 1 && n <= 400)).toBe(true);
    const rates = all.map((one) => Number(one.lr));
    expect(rates.every((rate) => rate >= 0.001 && rate <= 1)).toBe(true);
    const below = rates.filter((rate) => rate < 0.0316).length / rates.length;
    expect(below).toBeGreaterThan(0.45);
    expect(below).toBeLessThan(0.55);
  });

  it("are each once, and as many as there are where fewer exist", () => {
    const few = drawn({
      search: "random",
      trials: 50,
      settings: { hidden: [1, 2], blockSize: [3, 4] },
    });
    expect(new Set(few.map((one) => JSON.stringify(one))).size).toBe(4);
    expect(few).toHaveLength(4);
  });
});

describe("the runs of a trial", () => {
  it("are named by its settings and their seed, safely, and set every seed that the model has", () => {
    const space = checkSpace("s.json", {
      search: "grid",
      seeds: [7, 8],
      settings: { lr: ["0.1", "cosine:0.3->0"] },
      fixed: { steps: 10 },
    });
    const [plain, schedule] = trialsOf("s.json", space);
    expect(plain.runs.map(({ name }) => name)).toEqual(["lr=0.1,seed=7", "lr=0.1,seed=8"]);
    expect(schedule.runs[0].name).toMatch(/^lr=cosine_0\.3-_0,seed=7~[0-9a-f]{8}$/);
    const { config } = plain.runs[1];
    expect([config.seed, config.batchSeed, config.dropoutSeed, config.splitSeed]).toEqual([
      8, 8, 8, 42,
    ]);
  });
});
