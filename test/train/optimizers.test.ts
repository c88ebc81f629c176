/**
 * Training with every optimizer, clipping, dropout and curve: interrupted and resumed it ends with
 * the same bits; damage is named.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  CheckpointError,
  encodeSafetensors,
  evaluate,
  loadRun,
  loadRunCorpus,
  readSafetensors,
  resume,
  sample,
  type Settings,
  Generator,
  setBackend,
  type Tensor,
  tensor,
  train,
  UsageError,
} from "../../lib/index.js";
import { errorOf, parameterHash, scratch, WORDS, writeRun } from "./support.js";

const folder = scratch();
const SMALL = {
  words: WORDS,
  samples: 0,
  steps: 40,
  checkpointEvery: 10,
  logEvery: 10,
} as const;
const NETWORK = { hidden: 9, embedding: 3 } as const;
const RUNS: Record<string, Settings> = {
  "sgd, momentum, decay": { ...NETWORK, momentum: 0.9, weightDecay: 1e-3, lr: "step:0.1*0.5/15" },
  "adamw, clip, dropout": {
    ...NETWORK,
    optimizer: "adamw",
    weightDecay: 0.1,
    clip: 0.5,
    dropout: 0.3,
    init: "kaiming",
    lr: "onecycle:0.01",
  },
  bigram: { model: "bigram", optimizer: "adamw", lr: "cosine:0.1->0" },
};

describe.each(Object.entries(RUNS))("%s", (_, settings) => {
  const whole = train({ ...SMALL, ...settings });

  it("every setting changes the result", async () => {
    const hashes = [parameterHash((await whole).model)];
    for (const key of Object.keys(settings) as (keyof Settings)[]) {
      if (key === "optimizer" || key === "model") continue; // others depend on these
      const { [key]: _, ...rest } = settings;
      hashes.push(parameterHash((await train({ ...SMALL, ...rest })).model));
    }
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it("resumed ends with the bits of an uninterrupted run", async () => {
    const run = join(folder(), "run");
    for (const at of [13, 27]) {
      const abort = new AbortController();
      const listeners = {
        signal: abort.signal,
        onStep: (step: number) => step === at && abort.abort(),
      };
      // At 13 Ctrl-C saved where it stood; at 27 nothing was saved after the checkpoint before, as
      // after kill -9.
      const state = at === 13 ? undefined : readFileSync(join(run, "state.safetensors"));
      const { interrupted } =
        at === 13
          ? await train({ ...SMALL, ...settings, out: run, ...listeners })
          : await resume(run, { words: WORDS, ...listeners });
      expect(interrupted).toBe(true);
      if (state !== undefined) writeRun(run, { "state.safetensors": state });
    }
    const { model, steps } = await resume(run, { words: WORDS });
    expect(steps).toBe(40);
    expect(parameterHash(model)).toBe(parameterHash((await whole).model));
    const opened = loadRun(run);
    expect(parameterHash(opened.model)).toBe(parameterHash(model));
    const corpus = loadRunCorpus(run, opened.config, WORDS);
    expect(evaluate(opened.model, corpus.splits.dev)).toBe((await whole).loss?.dev);
    expect(sample(opened.model, opened.vocabulary, 3, new Generator(1))).toHaveLength(3);
  });

  it("gives the same bits on the reference backend", async () => {
    const native = await whole;
    setBackend("reference");
    try {
      expect(parameterHash((await train({ ...SMALL, ...settings })).model)).toBe(
        parameterHash(native.model),
      );
    } finally {
      setBackend("native");
    }
  });
});

describe("a checkpoint", () => {
  const run = join(folder(), "run");
  const done = train({ ...SMALL, ...RUNS["adamw, clip, dropout"], out: run });
  const file = join(run, "state.safetensors");

  it("holds what the optimizer keeps, by PyTorch's names", async () => {
    await done;
    const names = Object.keys(readSafetensors(file));
    const parameters = ["C", "W1", "b1", "W2", "b2"];
    const state = ["exp_avg", "exp_avg_sq"].flatMap((kind) =>
      parameters.map((name) => `optimizer.${kind}.${name}`),
    );
    expect(names).toEqual([
      ...parameters,
      ...state,
      "trainer.step",
      "optimizer.step",
      "trainer.generator",
      "trainer.dropout",
    ]);
    expect(readSafetensors(file)["optimizer.step"].item()).toBe(40);
  });

  it.each<[string, Tensor | undefined, RegExp]>([
    ["optimizer.exp_avg.W1", undefined, /expected float32 \[9, 9\], got nothing/],
    ["optimizer.exp_avg_sq.b1", tensor([1, 2]), /expected float32 \[9\], got float32 \[2\]/],
    ["optimizer.step", undefined, /expected int32 \[\], got nothing/],
    ["optimizer.step", tensor(-1, { dtype: "int32" }), /expected 0 or more, got -1/],
    ["trainer.dropout", undefined, /got nothing/],
    ["trainer.dropout", tensor(new Int32Array(1264).fill(7)), /a generator's state: /],
  ])("whose %s is damaged is named", async (name, value, message) => {
    await done;
    const intact = readFileSync(file);
    const { [name]: _, ...rest } = readSafetensors(file);
    writeRun(run, {
      "state.safetensors": encodeSafetensors(
        value === undefined ? rest : { ...rest, [name]: value },
      ),
    });
    const error = await errorOf(CheckpointError, () => resume(run, { words: WORDS }));
    expect(error.file).toBe(file);
    expect(error.message).toMatch(message);
    writeRun(run, { "state.safetensors": intact });
  });

  it("of a curve over all steps is not prolonged", async () => {
    await done;
    const { message } = await errorOf(UsageError, () => resume(run, { words: WORDS, steps: 80 }));
    expect(message).toMatch(
      /its learning rates \(onecycle:0\.01\) are spread over 40 steps, expected no other number, got 80$/,
    );
  });
});
