/** When numbers stop being finite: where, after which update, and what is left. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  AdamW,
  Dropout,
  Generator,
  loadCorpus,
  loadRun,
  MLP,
  parseSchedule,
  resume,
  type Tensor,
  train,
  Trainer,
  type TrainerOptions,
  TrainingError,
} from "../../lib/index.js";
import { mmTrain, onlyLine } from "../cli/support.js";
import { errorOf, parameterHash, scratch } from "./support.js";

const { vocabulary, splits } = loadCorpus("names", 3, 42);
const folder = scratch();

/** Diverges in the update of step number `at`. */
function trainer(
  at: number,
  rate: string,
  more: (model: MLP) => Partial<TrainerOptions> = () => ({}),
): Trainer {
  const model = MLP.create(
    { vocabularySize: vocabulary.size, blockSize: 3, embedding: 4, hidden: 24 },
    new Generator(7),
  );
  const schedule = parseSchedule(at === 0 ? rate : `0.1@0,${rate}@${at}`);
  return new Trainer({
    model,
    examples: splits.train,
    batchSize: 16,
    schedule,
    generator: new Generator(1),
    ...more(model),
  });
}

const AdamWithDropout = (model: MLP) => {
  model.dropout = new Dropout(0.2, { generator: new Generator(3) });
  return { optimizer: new AdamW(model.parameters()) };
};

describe("the trainer", () => {
  it.each([
    ["SGD, in the first steps", 1, () => ({})],
    ["SGD, after many steps in one call", 1234, () => ({})],
    ["AdamW with dropout", 777, AdamWithDropout],
    ["steps as written", 50, () => ({ compile: false })],
  ])(
    "names the step, its rate and the largest gradient, and stands before it: %s",
    async (_, at, more) => {
      const failing = trainer(at, "1e39", more);
      const error = await errorOf(TrainingError, () => failing.run(5000));
      const same = trainer(at, "1e39", more);
      same.trainSteps(at + 1);
      const gradients = Object.entries(same.options.model.namedParameters()).map(
        ([name, p]) =>
          [name, Math.max(...(p.grad as Tensor).toTypedArray().map(Math.abs))] as const,
      );
      const [parameter, value] = gradients.reduce((most, g) => (g[1] > most[1] ? g : most));
      expect({ ...error }).toMatchObject({
        code: "ERR_MM_TRAINING",
        step: at + 1,
        rate: 1e39,
        gradient: { parameter, value },
      });
      expect(error.message).toBe(
        `the loss is ${same.trainSteps(1)[0]} at step ${at + 1}, after an update at learning ` +
          `rate 1e+39 with a largest gradient of ${value.toPrecision(2)} (in ${parameter}): ` +
          "training diverged; lower the learning rate (find-lr suggests one) or limit the " +
          "gradients (clip)",
      );
      expect(failing.step).toBe(at + 1);
      const before = trainer(at, "1e39", more);
      before.trainSteps(at + 1);
      expect(parameterHash(failing.options.model)).toBe(parameterHash(before.options.model));
    },
  );

  it("says that nothing was updated yet where the first loss is not finite", async () => {
    const failing = trainer(0, "0.1");
    failing.options.model.stateDict().W2.mul_(0).add_(3e38);
    const error = await errorOf(TrainingError, () => failing.run(10));
    expect(error.message).toMatch(
      /^the loss is (NaN|Infinity) at step 0, before any update: look at the data and the first parameters$/,
    );
    expect([error.rate, error.gradient]).toEqual([undefined, undefined]);
  });
});

describe("a run", () => {
  const settings = {
    data: "names",
    steps: 600,
    hidden: 20,
    checkpointEvery: 200,
    evalEvery: 200,
    samples: 1,
  };
  const files = [
    "model.safetensors",
    "best.safetensors",
    "state.safetensors",
    "config.json",
    "vocabulary.json",
    "metrics.jsonl",
  ];

  it.each([
    ["the loss", 450],
    ["the last update", 599],
  ])("keeps its last good checkpoint when %s goes", async (_, at) => {
    const [good, out] = [join(folder(), "good"), join(folder(), "out")];
    const lr = `0.1@0,1e39@${at}`;
    await train({ ...settings, lr, steps: 400, out: good });
    const error = await errorOf(TrainingError, () => train({ ...settings, lr, out }));
    expect(error.step).toBe(at + 1);
    expect(error.message).toMatch(
      new RegExp(`; ${out} holds the model of step 400, its last checkpoint$`),
    );
    for (const which of ["last", "best"] as const)
      expect(parameterHash(loadRun(out, which).model)).toBe(
        parameterHash(loadRun(good, which).model),
      );
    expect(readFileSync(join(out, "state.safetensors"))).toEqual(
      readFileSync(join(good, "state.safetensors")),
    );
    const kept = files.map((file) => readFileSync(join(out, file)));
    await errorOf(TrainingError, () => resume(out));
    expect(files.map((file) => readFileSync(join(out, file)))).toEqual(kept);
  });

  it("is said also where the run folder cannot be read any more", async () => {
    const out = join(folder(), "out");
    const spoil = (): void => writeFileSync(join(out, "config.json"), "{");
    const error = await errorOf(TrainingError, () =>
      train({ ...settings, lr: "0.1@0,1e39@450", out, onSaved: spoil }),
    );
    expect(error.message).toMatch(/training diverged; /);
    expect(error.message).not.toContain(out);
  });

  it("leaves no folder where nothing good was saved, and is one line at the command line", async () => {
    const out = join(folder(), "out");
    const line = onlyLine(
      await mmTrain(
        ["--steps", "500", "--hidden", "20", "--lr", "1e38", "--quiet", "--out", out],
        folder(),
      ),
      1,
    );
    expect(line).toMatch(
      /^the loss is (NaN|Infinity|-Infinity) at step 1, after an update at learning rate 1e\+38 with a largest gradient of [\d.]+ \(in \w+\): training diverged; /,
    );
    expect(existsSync(out)).toBe(false);
  });
});
