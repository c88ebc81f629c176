/** Pictures for programs: what train draws, and the charts that the package exports. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  embeddingChart,
  findLearningRate,
  Generator,
  learningRateChart,
  loadCorpus,
  lossChart,
  MLP,
  report,
  resume,
  train,
  ValueError,
} from "../../lib/index.js";
import { errorOf, root, scratch, WORDS } from "../train/support.js";
import { parseXml, texts } from "./support.js";

const folder = scratch();
const SETTINGS = { words: WORDS, embedding: 3, hidden: 4, steps: 20, logEvery: 2, samples: 2 };
const PICTURES = ["embedding.svg", "loss.svg", "report.html"];
const picturesIn = (dir: string): string[] =>
  readdirSync(dir)
    .filter((name) => /\.(svg|html)$/.test(name))
    .sort();

afterEach(() => vi.restoreAllMocks());

describe("train", () => {
  it("draws what the command draws, and says where the report is", async () => {
    const out = join(folder(), "run");
    const result = await train({ ...SETTINGS, out });
    expect(picturesIn(out)).toEqual(PICTURES);
    expect(result.report).toBe(join(out, "report.html"));
    expect(readFileSync(join(out, "report.html"), "utf8")).toMatch(/<li class="(train|dev|new)">/);
  });

  it("draws nothing without a folder, or where no pictures are wanted", async () => {
    expect(await train(SETTINGS)).not.toHaveProperty("report");
    const out = join(folder(), "run");
    expect(await train({ ...SETTINGS, out, pictures: false })).not.toHaveProperty("report");
    expect(picturesIn(out)).toEqual([]);
    const again = await resume(out, { words: WORDS, steps: 30 });
    expect(picturesIn(out)).toEqual(PICTURES);
    expect(again.report).toBe(join(out, "report.html"));
  });

  it("loses nothing where a picture cannot be written", async () => {
    const out = folder();
    mkdirSync(join(out, "loss.svg"));
    const said: string[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
    const result = await train({ ...SETTINGS, out });
    expect(result.loss?.dev).toBeGreaterThan(0);
    expect(result.report).toBeUndefined();
    expect(said.join("")).toMatch(/^mm-train: not drawn: .*loss\.svg.*\n$/);
  });

  it("refuses what is neither yes nor no before it begins", async () => {
    const out = join(folder(), "run");
    await errorOf(ValueError, () => train({ ...SETTINGS, out, pictures: "yes" as never }));
    expect(existsSync(out)).toBe(false);
  });
});

describe("report", () => {
  it("draws a run folder again", async () => {
    const out = join(folder(), "run");
    await train({ ...SETTINGS, out, pictures: false });
    expect((await report(out)).sort()).toEqual(PICTURES.map((name) => join(out, name)));
    expect(readFileSync(join(out, "report.html"), "utf8")).not.toMatch(
      /<li class="(train|dev|new)">/,
    );
    await report(out, { words: WORDS });
    expect(readFileSync(join(out, "report.html"), "utf8")).toMatch(/<li class="(train|dev|new)">/);
    await errorOf(ValueError, () => report(out, { word: WORDS } as never));
  });
});

describe("charts", () => {
  it("of losses that a loop of one's own kept", async () => {
    const minibatches = Array.from({ length: 50 }, (_, step) => ({ step, loss: 3.3 - step / 50 }));
    const found = texts(await lossChart({ minibatches, vocabularySize: 27, lr: "0.1@0,0.01@25" }));
    expect(found).toEqual(
      expect.arrayContaining(["Loss over 49 steps", "guessing 3.2958", "learning rate 0.01"]),
    );
    const narrow = parseXml(await lossChart({ minibatches }, { narrow: true })).documentElement;
    expect(narrow?.getAttribute("width")).toBe("380");
  });

  it("of an embedding and of a learning-rate finder", async () => {
    const { vocabulary, splits } = loadCorpus(WORDS, 3, 42);
    const generator = new Generator(1);
    const model = MLP.create(
      { vocabularySize: vocabulary.size, blockSize: 3, embedding: 3, hidden: 4 },
      generator,
    );
    const svg = await embeddingChart(model.C.toArray() as number[][], vocabulary.itos);
    expect(texts(svg)).toEqual(expect.arrayContaining([...vocabulary.itos]));
    const found = findLearningRate({
      model,
      examples: splits.train,
      batchSize: 4,
      generator,
      trials: 20,
    });
    expect(texts(await learningRateChart(found))).toContain(
      `Learning rate: ${found.suggested} suggested`,
    );
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      "lossChart: curves.minibatches[1].loss: expected a number",
      () =>
        lossChart({
          minibatches: [
            { step: 0, loss: 1 },
            { step: 1, loss: "2" as never },
          ],
        }),
    ],
    ["lossChart: curves.minibatches: expected an array", () => lossChart({} as never)],
    [
      "embeddingChart: table[1]: expected 2 numbers as in the first row, got 1",
      () => embeddingChart([[1, 2], [3]], ["a", "b"]),
    ],
    [
      "embeddingChart: itos: expected a name for each of 1 rows, got 2",
      () => embeddingChart([[1]], ["a", "b"]),
    ],
    [
      "learningRateChart: curve.trials[0].rate: expected a positive number, got 0",
      () =>
        learningRateChart({
          trials: [{ rate: 0, loss: 1, smoothed: 1 }],
          suggested: 1,
          reason: "",
        }),
    ],
    [
      "lossChart: narrow: expected true or false, got 1",
      () => lossChart({ minibatches: [] }, { narrow: 1 as never }),
    ],
    [
      'lossChart: options: unknown option "wide"; there is narrow',
      () => lossChart({ minibatches: [] }, { wide: true } as never),
    ],
  ])("%s", async (message, call) => {
    expect((await errorOf(ValueError, call)).message).toContain(message);
  });
});

it("loads the charting library when something is drawn, not before", () => {
  // The static imports of the entry point, followed: none of them leads to the charting library.
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file) || !file.startsWith(root)) return;
    seen.add(file);
    const source = readFileSync(file, "utf8");
    for (const [, type, target] of source.matchAll(
      /^(?:import|export)( type)? [^;]*?from "([^"]+)";/gms,
    )) {
      if (type !== undefined) continue;
      expect([file, target]).not.toEqual([file, "@observablehq/plot"]);
      if (target.startsWith(".")) visit(join(file, "..", target.replace(/\.js$/, ".ts")));
    }
  };
  visit(join(root, "lib/index.ts"));
  expect(seen.has(join(root, "lib/report/public.ts"))).toBe(true);
});
