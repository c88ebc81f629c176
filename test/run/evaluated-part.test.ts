/** Losses of large splits are measured on a fixed random part of them, which is said. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { evaluate, loadCorpus, loadRun, train } from "../../lib/index.js";
import { evalPart } from "../../lib/run/evaluated-part.js";
import { WORDS } from "../train/support.js";

const SETTINGS = { words: WORDS, steps: 20, hidden: 8, embedding: 3, samples: 0 } as const;
const { splits } = loadCorpus(WORDS, 3, 42);

it("a part has different examples of the split, in order, the same ones each time", () => {
  const rows = (part: typeof splits.train) =>
    Array.from(part.blocks(7)).flatMap(({ X, Y }) =>
      (X.toArray() as number[][]).map((x, i) => [...x, (Y.toArray() as number[])[i]].join()),
    );
  const all = rows(splits.train);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: splits.train.count }), (most) => {
      const part = rows(evalPart(splits.train, most));
      expect(part).toHaveLength(most);
      let at = -1;
      for (const row of part) {
        at = all.indexOf(row, at + 1);
        expect(at).toBeGreaterThanOrEqual(0);
      }
      expect(rows(evalPart(splits.train, most))).toEqual(part);
    }),
    { numRuns: 30 },
  );
});

it("splits up to that size, and all with `all`, are measured whole", () => {
  for (const most of ["all", splits.dev.count, 1e9] as const)
    expect(evalPart(splits.dev, most)).toBe(splits.dev);
});

it("a training measures the part, says so, and keeps that", async () => {
  const run = join(mkdtempSync(join(tmpdir(), "mm-part-")), "run");
  const calls: (readonly [number, number])[] = [];
  const result = await train({
    ...SETTINGS,
    evalExamples: 3,
    out: run,
    onMeasure: (done, total) => calls.push([done, total]),
  });
  expect(result.measured).toEqual({ train: 3, dev: 3 });
  expect(result.loss?.train).toBe(evaluate(result.model, evalPart(result.corpus.splits.train, 3)));
  expect(result.loss?.dev).toBe(evaluate(result.model, evalPart(result.corpus.splits.dev, 3)));
  expect(calls.at(-1)).toEqual([12, 12]); // with the bigrams
  expect(readFileSync(join(run, "metrics.jsonl"), "utf8")).toContain(
    `"trainPart":[3,${splits.train.count}],"devPart":[3,${splits.dev.count}]`,
  );
  expect(readFileSync(join(run, "metrics.jsonl"), "utf8")).toContain("devLoss");
  expect(loadRun(run).config.evalExamples).toBe(3);
});

it("the default measures small splits whole, and says nothing of parts", async () => {
  const { measured, examples, loss, model, corpus } = await train(SETTINGS);
  expect(measured).toEqual({ train: examples.train, dev: examples.dev });
  expect(loss?.dev).toBe(evaluate(model, corpus.splits.dev));
});
