/**
 * What others put in the way of a run: links, pipes, folders and files where it reads and writes.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadRun } from "../../lib/index.js";
import type { Checkup } from "../../lib/cli/checkup.js";
import { STAGED } from "../../lib/run/disk/file.js";
import { environment, installed } from "../train/support.js";
import { mmTrain, onlyLine, printed, scratch, SMALL, startMmTrain, wordsFile } from "./support.js";

const folder = scratch();
const FAILED = 1;

/**
 * A run's files, those drawn from it, and what a program with guessable temporary names would use.
 */
const FILES = [
  "model.safetensors",
  "best.safetensors",
  "state.safetensors",
  "vocabulary.json",
  "metrics.jsonl",
  "samples.txt",
  "loss.svg",
  "embedding.svg",
  "report.html",
  "events.out.tfevents.0.mm-train",
];
const TEMPORARY = [...FILES, "config.json", "SHA256SUMS", "run.lock"].map((name) => `${name}.tmp`);

/** Puts something at a path, which leads to `victim` if it is a link. */
const OBSTACLES: Record<string, (path: string, victim: string) => void> = {
  link: (path, victim) => symlinkSync(victim, path),
  pipe: (path) => execFileSync("mkfifo", [path]),
  folder: (path) => mkdirSync(path),
};

/**
 * Trains into a folder that has an obstacle at each name; killed, so that the test fails, if it
 * hangs.
 */
async function trainAmong(kind: string, names: readonly string[]) {
  const dir = folder();
  const [run, victim] = [join(dir, "run"), join(dir, "victim")];
  wordsFile(dir);
  mkdirSync(run);
  writeFileSync(victim, "precious");
  for (const name of names) OBSTACLES[kind](join(run, name), victim);
  const { child, finished } = startMmTrain(
    ["words.txt", ...SMALL, "--out", "run", "--tensorboard", "--quiet"],
    dir,
  );
  const late = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const ended = await finished;
  clearTimeout(late);
  expect(readFileSync(victim, "utf8")).toBe("precious");
  expect(
    readdirSync(run).filter((name) => STAGED.locked.test(name) || STAGED.free.test(name)),
  ).toEqual([]);
  return { run, ended };
}

describe
  .skipIf(process.platform === "win32")
  .concurrent("a training into a folder in which somebody put", () => {
    it.each(Object.keys(OBSTACLES))(
      "a %s at every guessable temporary name does not notice",
      async (kind) => {
        const { run, ended } = await trainAmong(kind, TEMPORARY);
        printed(ended);
        loadRun(run);
        expect(readdirSync(run)).toEqual(expect.arrayContaining([...FILES, ...TEMPORARY]));
      },
    );

    it("links at the names of its files puts its own files there", async () => {
      const { run, ended } = await trainAmong("link", FILES);
      printed(ended);
      loadRun(run);
    });

    it("pipes there does so too, and says which it cannot read", async () => {
      const { run, ended } = await trainAmong("pipe", FILES);
      expect(ended).toMatchObject({ code: 0, signal: null });
      expect(ended.stderr).toMatch(
        /^(mm-train: not drawn: run.events\S+: cannot be read \(expected a file, got a pipe or a device\)\n)+$/,
      );
      loadRun(run);
    });

    it("a folder at the name of a file ends in a line", async () => {
      const { ended } = await trainAmong("folder", ["model.safetensors"]);
      expect(onlyLine(ended, FAILED)).toMatch(
        /^run.model\.safetensors: cannot be written \(EISDIR\)$/,
      );
    });

    it.each(["SHA256SUMS", "run.lock"])("a pipe at %s ends in a line", async (name) => {
      const { ended } = await trainAmong("pipe", [name]);
      expect(onlyLine(ended, FAILED)).toBe(
        `run/${name}: cannot be read (expected a file, got a pipe or a device)`,
      );
    });
  });

/**
 * `mm-train ARGS` by a user who is bound by permissions: as root without the rights to pass them
 * over.
 */
function bound(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
  const command = [process.execPath, join(installed(), "dist", "cli", "main.js"), ...args];
  const root = process.getuid?.() === 0;
  const without = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];
  const [program, ...rest] = root ? [...without, ...command] : command;
  const { status, signal, stdout, stderr } = spawnSync(program, rest, {
    cwd,
    env: environment(env),
    encoding: "utf8",
  });
  return { code: status, signal, stdout, stderr };
}

/**
 * What `mm-train doctor` says of runs/, without a binary: its test of the kernels takes seconds.
 */
function doctor(dir: string) {
  const { code, stdout, stderr } = bound(["doctor", "--json"], dir, {
    MM_NATIVE_PATH: "nowhere.node",
  });
  expect({ code, stderr }).toEqual({ code: FAILED, stderr: "" });
  const { healthy, runs, problems } = JSON.parse(stdout) as Checkup;
  const [, found] = problems;
  expect(problems).toHaveLength(2);
  return { healthy, runs, ...found };
}

describe.skipIf(process.platform !== "linux")("runs that", () => {
  const KINDS: [string, (path: string) => void, RegExp][] = [
    ["is a file", (path) => writeFileSync(path, ""), /is a file/],
    ["is a link to nothing", (path) => symlinkSync("nowhere", path), /is a link to nothing/],
    ["is a link to itself", (path) => symlinkSync("runs", path), /is a link to nothing/],
    [
      "cannot be read",
      (path) => mkdirSync(path, { mode: 0o000 }),
      /cannot be (made|read) \(EACCES\)/,
    ],
  ];
  const COMMANDS = [
    ["words.txt", ...SMALL],
    ["--resume"],
    ["sample"],
    ["plot"],
    ["find-lr", "words.txt", "--trials", "3"],
  ];

  it.each(KINDS)(
    "%s ends every command in a line with what is wrong and what to do",
    (_, put, what) => {
      const dir = folder();
      wordsFile(dir);
      put(join(dir, "runs"));
      for (const args of COMMANDS) {
        const line = onlyLine(bound(args, dir), FAILED);
        expect(line, args.join(" ")).toMatch(what);
        expect(line).toMatch(/^runs[^:]*: /);
        if (!line.includes("made"))
          expect(line).toMatch(/; (name a run folder|choose another folder with --out)$/);
      }
      const { healthy, problem, remedy, runs } = doctor(dir);
      expect({ healthy, runs }).toEqual({
        healthy: false,
        runs: { folder: join(dir, "runs"), count: 0, writable: false },
      });
      expect(problem).toMatch(what);
      expect(problem.startsWith(`${join(dir, "runs")}: `)).toBe(true);
      expect(remedy).toContain("--out");
      expect(readdirSync(dir).sort()).toEqual(["runs", "words.txt"]);
      // So that it can be removed.
      if (existsSync(join(dir, "runs"))) chmodSync(join(dir, "runs"), 0o700);
    },
  );

  it("can be written but not listed is a problem to the doctor, not to a training", () => {
    const dir = folder();
    wordsFile(dir);
    mkdirSync(join(dir, "runs"), { mode: 0o300 });
    printed(bound(["words.txt", ...SMALL, "--quiet"], dir));
    expect(onlyLine(bound(["sample"], dir), FAILED)).toBe(
      "runs: cannot be read (EACCES); name a run folder",
    );
    expect(doctor(dir)).toMatchObject({
      healthy: false,
      problem: `${join(dir, "runs")}: cannot be read (EACCES)`,
      remedy: "name a run folder",
      runs: { writable: true },
    });
    chmodSync(join(dir, "runs"), 0o700);
    expect(readdirSync(join(dir, "runs"))).toEqual(["words"]);
  });
});

describe.skipIf(process.platform === "win32")("a run folder that becomes", () => {
  it.each<[string, (path: string) => void]>([
    ["a file", (path) => writeFileSync(path, "")],
    ["a link to nothing", (path) => symlinkSync("nowhere", path)],
    ["a pipe", (path) => execFileSync("mkfifo", [path])],
  ])("%s during the training ends it with a line", async (_, put) => {
    const dir = folder();
    wordsFile(dir);
    const args = [
      "words.txt",
      ...SMALL,
      "--steps",
      "1000000000",
      "--checkpoint-every",
      "50",
      "--out",
      "run",
      "--json",
    ];
    const { child, finished, line } = startMmTrain(args, dir);
    onTestFinished(() => void child.kill("SIGKILL"));
    await line("stdout");
    const [run, made] = [join(dir, "run"), join(dir, "made")];
    put(made);
    renameSync(run, join(dir, "away"));
    renameSync(made, run);
    const { stderr, code } = await finished;
    expect(stderr).toMatch(/^mm-train: run(\/[\w.]+)?: cannot be written \((ENOTDIR|ENOENT)\)\n$/);
    expect(code).toBe(FAILED);
    expect(readdirSync(dir).sort()).toEqual(["away", "run", "words.txt"]);
  });
});

describe("the doctor", () => {
  it.each([
    ["no runs", []],
    ["an empty folder for runs", ["runs"]],
  ])("leaves nothing of its trial where there is %s", async (_, before) => {
    const dir = folder();
    for (const name of before) mkdirSync(join(dir, name));
    await mmTrain(["doctor", "--json"], dir);
    expect(readdirSync(dir, { recursive: true })).toEqual(before);
  });

  it.skipIf(process.platform !== "linux")("says so where the working folder was removed", () => {
    const dir = folder();
    const main = join(installed(), "dist", "cli", "main.js");
    const script = `rmdir "$PWD" && exec "${process.execPath}" "${main}" doctor --json`;
    const { status, stdout, stderr } = spawnSync("sh", ["-c", script], {
      cwd: dir,
      env: environment({ MM_NATIVE_PATH: "nowhere.node" }),
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: FAILED, stderr: "" });
    const { problems } = JSON.parse(stdout) as Checkup;
    expect(problems.at(-1)).toEqual({
      problem: "runs: cannot be made (ENOENT)",
      remedy: expect.stringContaining("start in another one"),
    });
  });
});
