/** `mm-train runs` and `mm-train compare`: what was trained, side by side. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  jsonLines,
  mmTrain,
  onlyLine,
  printed,
  scratch,
  SMALL,
  wordsFile,
  writeRun,
} from "./support.js";
import { onScreen } from "./screen.js";

const folder = scratch();
let home: string;

interface Listed {
  run: string;
  devLoss?: number;
  verdict?: { worseThan: string; loss: number };
  stepsDone?: number;
  differences?: Record<string, unknown>;
  date: string;
  problem?: string;
}
interface Compared {
  runs: { run: string; devLoss: number; steps: number; best: { devLoss: number } }[];
  settings: { key: string; values: unknown[] }[];
  page: string;
}

const losses: Record<string, number> = {};

beforeAll(async () => {
  home = folder();
  wordsFile(home);
  for (const [name, ...more] of [["one"], ["two", "--hidden", "12", "--init", "kaiming"]]) {
    const args = ["words.txt", ...SMALL, ...more, "--json", "--out", join("runs", name)];
    const result = jsonLines<{ loss?: { dev: number } }>(printed(await mmTrain(args, home))).at(-1);
    losses[join("runs", name)] = result?.loss?.dev ?? Number.NaN;
  }
  mkdirSync(join(home, "runs", "damaged"));
  writeFileSync(join(home, "runs", "damaged", "config.json"), "{");
  // The order of writing, whatever the clock of the file system can tell apart.
  for (const [i, name] of ["one", "two", "damaged"].entries())
    for (const file of readdirSync(join(home, "runs", name)))
      utimesSync(join(home, "runs", name, file), 1e9 + i, 1e9 + i);
}, 60_000);

describe("runs", () => {
  it("--json has each run, the newest first, with what differs from the defaults", async () => {
    const listed = jsonLines<Listed>(printed(await mmTrain(["runs", "--json"], home)));
    expect(listed.map(({ run }) => run)).toEqual(
      ["damaged", "two", "one"].map((n) => join("runs", n)),
    );
    const [damaged, two, one] = listed;
    expect(damaged.problem).toContain("SHA256SUMS");
    expect(damaged.devLoss).toBeUndefined();
    expect([one.devLoss, two.devLoss]).toEqual([one, two].map(({ run }) => losses[run]));
    expect(one.differences).toMatchObject({
      data: join(home, "words.txt"),
      embedding: 3,
      hidden: 10,
      batchSize: 8,
      steps: 30,
      samples: 4,
    });
    expect(two.differences).toEqual({ ...one.differences, hidden: 12, init: "kaiming" });
    expect([one.date, two.date]).toEqual(["2001-09-09T01:46:40.000Z", "2001-09-09T01:46:41.000Z"]);
  });

  it("prints a line per run in a pipe", async () => {
    const [heading, damaged, two, one, ...rest] = printed(await mmTrain(["runs"], home)).split(
      "\n",
    );
    expect(rest).toEqual([""]);
    expect(heading).toMatch(/^run +dev loss {2}date +differs from the defaults$/);
    expect(damaged).toMatch(/^runs.damaged +- {2}2001-09-09 {2}runs.*SHA256SUMS/);
    const shown = losses[join("runs", "two")].toFixed(4);
    expect(two).toContain(`${shown}  2001-09-09  --data words.txt `);
    expect(two).toMatch(/--hidden 12 .*--init kaiming/);
    expect(one).toContain("--hidden 10");
  });

  it.each([80, 40])("fits a terminal of %i columns, with all that differs", (columns) => {
    const { lines, unbroken } = onScreen(["runs"], home, { columns, rows: 60 });
    expect(lines).toEqual(unbroken);
    const text = lines.join(" ").replaceAll(/ +/g, " ");
    for (const part of ["--hidden 12", "--init kaiming", "--samples 4"])
      expect(text).toContain(part);
  });

  it("says of a run that is no good what it is no better than", async () => {
    const [one] = jsonLines<Listed>(printed(await mmTrain(["runs", "--json"], home))).slice(-1);
    expect(one.devLoss).toBeGreaterThan(one.verdict?.loss ?? Infinity);
    const text = printed(await mmTrain(["runs"], home));
    const line = text.split("\n").find((row) => row.startsWith(`${one.run} `));
    const { worseThan, loss = Number.NaN } = one.verdict ?? {};
    expect(line).toMatch(/ \(no better than (guessing \(log V\)|bigrams), \d\.\d{4}\)$/);
    expect(line).toContain(`no better than ${worseThan}`);
    expect(line).toContain(`, ${loss.toFixed(4)})`);
  });

  it("says where there are none", async () => {
    const dir = folder();
    expect(printed(await mmTrain(["runs"], dir))).toMatch(/^no runs in runs\/ yet; /);
    expect(printed(await mmTrain(["runs", "--json"], dir))).toBe("");
    expect(readdirSync(dir)).toEqual([]);
  });

  it("shows how far an interrupted run came", async () => {
    const dir = folder();
    wordsFile(dir);
    printed(await mmTrain(["words.txt", ...SMALL, "--quiet"], dir));
    const run = join(dir, "runs", "words");
    const config = JSON.parse(readFileSync(join(run, "config.json"), "utf8")) as object;
    writeRun(run, { "config.json": JSON.stringify({ ...config, stepsDone: 12 }) });
    expect(printed(await mmTrain(["runs"], dir))).toContain("(12 steps done)");
  });
});

describe("compare", () => {
  const two = [join("runs", "one"), join("runs", "two")];

  it("prints a table and writes the page", async () => {
    const stdout = printed(await mmTrain(["compare", ...two, "--out", "a.html"], home));
    const [heading, one, , , page] = stdout.split("\n");
    expect(heading).toMatch(/^run +dev loss +lowest dev +train loss +steps$/);
    expect(one).toContain(losses[two[0]].toFixed(4));
    expect(page).toBe("a.html");
    expect(readFileSync(join(home, "a.html"), "utf8")).toContain("<svg");
  });

  it("--json has the losses and the settings that differ", async () => {
    const stdout = printed(await mmTrain(["compare", ...two, "--json"], home));
    const [{ runs, settings, page }] = jsonLines<Compared>(stdout);
    expect(runs.map(({ run, devLoss }) => [run, devLoss])).toEqual(
      two.map((run) => [run, losses[run]]),
    );
    expect(settings).toEqual([
      { key: "--hidden", values: [10, 12] },
      { key: "--init", values: ["normal", "kaiming"] },
    ]);
    expect(page).toBe("compare.html");
    expect(existsSync(join(home, "compare.html"))).toBe(true);
  });

  it("says in a line what is wrong", async () => {
    const line = async (args: string[], code: number) =>
      onlyLine(await mmTrain(["compare", ...args], home), code);
    expect(await line([], 2)).toMatch(/missing required argument/);
    expect(await line([two[0]], 2)).toBe("compare: expected two runs or more, got 1");
    expect(await line([...two, "--out", "words.txt"], 2)).toMatch(
      /^--out: words\.txt is there .*nothing is overwritten/,
    );
    expect(await line([two[0], "runs/none"], 1)).toContain("expected a run folder");
    expect(await line([...two, "--out", join("none", "a.html")], 1)).toContain("none");
  });
});
