/** Ctrl-C and readers that leave: what was reached is saved, and the exit code says so. */
import { mkdirSync, readdirSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadRun } from "../../lib/index.js";
import {
  jsonLines,
  mmTrain,
  printed,
  type ResultEvent,
  scratch,
  SMALL,
  startMmTrain,
  wordsFile,
} from "./support.js";

const folder = scratch();
const FOREVER = [
  "words.txt",
  ...SMALL,
  "--steps",
  "1000000000",
  "--eval-every",
  "1000000000",
  "--out",
  "run",
];
const FILES = [
  "SHA256SUMS",
  "config.json",
  "corpus.json",
  "embedding.svg",
  "loss.svg",
  "metrics.jsonl",
  "model.safetensors",
  "report.html",
  "state.safetensors",
  "vocabulary.json",
];
function home(): string {
  const dir = folder();
  wordsFile(dir);
  return dir;
}

describe.concurrent("an interrupted training", () => {
  it.each<NodeJS.Signals>(["SIGINT", "SIGTERM"])(
    "saves the run and exits with 130 on %s",
    async (signal) => {
      const dir = home();
      const { child, finished, line } = startMmTrain(
        [...FOREVER, "--json", "--log-every", "1000"],
        dir,
      );
      await line("stdout"); // what was read
      await line("stdout"); // a step
      child.kill(signal);
      const { code, stdout, stderr } = await finished;
      expect({ code, stderr }).toEqual({ code: 130, stderr: "" });

      const result = jsonLines<ResultEvent & { interrupted: boolean }>(stdout).at(
        -1,
      ) as ResultEvent & { interrupted: boolean };
      expect(result).toMatchObject({ event: "result", interrupted: true, run: "run", samples: [] });
      expect(result.steps).toBeGreaterThan(0);
      const run = loadRun(join(dir, "run"));
      expect(run.config).toMatchObject({ steps: 1_000_000_000, stepsDone: result.steps });
      expect(readdirSync(join(dir, "run")).sort()).toEqual(FILES);
      expect(
        jsonLines<object>(readFileSync(join(dir, "run", "metrics.jsonl"), "utf8")).length,
      ).toBeGreaterThan(0);

      expect(
        printed(await mmTrain(["sample", "--run", "run", "--count", "3"], dir)).split("\n"),
      ).toHaveLength(3 + 1);
      expect(printed(await mmTrain(["evaluate", "--run", "run"], dir))).toMatch(/^dev loss /);
    },
  );

  it("says so to a person", async () => {
    const dir = home();
    const { child, finished, line } = startMmTrain(FOREVER, dir);
    await line("stderr");
    child.kill("SIGINT");
    const { code, stdout, stderr } = await finished;
    expect(code).toBe(130);
    expect(stdout).toMatch(/^interrupted after [\d,]+ steps; the model so far is saved\n/);
    expect(stdout).toContain("run folder");
    expect(stdout).toContain(join("run", "report.html"));
    expect(stderr).not.toMatch(/[^\P{Cc}\n]/u);
    loadRun(join(dir, "run"));
  });

  it.skipIf(process.platform === "win32")("happens also when the terminal closes", async () => {
    const dir = home();
    const { child, finished, line } = startMmTrain(FOREVER, dir);
    await line("stderr");
    child.kill("SIGHUP");
    expect((await finished).code).toBe(130);
    loadRun(join(dir, "run"));
  });

  it("is the same network as one of that many steps", async () => {
    const dir = home();
    const { child, finished, line } = startMmTrain([...FOREVER, "--json"], dir);
    await line("stdout"); // what was read
    await line("stdout"); // a step
    child.kill("SIGINT");
    const { steps } = jsonLines<ResultEvent>((await finished).stdout).at(-1) as ResultEvent;
    printed(
      await mmTrain(
        ["words.txt", ...SMALL, "--steps", String(steps), "--out", "whole", "--quiet"],
        dir,
      ),
    );
    const read = (run: string) => readFileSync(join(dir, run, "model.safetensors"), "base64");
    expect(read("run")).toBe(read("whole"));
  });

  it("ends also while the samples are made up", async () => {
    const dir = home();
    mkdirSync(join(dir, "run"));
    // metrics.jsonl is the last file that is saved before the splits are measured and samples are
    // drawn.
    const saved = new Promise<void>((resolve) => {
      const watcher = watch(join(dir, "run"), (_, name) => {
        if (name !== "metrics.jsonl") return;
        watcher.close();
        resolve();
      });
    });
    const { child, finished } = startMmTrain(
      ["words.txt", ...SMALL, "--samples", "1000000", "--out", "run", "--json"],
      dir,
    );
    await saved;
    child.kill("SIGINT");
    // A million words take minutes; a person who pressed Ctrl-C waits for a few seconds at most.
    const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
    const { code, signal } = await finished;
    clearTimeout(late);
    expect({ code, signal }).toEqual({ code: 130, signal: null });
    loadRun(join(dir, "run"));
  });
});

it("ends at once while a corpus is read or counted, which takes minutes here and saves nothing", async () => {
  const dir = home();
  const { child, finished } = startMmTrain(
    ["--data", "brown", "--model", "class", "--classes", "4000", "--out", "run"],
    dir,
  );
  const stop = setTimeout(() => child.kill("SIGINT"), 3000);
  const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
  const { signal, stdout } = await finished;
  for (const timer of [stop, late]) clearTimeout(timer);
  expect({ signal, stdout }).toEqual({ signal: "SIGINT", stdout: "" });
  expect(readdirSync(dir)).not.toContain("run");
});

describe.concurrent("a training whose reader leaves", () => {
  it("goes on when nobody reads the progress", async () => {
    const dir = home();
    const { child, finished } = startMmTrain(
      ["words.txt", ...SMALL, "--steps", "20000", "--out", "run"],
      dir,
    );
    child.stderr?.once("data", () => child.stderr?.destroy());
    expect(await finished).toMatchObject({ code: 0, signal: null });
    expect(loadRun(join(dir, "run")).config.stepsDone).toBe(20_000);
  });

  it("does not claim success without a saved run when nobody reads the events", async () => {
    const dir = home();
    const { child, finished } = startMmTrain(
      ["words.txt", ...SMALL, "--steps", "20000", "--out", "run", "--json", "--log-every", "1"],
      dir,
    );
    child.stdout?.once("data", () => child.stdout?.destroy());
    const { code, stderr } = await finished;
    expect(stderr).toBe("");
    expect(code === 0 ? readdirSync(join(dir, "run")).sort() : FILES).toEqual(
      expect.arrayContaining(FILES),
    );
  });
});
