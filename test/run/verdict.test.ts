/** A result that is no better than what costs nothing says so. */
import { describe, expect, it } from "vitest";
import { parseConfig, train, UsageError } from "../../lib/index.js";
import { optionName } from "../../lib/run/settings/config.js";
import { verdictOn } from "../../lib/run/verdict.js";
import { errorOf, WORDS } from "../train/support.js";

const measured = (dev: number, config = parseConfig({})) => ({
  dev,
  bigrams: 2.5,
  vocabularySize: 27,
  config,
});

describe("a verdict", () => {
  it("is on what is worse than guessing, else on what is worse than bigrams", () => {
    expect(verdictOn(measured(3.3))).toMatchObject({ worseThan: "guessing", loss: Math.log(27) });
    expect(verdictOn(measured(3.2))).toMatchObject({ worseThan: "bigrams", loss: 2.5 });
    expect(verdictOn(measured(2.4))).toBeUndefined();
  });

  it("does not set a bigram table against bigrams, and knows what can be done", () => {
    expect(verdictOn(measured(2.51, parseConfig({ model: "bigram" })))).toBeUndefined();
    expect(verdictOn(measured(3.2))?.remedy).toContain("--preset quick");
    expect(verdictOn(measured(9, parseConfig({ level: "word" })))?.remedy).not.toContain("quick");
    expect(
      verdictOn(measured(9, parseConfig({ level: "word", model: "kneser-ney" })))?.remedy,
    ).toContain("longer text");
  });

  it("is part of a training's result", async () => {
    const { verdict } = await train({ words: WORDS, steps: 1, lr: "0.000001", samples: 0 });
    expect(verdict?.worseThan).toBe("guessing");
  });
});

describe("settings that follow the steps", () => {
  it("are the defaults at 200,000 steps, and their parts at others", () => {
    const of = ({ logEvery, evalEvery, checkpointEvery }: ReturnType<typeof parseConfig>) => [
      logEvery,
      evalEvery,
      checkpointEvery,
    ];
    expect(of(parseConfig({}))).toEqual([1000, 20_000, 20_000]);
    expect(of(parseConfig({ steps: 5000 }))).toEqual([25, 500, 500]);
    expect(of(parseConfig({ steps: 0 }))).toEqual([1, 1, 1]);
    expect(of(parseConfig({ steps: 5000, logEvery: 7, evalEvery: 8, checkpointEvery: 9 }))).toEqual(
      [7, 8, 9],
    );
    expect(of(parseConfig({ preset: "quick", steps: 5000 }))).toEqual([20, 500, 500]);
  });
});

it.each([
  [
    { preset: "quick", level: "word" },
    /^--preset quick: its settings are for characters, got --level word; /,
  ],
  [
    { preset: "best", data: "brown" },
    /^--preset best: its settings are for characters, got "brown"; /,
  ],
  [
    { preset: "quick", model: "bigram" },
    /^--preset quick: its --block-size: bigram has no such setting, expected --model mlp or /,
  ],
])("a preset that does not fit is named: %j", async (settings, message) => {
  const error = await errorOf(UsageError, () => parseConfig(settings, optionName));
  expect(error.message).toMatch(message);
});
