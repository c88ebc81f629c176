/** A training that starts from the parameters of a run. */
import { createHash } from "node:crypto";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  CheckpointError,
  evaluate,
  loadRun,
  loadRunCorpus,
  resume,
  score,
  train,
  type TrainOptions,
  UsageError,
} from "../../lib/index.js";
import { errorOf, parameterHash, scratch, WORDS } from "../train/support.js";

const folder = scratch();
const TRAINING = { samples: 2, steps: 30, logEvery: 10 } as const;
const SMALL = { embedding: 3, hidden: 6, blockSize: 2, ...TRAINING } as const;
/** Letters that WORDS lacks (q, x, ü), and some of its own. */
const OTHERS = ["qax", "quü", "xenia", "max", "felix", "aqua", "üta"];
const run = join(folder(), "first");
const first = train({ ...SMALL, words: WORDS, evalEvery: 10, lr: "0.1@0,20@20", out: run });
beforeAll(() => first);
const on = (options: TrainOptions = {}) =>
  train({ words: OTHERS, from: run, steps: 20, samples: 2, ...options });

const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

describe("train({ from })", () => {
  it("goes on with the very model where the words are the same", async () => {
    const { model, from } = await on({ words: WORDS, steps: 0 });
    expect(parameterHash(model)).toBe(parameterHash((await first).model));
    expect(from).toMatchObject({ model: "last", step: 30, newTokens: 0 });
  });

  it("keeps what it knows by text, and draws what is new from the seed", async () => {
    const { model, corpus, from } = await on({ steps: 0 });
    const [old, known] = [(await first).model, (await first).corpus.vocabulary];
    const { vocabulary } = corpus;
    expect(new Set(vocabulary.itos)).toEqual(new Set([...known.itos, "q", "x", "ü"]));
    expect(from).toMatchObject({ newTokens: 3 });
    const rows = (m: typeof model, token: number) =>
      [...m.stateDict().C.toTypedArray()].slice(3 * token, 3 * token + 3);
    for (const [token, text] of known.itos.entries()) {
      expect(rows(model, vocabulary.stoi.get(text) ?? -1)).toEqual(rows(old, token));
    }
    const fresh = (m: typeof model) => rows(m, vocabulary.stoi.get("q") ?? -1);
    expect(fresh((await on({ steps: 0, seed: 5 })).model)).not.toEqual(fresh(model));
    expect(fresh((await on({ steps: 0 })).model)).toEqual(fresh(model));
    // Letters that the new list lacks can still be asked for.
    expect(score(model, vocabulary, ["gustav"])[0].loss).toBeGreaterThan(0);
  });

  it("says where it came from, the best model too", async () => {
    for (const fromBest of [false, true]) {
      const out = join(folder(), "run");
      const { from } = await on({ out, fromBest });
      const file = join(run, fromBest ? "best.safetensors" : "model.safetensors");
      const { step } = fromBest ? ((await first).best ?? { step: -1 }) : { step: 30 };
      if (fromBest) expect(step).toBeLessThan(30);
      const origin = {
        run,
        model: fromBest ? "best" : "last",
        step,
        sha256: sha256(file),
        newTokens: 3,
      };
      expect(from).toEqual(origin);
      expect(loadRun(out).config).toMatchObject({
        from: origin,
        hidden: 6,
        blockSize: 2,
        embedding: 3,
      });
      const { config } = loadRun(out);
      const { splits } = loadRunCorpus(out, config, OTHERS);
      expect(Number.isFinite(evaluate(loadRun(out).model, splits.dev))).toBe(true);
    }
  });

  it.each<[string, TrainOptions]>([
    ["a bigram table", { words: WORDS, model: "bigram" }],
    ["the paper's network", { words: WORDS, model: "nplm", direct: true, bias: "unigram" }],
    [
      "a tied network of words",
      {
        words: "the cat sat on the mat . a dog sat . ".repeat(9).trim().split(" "),
        level: "word",
        minCount: 1,
        model: "nplm",
        tied: true,
      },
    ],
  ])("starts from %s, and resumes to the same bits without the old folder", async (_, options) => {
    const old = join(folder(), "old");
    await train({ ...(options.model === "bigram" ? TRAINING : SMALL), ...options, out: old });
    const words =
      options.level === "word"
        ? "the bird sat on a cat . a dog ran . ".repeat(9).trim().split(" ")
        : OTHERS;
    const [whole, killed] = [join(folder(), "whole"), join(folder(), "killed")];
    const settings = {
      words,
      from: old,
      steps: 24,
      samples: 2,
      minCount: options.minCount,
      checkpointEvery: 8,
    };
    // What is in the folder before the first step is what a killed process leaves at least.
    const copy = () =>
      cpSync(whole, killed, { recursive: true, filter: (file) => !file.endsWith("run.lock") });
    const { model, corpus } = await train({ ...settings, out: whole, onStart: copy });
    expect(loadRun(whole).config.from?.newTokens).toBe(options.level === "word" ? 2 : 3);
    rmSync(old, { recursive: true });
    const gone = await resume(killed, { words });
    expect(gone.corpus.vocabulary.itos).toEqual(corpus.vocabulary.itos);
    expect(parameterHash(gone.model)).toBe(parameterHash(model));
    for (const file of [
      "model.safetensors",
      "config.json",
      "vocabulary.json",
      "state.safetensors",
      "samples.txt",
    ]) {
      expect(sha256(join(killed, file))).toBe(sha256(join(whole, file)));
    }
  });

  it("refuses to go on with a run that lost its start: fresh parameters are not its own", async () => {
    const out = join(folder(), "run");
    await on({ out });
    rmSync(join(out, "state.safetensors"));
    const sums = readFileSync(join(out, "SHA256SUMS"), "utf8");
    writeFileSync(join(out, "SHA256SUMS"), sums.replace(/.*state.*\n/, ""));
    const { message } = await errorOf(CheckpointError, () => resume(out, { words: OTHERS }));
    expect(message).toBe(
      `${out}: started from another run and has lost its checkpoint; start it again`,
    );
  });

  it.each<[TrainOptions, string]>([
    [
      { hidden: 7 },
      `hidden: ${run} has 6, and its model keeps it: expected that or nothing, got 7`,
    ],
    [
      { blockSize: 3 },
      `blockSize: ${run} has 2, and its model keeps it: expected that or nothing, got 3`,
    ],
    [
      { model: "kneser-ney" },
      `model: ${run} has mlp, and its model keeps it: expected that or nothing, got "kneser-ney"`,
    ],
    [
      { init: "kaiming" },
      `init: ${run} has normal, and its model keeps it: expected that or nothing, got "kaiming"`,
    ],
    [
      { level: "word" },
      `level: ${run} has character, and its model keeps it: expected that or nothing, got "word"`,
    ],
    [
      { preset: "quick" },
      `preset: quick has blockSize 5, ${run} 2, and its model keeps it: expected another ` +
        "preset or none",
    ],
    [{ words: undefined }, "from: expected a corpus to train on with it, got none"],
    [
      { words: undefined, data: "brown:A" },
      `data: brown:A is a text of words, ${run} a model of characters: expected one of its level`,
    ],
    [{ from: "" }, 'from: expected a run folder, got ""'],
    [{ from: undefined, fromBest: true }, "fromBest: expected from with it"],
    [{ steps: -1 }, "steps: expected a whole number from 0 to 1000000000, got -1"],
  ])("refuses %j", async (options, message) => {
    expect((await errorOf(UsageError, () => on(options))).message).toBe(message);
  });

  it("takes a setting that says what the run has", async () => {
    expect((await on({ hidden: 6, steps: 1 })).steps).toBe(1);
  });

  it("refuses a model that was counted, and says why", async () => {
    const counted = join(folder(), "counted");
    await train({ words: WORDS, model: "kneser-ney", samples: 1, out: counted });
    const { message } = await errorOf(UsageError, () => on({ from: counted }));
    expect(message).toBe(
      `from: expected a model that is trained: ${counted} is kneser-ney, which is counted ` +
        "and has no parameters to go on from",
    );
  });

  it("names the folder that holds no run", async () => {
    const { message } = await errorOf(CheckpointError, () => on({ from: "nowhere" }));
    expect(message).toContain("nowhere");
  });
});

describe("max-words", () => {
  const text = (line: string) => line.repeat(9).trim().split(" ");
  const settings = { level: "word", minCount: 1, samples: 1 } as const;

  it("limits what the model knows in all, and the run goes on with the same words", async () => {
    const [old, out] = [join(folder(), "old"), join(folder(), "out")];
    await train({ ...SMALL, ...settings, words: text("the cat sat . a dog sat . "), out: old });
    const words = text("the bird ran . the bird flew . ");
    const next = { minCount: 1, samples: 1, steps: 4, words, from: old };
    const { corpus } = await train({ ...next, maxWords: 7, out });
    expect(corpus.vocabulary.itos.slice(1)).toEqual(["sat", ".", "the", "cat", "a", "dog", "bird"]);
    expect(loadRun(out).config.from?.newTokens).toBe(1);
    const again = await resume(out, { words, steps: 6 });
    expect(again.corpus.vocabulary.itos).toEqual(corpus.vocabulary.itos);
    const { message } = await errorOf(UsageError, () => train({ ...next, maxWords: 5 }));
    expect(message).toBe(
      `maxWords: ${old} knows 6 words, and its model keeps them: expected 6 or more, or 0 ` +
        "for no limit, got 5",
    );
  });
});
