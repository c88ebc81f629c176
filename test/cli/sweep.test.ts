/** `mm-train sweep`. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { killSweeps } from "../../scripts/verify/sweep.js";
import { installed } from "../train/support.js";
import {
  jsonLines,
  mmTrain,
  onlyLine,
  printed,
  scratch,
  startMmTrain,
  wordsFile,
} from "./support.js";

const folder = scratch();

const SPACE = {
  search: "grid",
  seeds: [1, 2],
  settings: { lr: [0.1, 0.5], hidden: [4, 8] },
  fixed: { data: "words.txt", steps: 30, embedding: 3, batchSize: 8, samples: 2 },
};

/** A folder with a corpus and a space. */
function home(space: object = SPACE): string {
  const dir = folder();
  wordsFile(dir);
  writeFileSync(join(dir, "space.json"), JSON.stringify(space));
  return dir;
}

interface Result {
  event: string;
  sweep: string;
  best: { trial: number; devLoss: number; runs: { dir: string }[] };
  test?: { loss: number; looks: number };
  trials: { devLoss: number }[];
  page: string;
}

describe("compare", () => {
  it("shows a sweep as `sweep` does, and exports it and runs as CSV", async () => {
    const dir = home();
    const { stdout } = await mmTrain(["sweep", "space.json"], dir);
    const exported = readFileSync(join(dir, "sweeps/space/sweep.csv"), "utf8");
    rmSync(join(dir, "sweeps/space/sweep.csv"));
    const compared = await mmTrain(
      ["compare", "sweeps/space", "--out", "page.html", "--csv", "trials.csv"],
      dir,
    );
    expect(printed(compared)).toBe(`${stdout.split("\n\nbest")[0]}\n\npage.html\n`);
    expect(readFileSync(join(dir, "page.html"), "utf8")).toContain("Sweep of 4 trials");
    const csv = readFileSync(join(dir, "trials.csv"), "utf8");
    expect(csv).toBe(exported);
    // A sweep of somebody else can be compared: nothing is written into its folder.
    expect(existsSync(join(dir, "sweeps/space/sweep.csv"))).toBe(false);
    const runs = ["lr=0.1,hidden=4,seed=1", "lr=0.5,hidden=8,seed=2"].map(
      (r) => `sweeps/space/${r}`,
    );
    printed(await mmTrain(["compare", ...runs, "--csv", "runs.csv"], dir));
    const [heading, first] = readFileSync(join(dir, "runs.csv"), "utf8").split("\r\n");
    expect(heading).toBe(
      "run,dev_loss,lowest_dev_loss,train_loss,steps,parameters,hidden,dropout-seed,lr,seed,batch-seed",
    );
    expect(first).toMatch(/^"sweeps\/space\/lr=0\.1,hidden=4,seed=1",\d\.\d+,/);
  });
});

describe("sweep", () => {
  it("prints the trials from the best on, draws a page, and does nothing a second time", async () => {
    const dir = home();
    const first = await mmTrain(["sweep", "space.json"], dir);
    const text = printed({ ...first, stderr: "" });
    expect(text).toMatch(/^settings +dev loss +steps\n/);
    expect(text).toMatch(/\nlr=0\.\d, hidden=\d +\d\.\d{4} ±\d\.\d{4} +30\n/);
    expect(text).toMatch(/\nbest {5}sweeps\/space\/lr=0\.\d,hidden=\d,seed=1\n/);
    expect(first.stderr).toContain("4 trials of 2 runs");
    expect(first.stderr.match(/ of 8 runs {2}dev /g)).toHaveLength(8);
    const page = readFileSync(join(dir, "sweeps/space/sweep.html"), "utf8");
    expect(page).toContain("Sweep of 4 trials");
    expect(page).toContain("<h2");
    const csv = readFileSync(join(dir, "sweeps/space/sweep.csv"), "utf8").split("\r\n");
    expect(csv[0]).toBe(
      "rank,trial,run,seed,lr,hidden,steps,dev_loss,train_loss,mean_dev_loss,deviation,diverged",
    );
    expect(csv).toHaveLength(10);
    const again = await mmTrain(["sweep", "space.json"], dir);
    expect(again.stdout).toBe(first.stdout);
    expect(again.stderr).not.toContain(" runs  dev ");
    // A run of a sweep is a run like any other.
    const sample = await mmTrain(
      ["sample", "--run", "sweeps/space/lr=0.1,hidden=8,seed=2", "--count", "3"],
      dir,
    );
    expect(printed(sample).split("\n")).toHaveLength(4);
  });

  it("looks at the test split of the best trial once, when asked to, and counts the looks", async () => {
    const dir = home();
    const run = async (...args: string[]) => {
      const { stdout } = await mmTrain(["sweep", "space.json", "--json", ...args], dir);
      return jsonLines<Result>(stdout).at(-1) as Result;
    };
    const before = await run();
    expect(before.test).toBeUndefined();
    const [{ dir: best }] = before.best.runs;
    expect(existsSync(join(dir, best, "test-looks.json"))).toBe(false);
    const looked = await run("--test");
    expect(looked.test?.looks).toBe(2);
    expect(await run("--test")).toEqual(looked);
    const evaluated = await mmTrain(["evaluate", "--run", best, "--split", "test", "--json"], dir);
    expect(jsonLines<{ looks: number }>(printed(evaluated))[0].looks).toBe(2);
  });

  it("is interrupted by Ctrl-C with everything saved, and goes on", async () => {
    const dir = home({ ...SPACE, fixed: { ...SPACE.fixed, steps: 100_000 } });
    const sweep = startMmTrain(["sweep", "space.json", "--parallel", "2"], dir);
    while (!(await sweep.line("stderr")).includes("4 trials"));
    await new Promise((done) => setTimeout(done, 1500));
    sweep.child.kill("SIGINT");
    const { code, stderr, stdout } = await sweep.finished;
    expect(code).toBe(130);
    expect(stderr).toContain("the same command goes on: npx mm-train sweep space.json");
    expect(stdout).toContain("not trained");
  });

  it("says what is wrong with a space in a line", async () => {
    const dir = home({ ...SPACE, search: "gird" });
    expect(onlyLine(await mmTrain(["sweep", "space.json"], dir), 2)).toBe(
      'space.json: search: expected grid, random or asha, got "gird"',
    );
    writeFileSync(join(dir, "space.json"), "{");
    expect(onlyLine(await mmTrain(["sweep", "space.json"], dir), 2)).toContain(
      "space.json is not a JSON file that can be read",
    );
    expect(onlyLine(await mmTrain(["sweep", "none.json"], dir), 2)).toContain("(ENOENT)");
    expect(existsSync(join(dir, "sweeps"))).toBe(false);
  });

  it("ends with the runs and bits of an undisturbed sweep, killed at random moments", async () => {
    const { runs, same, kills, failures } = await killSweeps(
      join(installed(), "dist", "cli", "main.js"),
      4,
      6,
    );
    expect(failures).toEqual([]);
    expect(same).toBe(runs);
    expect(kills.coordinator + kills.processes).toBeGreaterThan(3);
  });
});
