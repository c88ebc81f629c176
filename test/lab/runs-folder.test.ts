/** Run folders as the page sees them: also those that are damaged, written to, or lead elsewhere. */
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { train } from "../../lib/index.js";
import { readTail } from "../../lib/lab/metrics-tail.js";
import type { LiveNews } from "../../lib/lab/protocol.js";
import { RunsFolder } from "../../lib/lab/runs-folder.js";
import { withoutFolder } from "../../lib/lab/without-folder.js";
import { RunFiles } from "../../lib/run/disk/run-files.js";
import { Metrics } from "../../lib/run/folder/metrics.js";
import { SMALL, startMmTrain, wordsFile } from "../cli/support.js";
import { scratch, WORDS, writeRun } from "../train/support.js";
import { served } from "./support.js";

const folder = scratch();
/** Two runs, which tests copy. */
let two: string;
beforeAll(async () => {
  two = folder();
  const settings = { words: WORDS, steps: 40, hidden: 4, logEvery: 5, evalEvery: 10 };
  await train({ ...settings, out: join(two, "a"), pictures: false });
  await train({ ...settings, lr: "0.2", out: join(two, "b"), pictures: false });
});
function copied(): string {
  const top = join(folder(), "runs");
  cpSync(two, top, { recursive: true });
  return top;
}

it("lists runs with what tells them apart", () => {
  const runs = new RunsFolder(two).list();
  expect(runs.map(({ name, state }) => [name, state]).sort()).toEqual([
    ["a", "done"],
    ["b", "done"],
  ]);
  const [a, b] = ["a", "b"].map((name) => runs.find((run) => run.name === name));
  expect(b?.differs.filter((option) => !a?.differs.includes(option))).toEqual(["--lr 0.2"]);
  expect(a).toMatchObject({ stepsDone: 40, steps: 40 });
  expect(a?.devLoss).toBeGreaterThan(0);
  expect(a?.lowest).toBeLessThanOrEqual(a?.devLoss ?? 0);
});

it("tells all of a run, and compares two", async () => {
  const source = new RunsFolder(two);
  const details = await source.details("a");
  expect(details?.command).toMatch(/^npx mm-train --data words\.txt .*--hidden 4 /);
  expect(details?.settings.find(({ key }) => key === "hidden")).toMatchObject({
    value: "4",
    differs: true,
  });
  expect(details?.result?.losses.map(({ name }) => name)).toContain("bigrams");
  expect(details?.result?.charts.map(({ name }) => name)).toEqual(["loss.svg", "embedding.svg"]);
  for (const { wide, narrow } of details?.result?.charts ?? [])
    for (const svg of [wide, narrow]) expect(svg).toMatch(/^<svg [^]*<\/svg>\s*$/);
  expect(details?.result?.samples.length).toBeGreaterThan(0);
  const comparison = await source.compare(["a", "b"]);
  expect(comparison?.settings).toEqual([{ key: "--lr", values: [expect.any(String), "0.2"] }]);
  expect(comparison?.runs.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(comparison?.chart.wide).toContain("<svg");
});

it("is empty where there is no folder, and says what stands in its place", async () => {
  const top = join(folder(), "runs");
  expect(new RunsFolder(top).list()).toEqual([]);
  writeFileSync(top, "");
  const { ask } = await served(new RunsFolder(top));
  const answer = await ask("/api/runs");
  expect(answer.status).toBe(422);
  expect(await answer.text()).not.toContain(top);
});

it.each([
  ["compare: expected two runs or more, got 1", "compare: expected two runs or more, got 1"],
  [
    "runs: cannot be read (EACCES); name a run folder",
    "the folder of runs: cannot be read (EACCES); name a run folder",
  ],
  [
    "runs/a/config.json: is lost; to accept: cd runs/a && x",
    "a/config.json: is lost; to accept: cd a && x",
  ],
])("an error is told without the folder: %s", (message, expected) => {
  expect(withoutFolder(message, "runs")).toBe(expected);
  const elsewhere = message
    .replace(/^runs/, "/home/me/runs")
    .replace("cd runs", "cd /home/me/runs");
  expect(withoutFolder(elsewhere, "/home/me/runs")).toBe(expected);
});

describe("a damaged run", () => {
  it.each<[string, (dir: string) => void]>([
    ["config.json that is edited", (dir) => appendFileSync(join(dir, "config.json"), " ")],
    [
      "config.json that is a folder",
      (dir) => {
        rmSync(join(dir, "config.json"));
        mkdirSync(join(dir, "config.json"));
      },
    ],
    ["metrics.jsonl that is noise", (dir) => writeRun(dir, { "metrics.jsonl": "\0\xff{]\n" })],
    ["no SHA256SUMS", (dir) => rmSync(join(dir, "SHA256SUMS"))],
    ["a vocabulary that is lost", (dir) => rmSync(join(dir, "vocabulary.json"))],
    [
      "a lock that is noise",
      (dir) => {
        writeFileSync(join(dir, "run.lock"), "{");
        rmSync(join(dir, "SHA256SUMS"));
      },
    ],
  ])("of %s is told in a line, and hides no other", async (_, damage) => {
    const top = copied();
    damage(join(top, "a"));
    const { json, ask } = await served(new RunsFolder(top));
    const { runs } = await json<{ runs: { name: string; state: string; problem?: string }[] }>(
      "/api/runs",
    );
    expect(runs.find(({ name }) => name === "b")).toMatchObject({ state: "done" });
    expect(runs.find(({ name }) => name === "a")?.state).toBe("damaged");
    const text = JSON.stringify(runs) + (await (await ask("/api/runs/a")).text());
    expect(text).not.toContain(top);
    expect(runs.find(({ name }) => name === "a")?.problem).not.toMatch(/\n/);
    expect((await ask("/api/runs/a/live")).status).toBe(200);
    expect((await ask("/api/runs/b")).status).toBe(200);
  });

  it("of a model that is lost shows the rest", async () => {
    const top = copied();
    rmSync(join(top, "a", "model.safetensors"));
    const details = await new RunsFolder(top).details("a");
    expect(details).toMatchObject({
      state: "done",
      problem: expect.stringContaining("model.safetensors") as string,
    });
    expect(details?.command).toContain("npx mm-train");
    expect(details?.result).toBeUndefined();
  });
});

describe("a name", () => {
  it("that is odd is only a name", async () => {
    const top = copied();
    const odd = [
      "<script>alert(1)</script>".replaceAll("/", "_"),
      "a b?c=d&e#f",
      "%2e%2e",
      "ñ\u202e\u0007",
      "...",
    ];
    for (const name of odd) cpSync(join(top, "a"), join(top, name), { recursive: true });
    const { json, ask } = await served(new RunsFolder(top));
    for (const name of odd) {
      const details = await json<{ name: string }>(`/api/runs/${encodeURIComponent(name)}`);
      expect(details.name).toBe(name);
    }
    // A picture is XML: a name in it is text.
    const query = new URLSearchParams([
      ["run", odd[0]],
      ["run", odd[3]],
    ]).toString();
    const text = await (await ask(`/api/compare?${query}`)).text();
    expect((JSON.parse(text) as { chart: { wide: string } }).chart.wide).not.toContain("<script>");
  });

  it("of a link out of the folder is not followed", async () => {
    const top = copied();
    const outside = join(top, "..", "outside");
    renameSync(join(top, "a"), outside);
    symlinkSync(outside, join(top, "link"));
    cpSync(join(top, "b"), join(top, "inner"), { recursive: true });
    rmSync(join(top, "inner", "samples.txt"));
    symlinkSync(join(outside, "samples.txt"), join(top, "inner", "samples.txt"));
    symlinkSync(join(top, "b"), join(top, "alias"));
    const source = new RunsFolder(top);
    const { ask, json } = await served(source);
    for (const name of ["link", "inner"]) {
      for (const path of [
        `/api/runs/${name}`,
        `/api/runs/${name}/live`,
        `/api/compare?run=b&run=${name}`,
      ])
        expect((await ask(path)).status).toBe(404);
      expect(source.list().find((run) => run.name === name)).toMatchObject({
        state: "damaged",
        problem: expect.stringContaining("leads out") as string,
      });
    }
    expect(await json("/api/runs/alias")).toMatchObject({ name: "alias", state: "done" });
  });
});

describe("what a training measures", () => {
  const lines = (count: number, loss = 2): Metrics => {
    const metrics = new Metrics();
    for (let step = 0; step < count; step++) metrics.add({ step, loss, lr: 0.1 });
    return metrics;
  };

  it("is told once, as far as it grew", () => {
    const dir = join(folder(), "run");
    mkdirSync(dir);
    expect(readTail(dir, "")).toMatchObject({ lines: [], restarted: true, more: false });
    writeRun(dir, lines(10).file());
    const first = readTail(dir, "");
    expect(first.lines.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(readTail(dir, first.cursor)).toEqual({ ...first, lines: [], restarted: false });
    writeRun(dir, lines(13).file());
    const next = readTail(dir, first.cursor);
    expect(next.lines.map(({ step }) => step)).toEqual([10, 11, 12]);
    expect(next.restarted).toBe(false);
  });

  it("is told from the start where a resumed run went back", () => {
    const dir = join(folder(), "run");
    mkdirSync(dir);
    writeRun(dir, lines(20).file());
    const { cursor } = readTail(dir, "");
    writeRun(dir, lines(15).file());
    const back = readTail(dir, cursor);
    expect([back.restarted, back.lines.length]).toEqual([true, 15]);
    writeRun(dir, lines(40, 3).file());
    expect(readTail(dir, back.cursor)).toMatchObject({ restarted: true });
  });

  it("is told in parts where it is much, and half a line when it is whole", () => {
    const dir = join(folder(), "run");
    mkdirSync(dir);
    writeRun(dir, lines(30_000).file());
    let [cursor, count, parts] = ["", 0, 0];
    for (let more = true; more; parts++) {
      const tail = readTail(dir, cursor);
      ({ cursor, more } = tail);
      count += tail.lines.length;
    }
    expect(count).toBe(30_000);
    expect(parts).toBeGreaterThan(3);
    appendFileSync(join(dir, "metrics.jsonl"), '{"step":1,"lo');
    expect(readTail(dir, cursor)).toMatchObject({ lines: [], cursor, more: false });
    appendFileSync(join(dir, "metrics.jsonl"), 'ss":2,"lr":1}\n');
    expect(readTail(dir, cursor).lines).toEqual([{ step: 1, loss: 2, lr: 1 }]);
  });

  it.each(["x", "-1-0", "9999999999-0123456789abcdef", "1e3-0123456789abcdef", "\0"])(
    "is told from the start to the cursor %j",
    (cursor) => {
      expect(readTail(join(two, "a"), cursor)).toMatchObject({ restarted: true });
      expect(readTail(join(two, "a"), cursor).lines.length).toBeGreaterThan(5);
    },
  );

  it("is told while another process trains, until it is killed", async () => {
    const home = folder();
    wordsFile(home);
    const args = ["words.txt", ...SMALL, "--steps", "100000000", "--log-every", "50"];
    const training = startMmTrain(
      [...args, "--checkpoint-every", "100", "--out", "runs/live", "--quiet"],
      home,
    );
    const source = new RunsFolder(join(home, "runs"));
    const news: LiveNews[] = [];
    try {
      while (news.filter(({ minibatches }) => minibatches.length > 0).length < 3) {
        const next = source.live("live", news.at(-1)?.cursor ?? "");
        if (next !== undefined) news.push(next);
        await new Promise((done) => setTimeout(done, 20));
      }
    } finally {
      training.child.kill("SIGKILL");
      await training.finished;
    }
    const steps = news.flatMap(({ minibatches }) => minibatches.map(([step]) => step));
    expect(steps).toEqual(steps.map((_, i) => i * 50)); // each once, in order
    expect(news.at(-1)).toMatchObject({ state: "training", steps: 100_000_000 });
    expect(source.live("live", news.at(-1)?.cursor ?? "")?.state).toBe("stopped");
    expect(await source.details("live")).toMatchObject({ state: "stopped" });
  });

  it("is only looked at: nothing is written", async () => {
    const top = copied();
    const sums = readFileSync(join(top, "a", "SHA256SUMS"), "utf8");
    const files = new RunFiles(join(top, "a")); // a process is at work in it
    try {
      const source = new RunsFolder(top);
      expect(source.run("a")?.state).toBe("training");
      expect((await source.details("a"))?.result).toBeUndefined();
      source.live("a", "");
    } finally {
      files.close();
    }
    expect(readFileSync(join(top, "a", "SHA256SUMS"), "utf8")).toBe(sums);
  });
});
