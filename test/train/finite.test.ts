/** Numbers that are not finite: found where they enter, and not blamed on what comes after. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  AdamW,
  CheckpointError,
  encodeSafetensors,
  evaluate,
  findLearningRate,
  Generator,
  loadCorpus,
  loadRun,
  MLP,
  parseSchedule,
  readSafetensors,
  resume,
  tensor,
  train,
  Trainer,
  TrainingError,
  ValueError,
} from "../../lib/index.js";
import { mmTrain, onlyLine } from "../cli/support.js";
import { errorOf, scratch, writeRun } from "./support.js";

const folder = scratch();
const { vocabulary, splits } = loadCorpus("names", 3, 42);
const model = () =>
  MLP.create(
    { vocabularySize: vocabulary.size, blockSize: 3, embedding: 4, hidden: 24 },
    new Generator(7),
  );

const SETTINGS = {
  data: "names",
  steps: 20,
  hidden: 8,
  evalEvery: 10,
  checkpointEvery: 10,
  samples: 1,
  optimizer: "adamw",
} as const;
const run = async (): Promise<string> => {
  const out = join(folder(), "run");
  await train({ ...SETTINGS, out });
  return out;
};

/** Puts `value` into a tensor of a run's file, as a disk or an editor might. */
function spoil(dir: string, file: string, name: string, value: number, every = false): void {
  const tensors = readSafetensors(join(dir, file));
  const numbers = (tensors[name].toTypedArray() as Float32Array).slice();
  if (every) numbers.fill(value);
  else numbers[5] = value;
  writeRun(dir, {
    [file]: encodeSafetensors({
      ...tensors,
      [name]: tensor(numbers, { shape: [...tensors[name].shape] }),
    }),
  });
}

describe("a run folder", () => {
  it.each([
    ["W1", Number.NaN, "W1 is not finite (NaN at [0, 5])"],
    ["b1", Infinity, "b1 is not finite (Infinity at [5])"],
    ["optimizer.exp_avg.C", Number.NaN, "optimizer.exp_avg.C is not finite (NaN at [0, 5])"],
    [
      "optimizer.exp_avg_sq.W2",
      -Infinity,
      "optimizer.exp_avg_sq.W2 is not finite (-Infinity at [0, 5])",
    ],
  ])("whose checkpoint's %s holds %d is not gone on with", async (name, value, what) => {
    const dir = await run();
    spoil(dir, "state.safetensors", name, value);
    const before = readdirSync(dir).map((file) => readFileSync(join(dir, file)));
    const error = await errorOf(CheckpointError, () => resume(dir, { steps: 40 }));
    const file = join(dir, "state.safetensors");
    expect([error.file, error.message]).toEqual([
      file,
      `${file}: tensor ${what}; the file is damaged`,
    ]);
    expect(readdirSync(dir).map((file) => readFileSync(join(dir, file)))).toEqual(before);
  });

  it.each([
    ["model.safetensors", "last"],
    ["best.safetensors", "best"],
  ] as const)("whose %s is not finite is not loaded", async (name, which) => {
    const dir = await run();
    spoil(dir, name, "W2", Number.NaN);
    const error = await errorOf(CheckpointError, () => loadRun(dir, which));
    expect(error.message).toBe(
      `${join(dir, name)}: tensor W2 is not finite (NaN at [0, 5]); the file is damaged`,
    );
  });

  it("keeps no loss that is not finite although the parameters are", async () => {
    const dir = await run();
    spoil(dir, "state.safetensors", "W2", 3e38, true);
    const error = await errorOf(TrainingError, () => resume(dir));
    expect(error.message).toMatch(
      /^the train loss is (NaN|Infinity) after 20 steps, although the parameters are finite: /,
    );
    expect(readFileSync(join(dir, "metrics.jsonl"), "utf8")).not.toContain("null");
  });
});

describe("a trainer", () => {
  const trainer = (m: MLP, optimizer?: AdamW) =>
    new Trainer({
      model: m,
      examples: splits.train,
      batchSize: 16,
      schedule: parseSchedule("0.1"),
      generator: new Generator(1),
      optimizer,
    });

  it.each([
    ["every loss", "W2", [0, 3], 0],
    // The row of a rare character: many losses are finite before one is not.
    ["a later loss", "C", [6, 2], undefined],
  ] as const)(
    "that began with a parameter that spoils %s says so, not the learning rate",
    async (_, name, [row, column], step) => {
      const m = model();
      const p = m.stateDict()[name];
      p.slice(0, row, row + 1)
        .slice(1, column, column + 1)
        .mul_(Number.NaN);
      const error = await errorOf(TrainingError, () => trainer(m).run(5000));
      if (step === undefined) expect(error.step).toBeGreaterThan(0);
      else expect(error.step).toBe(step);
      expect(error.message).toBe(
        `the loss is NaN at step ${error.step}: before the first step ${name} is not finite ` +
          `(NaN at [${row}, ${column}]); look at where the parameters come from`,
      );
      expect([error.rate, error.gradient]).toEqual([undefined, undefined]);
      const found = await errorOf(TrainingError, () =>
        findLearningRate({
          model: m,
          examples: splits.train,
          batchSize: 16,
          generator: new Generator(1),
          trials: 1000,
        }),
      );
      expect(found.message).toMatch(
        `before the first step ${name} is not finite (NaN at [${row}, ${column}])`,
      );
    },
  );

  it("looks at what the optimizer keeps as well: a checkpoint holds it", async () => {
    const m = model();
    const optimizer = new AdamW(m.parameters());
    const t = trainer(m, optimizer);
    await t.run(3);
    t.checkFinite();
    optimizer.state.exp_avg_sq[1].mul_(Infinity);
    const error = await errorOf(TrainingError, () => t.checkFinite());
    expect(error.message).toMatch(
      /^optimizer\.exp_avg_sq\.W1 is not finite \(Infinity at \[0, 0\]\) after step 2, after an /,
    );
  });
});

describe("evaluate", () => {
  it("names the parameter that makes the loss NaN", async () => {
    const m = model();
    m.b2.data.mul_(Number.NaN);
    const error = await errorOf(ValueError, () => evaluate(m, splits.dev));
    expect(error.message).toBe("evaluate: the model's loss is NaN: b2 is not finite (NaN at [0])");
  });

  it("says so where all parameters are finite", async () => {
    const m = model();
    m.W2.data.mul_(0).add_(3e38);
    const error = await errorOf(ValueError, () => evaluate(m, splits.dev));
    expect(error.message).toBe(
      "evaluate: the model's loss is NaN: " +
        "its parameters are finite, but its predictions are not numbers",
    );
  });
});

describe("at the command line", () => {
  const dirs = { nan: "", huge: "", good: "" };
  beforeAll(async () => {
    for (const name of ["nan", "huge", "good"] as const) dirs[name] = await run();
    spoil(dirs.nan, "model.safetensors", "W2", Number.NaN);
    spoil(dirs.huge, "model.safetensors", "W2", 3e38, true);
  });

  it.each<[string, "nan" | "huge", (dir: string) => string[]]>([
    ["evaluate", "nan", (dir) => ["evaluate", "--run", dir]],
    ["evaluate of large numbers", "huge", (dir) => ["evaluate", "--run", dir]],
    ["evaluate --json", "huge", (dir) => ["evaluate", "--json", "--run", dir]],
    ["evaluate --split test", "huge", (dir) => ["evaluate", "--split", "test", "--run", dir]],
    ["evaluate --mix", "nan", (dir) => ["evaluate", "--run", dirs.good, "--mix", dir]],
    [
      "evaluate --mix of large numbers",
      "huge",
      (dir) => ["evaluate", "--json", "--run", dirs.good, "--mix", dir],
    ],
    [
      "evaluate --mix-weight learned",
      "huge",
      (dir) => ["evaluate", "--run", dir, "--mix", dirs.good, "--mix-weight", "learned"],
    ],
    ["score", "nan", (dir) => ["score", "anna", "--run", dir]],
    ["score --json", "huge", (dir) => ["score", "anna", "--json", "--run", dir]],
    ["sample", "nan", (dir) => ["sample", "--run", dir]],
    ["plot", "nan", (dir) => ["plot", "--run", dir]],
  ])("%s ends in a line, not in NaN", async (_, kind, args) => {
    const line = onlyLine(await mmTrain(args(dirs[kind]), folder()), 1);
    if (kind === "nan")
      expect(line).toBe(
        `${dirs.nan}/model.safetensors: ` +
          "tensor W2 is not finite (NaN at [0, 5]); the file is damaged",
      );
    else expect(line).toMatch(/loss.* is (NaN|Infinity): .*finite|not finite|numbers/);
    expect(readdirSync(dirs[kind])).not.toContain("test-looks.json");
  });
});
