/** Trainings over a text that is large enough for its tokens to be kept beside the run. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeAll, expect, it } from "vitest";
import {
  evaluate,
  loadCorpus,
  loadRun,
  loadRunCorpus,
  resume,
  train,
  type TrainOptions,
} from "../../lib/index.js";
import { readExamples, roleOf } from "../../lib/run/corpus/other-text.js";
import { cacheBeside } from "../../lib/run/corpus/token-cache/cache-folder.js";
import { runFolders } from "../../lib/run/folder/runs.js";
import { parameterHash, root, scratch } from "../train/support.js";

const folder = scratch()();
const file = join(folder, "text.txt");
const MEGABYTES = 17;
beforeAll(() => {
  const line = (i: number) => `the ${i % 97} cats saw ${i % 89} dogs , and ${i % 83} ran away .\n`;
  const part = Array.from({ length: 8000 }, (_, i) => line(i * i)).join("");
  writeFileSync(file, part.repeat(Math.ceil((MEGABYTES * 2 ** 20) / part.length)));
});
afterEach(() => void delete process.env.MM_CACHE);

const SMALL = {
  data: file,
  level: "word",
  model: "nplm",
  blockSize: 3,
  embedding: 4,
  hidden: 8,
  bias: "unigram",
  batchSize: 16,
  steps: 40,
  evalExamples: 500,
  checkpointEvery: 20,
  samples: 2,
} as const satisfies TrainOptions;

const names = (cache: string, ending: string): string[] =>
  readdirSync(cache).filter((name) => name.endsWith(ending));

it("beside the run, whose bits are those of one that keeps none, also resumed", async () => {
  process.env.MM_CACHE = "";
  const plain = await train({ ...SMALL, out: join(folder, "plain", "run") });
  expect(existsSync(join(folder, "plain", ".mm-cache"))).toBe(false);
  delete process.env.MM_CACHE;
  const runs = join(folder, "runs");
  for (const name of ["first", "second"]) {
    const made = await train({ ...SMALL, out: join(runs, name) });
    expect(parameterHash(made.model)).toBe(parameterHash(plain.model));
    expect([made.loss, made.samples]).toEqual([plain.loss, plain.samples]);
    for (const of of ["config.json", "corpus.json", "vocabulary.json"])
      expect(readFileSync(join(runs, name, of), "utf8")).toBe(
        readFileSync(join(folder, "plain", "run", of), "utf8"),
      );
  }
  const cache = join(runs, ".mm-cache");
  expect(names(cache, ".tokens")).toHaveLength(1);
  expect(runFolders("config.json", runs)).toHaveLength(2);
  const half = join(runs, "half");
  await train({ ...SMALL, steps: 20, out: half });
  const whole = await resume(half, { steps: 40 });
  expect(parameterHash(whole.model)).toBe(parameterHash(plain.model));
  const { model, config, vocabulary } = loadRun(half);
  const { splits } = loadRunCorpus(half, config);
  expect(evaluate(model, splits.dev.part(Int32Array.of(1, 2, 9)))).toBeGreaterThan(0);
  // The text as another one that is measured, read by the vocabulary's rules.
  expect(roleOf(file, config, cache)).toBe("corpus");
  const { Y } = readExamples(file, vocabulary, 3, cache);
  expect(Y.numel).toBe(splits.train.count + splits.dev.count + splits.test.count);
  expect(names(cache, ".tokens")).toHaveLength(1);
}, 120_000);

it("in the folder that MM_CACHE names, or that a program names; nowhere without a run", async () => {
  const own = join(folder, "own");
  process.env.MM_CACHE = own;
  expect(cacheBeside(join(folder, "elsewhere", "run"))).toBe(own);
  delete process.env.MM_CACHE;
  const corpus = await train({ ...SMALL, steps: 1, cache: own }).then((made) => made.corpus);
  expect(names(own, ".tokens")).toHaveLength(1);
  const before = readdirSync(folder).sort();
  expect(loadCorpus(file, 3, 42, {}).digest).toBe(corpus.digest);
  expect(readdirSync(folder).sort()).toEqual(before);
}, 60_000);

it("processes that make the file at the same time get the same, and leave one file", async () => {
  const cache = join(folder, "shared", "cache");
  mkdirSync(join(folder, "shared"));
  const program = ["--import", "tsx", join(root, "test/run/programs/open-corpus.ts"), file, cache];
  const run = () => promisify(execFile)(process.execPath, program, { cwd: root, maxBuffer: 1e8 });
  const made = await Promise.all([run(), run(), run()]);
  made.push(await run());
  expect(new Set(made.map(({ stdout }) => stdout)).size).toBe(1);
  expect(made.map(({ stderr }) => stderr).join("")).toBe("");
  expect(names(cache, ".tokens")).toHaveLength(1);
  expect(names(cache, ".tmp")).toEqual([]);
}, 120_000);
