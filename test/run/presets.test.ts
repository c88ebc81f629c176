/** Presets: settings that options change, and what they promise on the lecture's own names. */
import { describe, expect, it } from "vitest";
import { MLP, Bigram, parseConfig, PRESETS, train, UsageError } from "../../lib/index.js";
import { isCounted } from "../../lib/models/registry.js";
import { errorOf, mmTrain, scratch, WORDS, wordsFile } from "../train/support.js";

const folder = scratch();

describe("a preset", () => {
  it("lecture is the defaults, which the others replace", () => {
    expect(parseConfig({ preset: "lecture" })).toEqual(parseConfig({}));
    for (const [preset, settings] of Object.entries(PRESETS)) {
      const { steps, model = "mlp" } = settings;
      // Some settings follow the steps; what is counted takes none.
      const usual = isCounted({ model }) ? parseConfig({ model }) : parseConfig({ steps, model });
      expect(parseConfig({ preset })).toEqual({ ...usual, ...settings });
    }
  });

  it("gives way to settings, also its own", () => {
    expect(parseConfig({ preset: "quick", hidden: 7, seed: 5 })).toEqual({
      ...parseConfig({ preset: "quick" }),
      hidden: 7,
      seed: 5,
    });
    expect(parseConfig({ preset: "quick", hidden: undefined })).toEqual(
      parseConfig({ preset: "quick" }),
    );
  });

  it.each([
    ["qick", "quick"],
    ["Best", "best"],
    ["kn6", "kn3"],
    ["paper-mlp11", "paper-mlp1"],
  ])("%s is refused, with what may be meant", async (preset, meant) => {
    const { message } = await errorOf(UsageError, () =>
      parseConfig({ preset }, (key) => `--${key}`),
    );
    expect(message).toMatch(
      new RegExp(`^--preset: expected lecture, .*, got "${preset}"; did you mean ${meant}\\?$`),
    );
  });

  it.each(["fast", "", "toString", 5, null])(
    "%j is refused, with those that exist",
    async (preset) => {
      const { message } = await errorOf(UsageError, () =>
        parseConfig({ preset }, (key) => `--${key}`),
      );
      expect(message).toBe(
        `--preset: expected ${Object.keys(PRESETS).join(", ")}, got ${JSON.stringify(preset)}`,
      );
    },
  );

  it.each(["bigram", "quick", "best"] as const)("%s trains from a program", async (preset) => {
    const { model, steps, loss } = await train({ words: WORDS, preset, steps: 30, samples: 0 });
    expect(model).toBeInstanceOf(preset === "bigram" ? Bigram : MLP);
    expect(steps).toBe(30);
    expect(loss?.train).toBeLessThan(3.5);
  });
});

it("mm-train --preset bigram makes a run that every command accepts", async () => {
  const dir = folder();
  wordsFile(dir);
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await mmTrain([...args, "--json"], dir);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout.trimEnd().split("\n").at(-1) as string) as Record<string, unknown>;
  };
  const result = await json("words.txt", "--preset", "bigram", "--steps", "50", "--out", "run");
  expect(result).toMatchObject({
    event: "result",
    steps: 50,
    parameters: (new Set(WORDS.join("")).size + 1) ** 2,
  });
  const { dev } = result.loss as { dev: number };
  expect(await json("evaluate", "--run", "run", "--split", "dev")).toMatchObject({ loss: dev });
  expect((await json("sample", "--run", "run", "--count", "3")).samples).toHaveLength(3);
  expect((await json("score", "--run", "run", "anna")).scores).toHaveLength(1);
  expect((await mmTrain(["plot", "--run", "run"], dir)).code).toBe(0);
  expect((await mmTrain(["words.txt", "--preset", "fast"], dir)).stderr).toContain(
    "--preset: expected lecture, bigram, quick, best",
  );
});

const file = process.env.MM_NAMES;
// What docs/presets.md says. `best` takes half a minute and more: it is measured there.
describe.skipIf(!file)("on the lecture's names.txt (MM_NAMES)", () => {
  it.each([
    ["bigram", 2.454, 2.456],
    ["quick", 2.11, 2.14],
  ] as const)("%s reaches a dev loss between %d and %d", async (preset, above, below) => {
    const { loss } = await train({ data: file, preset, samples: 0 });
    expect(loss?.dev).toBeGreaterThan(above);
    expect(loss?.dev).toBeLessThan(below);
  });
});
