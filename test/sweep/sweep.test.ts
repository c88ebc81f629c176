/** A sweep as a program starts it: what it trains, what it says, what it does when called again. */
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import {
  loadRun,
  readSweep,
  resume,
  type SweepOptions,
  type SweepResult,
  train,
} from "../../lib/index.js";
import { installed, parameterHash, scratch, WORDS, wordsFile } from "../train/support.js";

const folder = scratch();

const fixed = {
  steps: 30,
  hidden: 10,
  embedding: 3,
  batchSize: 8,
  samples: 2,
  logEvery: 10,
  evalEvery: 10,
};
const space = { search: "grid", settings: { lr: [0.1, 0.5], blockSize: [2, 3] }, fixed } as const;

/** Of the package as it is installed: its processes run the compiled code. */
let sweep: (options: SweepOptions) => Promise<SweepResult>;
beforeAll(async () => {
  const library = pathToFileURL(join(installed(), "dist", "index.js")).href;
  ({ sweep } = (await import(library)) as { sweep: typeof sweep });
});

/** Rejects with the library's own error, of the installed package's class. */
const messageOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("expected an error");
};

const written = (out: string): Record<string, number> =>
  Object.fromEntries(
    readdirSync(out, { recursive: true, encoding: "utf8" })
      .map((name) => [name, statSync(join(out, name))] as const)
      .filter(([, stat]) => stat.isFile())
      .map(([name, stat]) => [name, stat.mtimeMs]),
  );

describe("a sweep", () => {
  it("trains each trial with each seed, to the bits of `train`, and ranks by mean dev loss", async () => {
    const out = join(folder(), "s");
    const { trials, best, interrupted } = await sweep({
      ...space,
      seeds: [1, 2],
      words: WORDS,
      out,
    });
    expect(interrupted).toBe(false);
    expect(trials).toHaveLength(4);
    expect(best).toBe(trials[0]);
    const means = trials.map(({ loss, runs }) => {
      const losses = runs.map(({ devLoss }) => devLoss as number);
      expect(loss).toBeCloseTo((losses[0] + losses[1]) / 2, 12);
      return loss as number;
    });
    expect(means).toEqual([...means].sort((a, b) => a - b));

    const { settings, runs } = trials[2];
    const alone = await train({
      ...fixed,
      lr: String(settings.lr),
      blockSize: settings.blockSize as number,
      seed: 2,
      batchSeed: 2,
      dropoutSeed: 2,
      words: WORDS,
    });
    expect(runs[1].seed).toBe(2);
    expect(parameterHash(loadRun(runs[1].dir).model)).toBe(parameterHash(alone.model));
    expect(runs[1].devLoss).toBe(alone.loss?.dev);
    expect(runs[1].trainLoss).toBe(alone.loss?.train);
  });

  it("trains nothing twice, and goes on where there are more trials", async () => {
    const out = join(folder(), "s");
    const random = { ...space, search: "random", settings: { lr: { log: [0.01, 1] } } } as const;
    const three = await sweep({ ...random, trials: 3, words: WORDS, out });
    const before = written(out);
    const results: boolean[] = [];
    const started: string[] = [];
    const again = await sweep({
      ...random,
      trials: 3,
      words: WORDS,
      out,
      onRun: ({ name }) => started.push(name),
      onResult: (result) => results.push(result.before),
    });
    expect(again).toEqual(three);
    expect(started).toEqual([]);
    expect(results).toEqual([true, true, true]);
    expect(written(out)).toEqual(before);

    const five = await sweep({
      ...random,
      trials: 5,
      words: WORDS,
      out,
      onRun: (r) => started.push(r.name),
    });
    expect(five.trials).toHaveLength(5);
    expect(started).toHaveLength(2);
  });

  it("keeps runs that diverge as results, and does not try them again", async () => {
    const out = join(folder(), "s");
    const wild = { ...space, settings: { lr: ["0.1", "1e30"] } } as const;
    const { trials } = await sweep({ ...wild, words: WORDS, out });
    expect(trials[1].loss).toBeUndefined();
    expect(trials[1].runs[0].failed).toContain("lower the learning rate");
    const started: string[] = [];
    const again = await sweep({
      ...wild,
      words: WORDS,
      out,
      onRun: ({ name }) => started.push(name),
    });
    expect(started).toEqual([]);
    expect(again.trials).toEqual(trials);
  });

  it("trains the better trials further, rung by rung, to the bits of runs that never paused", async () => {
    const out = join(folder(), "s");
    const { trials, best } = await sweep({
      search: "asha",
      trials: 9,
      eta: 3,
      firstSteps: 4,
      settings: { lr: { log: [0.01, 1] } },
      fixed: { ...fixed, steps: 36, evalEvery: 7 },
      words: WORDS,
      out,
    });
    expect(trials.map(({ rung }) => rung).sort()).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 2].slice(0, 9));
    expect(trials.map(({ runs }) => runs[0].stepsDone)).toContain(4);
    expect(best?.rung).toBe(2);
    const alone = await train({
      ...fixed,
      steps: 36,
      evalEvery: 7,
      lr: String(best?.settings.lr),
      words: WORDS,
    });
    expect(parameterHash(loadRun(String(best?.runs[0].dir)).model)).toBe(
      parameterHash(alone.model),
    );
    const record = readSweep(out);
    expect(record.done).toBe(true);
    expect(record.trials).toEqual(trials);
  });

  it("is stopped by its signal with what it did saved, and goes on to the same bits", async () => {
    const [whole, out] = [join(folder(), "s"), join(folder(), "s")];
    const longer = { ...space, fixed: { ...fixed, steps: 3000, checkpointEvery: 100 } };
    await sweep({ ...longer, words: WORDS, out: whole });
    const stop = new AbortController();
    const stopped: string[] = [];
    const part = await sweep({
      ...longer,
      words: WORDS,
      out,
      onStep: () => stop.abort(),
      onStopped: (name) => stopped.push(name),
      signal: stop.signal,
    });
    expect(part.interrupted).toBe(true);
    expect(stopped.length).toBeGreaterThan(0);
    expect(readSweep(out).done).toBe(false);
    const rest = await sweep({ ...longer, words: WORDS, out });
    expect(rest.interrupted).toBe(false);
    for (const { runs } of rest.trials)
      for (const { name } of runs)
        expect(readFileSync(join(out, name, "model.safetensors"))).toEqual(
          readFileSync(join(whole, name, "model.safetensors")),
        );
  });
});

describe("a sweep is refused", () => {
  it("in the folder of another one", async () => {
    const out = join(folder(), "s");
    await sweep({ ...space, words: WORDS, out });
    const other = { ...space, settings: { lr: [0.2] } };
    expect(await messageOf(sweep({ ...other, words: WORDS, out }))).toContain(
      "holds the sweep of another space",
    );
  });

  it("in the folder of a run", async () => {
    const out = join(folder(), "s");
    await train({ ...fixed, words: WORDS, out });
    const before = written(out);
    expect(await messageOf(sweep({ ...space, words: WORDS, out }))).toBe(
      `${out}: holds a run already; choose another folder with --out`,
    );
    expect(written(out)).toEqual(before);
  });

  it("where one of its runs is another run", async () => {
    const out = join(folder(), "s");
    const run = join(out, "lr=0.1");
    await train({ ...fixed, hidden: 9, lr: "0.1", words: WORDS, out: run });
    const over = { ...space, settings: { lr: [0.1] }, words: WORDS, out };
    expect(await messageOf(sweep(over))).toBe(
      `${run} holds another run than the sweep's: hidden: expected 10, got 9; move it away, or ` +
        "choose another folder with --out",
    );
    renameSync(run, join(out, "mine"));
    expect((await sweep(over)).trials).toHaveLength(1);
    await resume(run, { words: WORDS, steps: 40 });
    expect((await sweep(over)).trials[0].runs[0].stepsDone).toBe(40);
  });

  it("over a corpus that changed", async () => {
    const [dir, out] = [folder(), join(folder(), "s")];
    const data = wordsFile(dir);
    const random = { ...space, search: "random", settings: { lr: { log: [0.01, 1] } } } as const;
    const over = { ...random, fixed: { ...fixed, data } };
    await sweep({ ...over, trials: 1, out });
    writeFileSync(data, WORDS.slice(1).join("\n"));
    expect(await messageOf(sweep({ ...over, trials: 3, out }))).toContain(
      `${data} holds other words than the sweep's`,
    );
    wordsFile(dir);
    expect((await sweep({ ...over, trials: 3, out })).trials).toHaveLength(3);
  });

  it("over standard input, which every run would need", async () => {
    const over = { ...space, fixed: { ...fixed, data: "-" } };
    const message = await messageOf(sweep({ ...over, out: join(folder(), "s") }));
    expect(message).toContain("expected a corpus that every run can read");
  });

  it("with settings that do not fit, before a folder is made", async () => {
    const out = join(folder(), "s");
    const over = { ...space, settings: { embedding: [3, 0] } };
    expect(await messageOf(sweep({ ...over, fixed: {}, words: WORDS, out }))).toContain(
      "sweep: embedding=0: embedding: expected a whole number",
    );
    expect(existsSync(out)).toBe(false);
  });

  it("with the error of a run that cannot be trained, and what was trained stays", async () => {
    const out = join(folder(), "s");
    const over = { ...space, fixed: { ...fixed, data: join(folder(), "none.txt") } };
    expect(await messageOf(sweep({ ...over, out }))).toContain("none.txt");
  });
});
