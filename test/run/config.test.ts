/** Settings of a run: the lecture's as defaults, limits, and one line for every mistake. */
import { describe, expect, it } from "vitest";
import { parseConfig, UsageError } from "../../lib/index.js";
import { OPTIMIZER_NAMES } from "../../lib/optim/registry.js";
import { optionName } from "../../lib/run/settings/config.js";
import { errorOf } from "../train/support.js";

/** Smallest and largest accepted value. */
const LIMITS = {
  blockSize: [1, 1000],
  embedding: [1, 100_000],
  hidden: [1, 1_000_000],
  batchSize: [1, 10_000_000],
  steps: [0, 1_000_000_000],
  logEvery: [1, 1_000_000_000],
  evalEvery: [1, 1_000_000_000],
  checkpointEvery: [1, 1_000_000_000],
  samples: [0, 1_000_000],
} as const;
const SEEDS = ["seed", "splitSeed", "batchSeed", "dropoutSeed", "sampleSeed"] as const;
const NUMBERS = [...Object.keys(LIMITS), ...SEEDS];

describe("settings", () => {
  it("left out are the lecture's", () => {
    expect(parseConfig({})).toEqual({
      data: "names",
      column: "",
      weightColumn: "",
      normalize: "nfc",
      unique: false,
      level: "character",
      tokens: "text",
      lines: "text",
      devData: null,
      testData: null,
      minCount: 4,
      maxWords: 0,
      countOn: "stream",
      model: "mlp",
      blockSize: 3,
      embedding: 10,
      hidden: 200,
      batchSize: 32,
      order: "random",
      steps: 200_000,
      lr: "0.1@0,0.01@100000",
      optimizer: "sgd",
      momentum: 0,
      weightDecay: 0,
      clip: 0,
      dropout: 0,
      init: "normal",
      seed: 2147483647,
      splitSeed: 42,
      batchSeed: 1,
      dropoutSeed: 2,
      logEvery: 1000,
      evalEvery: 20_000,
      evalExamples: 200_000,
      patience: 0,
      checkpointEvery: 20_000,
      samples: 20,
      sampleSeed: 2147483657,
    });
  });

  it("given replace their default and no other", () => {
    expect(parseConfig({ blockSize: 8 })).toEqual({ ...parseConfig({}), blockSize: 8 });
    expect(parseConfig({ steps: undefined })).toEqual(parseConfig({}));
  });

  it.each(Object.entries(LIMITS))(
    "%s: %j are the limits, and both are accepted",
    async (name, [min, max]) => {
      expect(parseConfig({ [name]: min })).toMatchObject({ [name]: min });
      expect(parseConfig({ [name]: max })).toMatchObject({ [name]: max });
      for (const value of [min - 1, max + 1]) {
        const { message } = await errorOf(UsageError, () =>
          parseConfig({ [name]: value }, optionName),
        );
        expect(message).toBe(
          `${optionName(name)}: expected a whole number from ${min} to ${max}, got ${value}`,
        );
      }
    },
  );

  it.each(SEEDS)("%s may be any whole number that a double holds", async (name) => {
    for (const seed of [0, -1, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]) {
      expect(parseConfig({ [name]: seed })).toMatchObject({ [name]: seed });
    }
    for (const seed of [2 ** 53, -(2 ** 53), 1e300]) {
      expect(
        (await errorOf(UsageError, () => parseConfig({ [name]: seed }, optionName))).message,
      ).toContain(`${optionName(name)}: expected`);
    }
  });

  it.each(NUMBERS)("%s must be a whole number, and the message shows what came", async (name) => {
    const wrong: [unknown, string][] = [
      [1.5, "1.5"],
      ["5", '"5"'],
      ["", '""'],
      [null, "null"],
      [true, "true"],
      [[5], "an array"],
    ];
    for (const [value, shown] of wrong) {
      const { message } = await errorOf(UsageError, () =>
        parseConfig({ [name]: value }, optionName),
      );
      expect(message).toMatch(/: expected a whole number from -?\d+ to \d+, got /);
      expect(message.startsWith(`${optionName(name)}: `)).toBe(true);
      expect(message.endsWith(`, got ${shown}`), message).toBe(true);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "is not %d, and the message says so",
    async (value) => {
      const { message } = await errorOf(UsageError, () =>
        parseConfig({ steps: value }, optionName),
      );
      expect(message).toBe(`--steps: expected a whole number from 0 to 1000000000, got ${value}`);
    },
  );

  it.each(["seed", "steps"])("%s as a bigint is a mistake like others", async (name) => {
    expect((await errorOf(UsageError, () => parseConfig({ [name]: 5n }))).message).toContain(
      "expected a whole number",
    );
  });

  it.each([5, null, "", false])("data = %j is not a file name", async (data) => {
    expect((await errorOf(UsageError, () => parseConfig({ data }, optionName))).message).toBe(
      `--data: expected a file name, got ${JSON.stringify(data)}`,
    );
  });

  it("is called by its key in a program", async () => {
    expect((await errorOf(UsageError, () => parseConfig({ blockSize: 0 }))).message).toMatch(
      /^blockSize: expected/,
    );
  });

  it("lr is checked as a schedule, once", async () => {
    const { message } = await errorOf(UsageError, () => parseConfig({ lr: "fast" }, optionName));
    expect(message).toMatch(/^--lr: expected VALUE@STEP .*, got "fast"$/);
    expect((await errorOf(UsageError, () => parseConfig({ lr: 0.1 }, optionName))).message).toMatch(
      /^--lr: expected text such as .*, got 0\.1$/,
    );
  });

  it.each([
    ["momentum", [0, 0.9], [1, -0.1, Number.NaN, "0.9"], "expected a number from 0 to below 1"],
    ["dropout", [0, 0.5], [1, -0.1], "expected a number from 0 to below 1"],
    ["weightDecay", [0, 1e-4, 5], [-1e-9, Infinity], "expected a number from 0 to below 1000000"],
    ["clip", [0, 1e-4, 5], [-1e-9, null], "expected a number from 0 to below 1e+30"],
    ["optimizer", OPTIMIZER_NAMES, ["adam", 1], `expected ${OPTIMIZER_NAMES.join(" or ")}`],
    [
      "model",
      ["mlp", "bigram", "nplm"],
      ["rnn"],
      "expected mlp or bigram or nplm or del-int or kneser-ney or kneser-ney-backoff or class",
    ],
    ["init", ["normal", "kaiming"], [""], "expected normal or kaiming"],
  ])("%s takes %j, not %j", async (name, right, wrong, expected) => {
    for (const value of right)
      expect(parseConfig({ [name]: value })).toMatchObject({ [name]: value });
    for (const value of wrong) {
      const { message } = await errorOf(UsageError, () =>
        parseConfig({ [name]: value }, optionName),
      );
      expect(message).toMatch(
        new RegExp(`^${optionName(name)}: ${expected.replace("+", ".")}, got `),
      );
    }
  });

  it("that would do nothing are refused", async () => {
    const of = async (settings: object) =>
      (await errorOf(UsageError, () => parseConfig({ ...settings }, optionName))).message;
    expect(await of({ optimizer: "adamw", momentum: 0.9 })).toBe(
      "--momentum: adamw has no such setting, expected --optimizer sgd",
    );
    expect(await of({ direct: true })).toBe(
      "--direct: mlp has no such setting, expected --model nplm",
    );
    expect(await of({ model: "nplm", init: "kaiming" })).toBe(
      "--init: nplm has no such setting, expected --model mlp",
    );
    expect(await of({ model: "kneser-ney", weightDecay: 0.1 })).toBe(
      "--weight-decay: kneser-ney is counted, not trained, expected nothing",
    );
    expect(await of({ minCount: 1 })).toBe(
      "--min-count: expected --level word with it, got 1 and character",
    );
    expect(parseConfig({ data: "brown", minCount: 1 })).toMatchObject({
      level: "word",
      minCount: 1,
    });
    expect(await of({ model: "nplm", tied: true, direct: true })).toBe(
      "--tied: expected no --direct with it, got both",
    );
    expect(await of({ model: "nplm", hidden: 0 })).toBe(
      "--hidden: expected 1 or more without --direct, got 0",
    );
    expect(await of({ model: "class", blockSize: 20 })).toBe(
      "--block-size: expected a whole number from 1 to 19, got 20",
    );
    expect(await of({ model: "bigram", dropout: 0.1 })).toBe(
      "--dropout: bigram has no such setting, expected --model mlp or nplm",
    );
    expect(await of({ model: "nplm", hidden: 0, direct: true, dropout: 0.1 })).toBe(
      "--dropout: without hidden units there is nothing to leave out, expected 0, got 0.1",
    );
  });

  it("nobody knows are named, with those that exist", async () => {
    expect((await errorOf(UsageError, () => parseConfig({ hiden: 5 }))).message).toBe(
      'unknown setting "hiden": did you mean hidden?',
    );
    const { message } = await errorOf(UsageError, () => parseConfig({ temperature: 5 }));
    expect(message).toMatch(
      /^unknown setting "temperature": expected one of data, column, .*level, .*model, .*.*sampleSeed$/,
    );
  });

  it.each([
    ["blockSize", "--block-size"],
    ["lr", "--lr"],
    ["sampleSeed", "--sample-seed"],
  ])("%s is %s at the command line", (key, option) => {
    expect(optionName(key)).toBe(option);
  });
});
