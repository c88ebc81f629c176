/** What is printed to be copied is read by a real shell as it was meant. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CheckpointError } from "../lib/index.js";
import { nextCommand } from "../lib/cli/outcome.js";
import { asTyped } from "../lib/report/differences.js";
import { shellOption, shellPath, shellWord } from "../lib/shell.js";
import type { TrainResult } from "../lib/run/result.js";
import { loadRun } from "../lib/run/folder/run-folder.js";
import { errorOf, scratch } from "./train/support.js";

const folder = scratch();
const NAMES = [
  "runs/mine",
  "two words",
  "it's",
  `"quoted" $HOME \`id\` \\`,
  "a;b&c|d>e",
  "~",
  "*",
  "",
  "名前",
  "-x",
  "--out=a b",
];

/** The words that a POSIX shell makes of a command. */
const words = (command: string, cwd = "/"): string[] =>
  execFileSync("sh", ["-c", `printf '%s\\n' ${command}`], { cwd, encoding: "utf8" })
    .split("\n")
    .slice(0, -1);

it.each(NAMES)("%j is one word, an option's value, and a path", (name) => {
  expect(words(`x ${shellWord(name)}`)).toEqual(["x", name]);
  const given = words(shellOption("--run", name));
  expect(name.startsWith("-") ? [`--run=${name}`] : ["--run", name]).toEqual(given);
  expect(words(`x ${shellPath(name)}`)).toEqual(["x", name.startsWith("-") ? `./${name}` : name]);
});

it("plain names are left as they are", () => {
  expect(shellOption("--run", "runs/names-2")).toBe("--run runs/names-2");
});

it("commands of a result and of a list of runs name their folder", () => {
  const run = "my runs/it's";
  const result = { run, interrupted: false, steps: 1 } as TrainResult;
  expect(words(nextCommand(result)).slice(-2)).toEqual(["--run", run]);
  expect(words(nextCommand({ ...result, interrupted: true })).slice(-2)).toEqual(["--out", run]);
  expect(words(asTyped("data", "a b.txt"))).toEqual(["--data", "a b.txt"]);
});

it.each(["it's mine", "-x"])("what accepts edited files runs in a folder %j", async (name) => {
  const dir = join(folder(), name);
  mkdirSync(dir);
  for (const file of ["config.json", "model.safetensors", "samples.txt"])
    writeFileSync(join(dir, file), "{}");
  const { message } = await errorOf(CheckpointError, () => loadRun(dir));
  const [, command] = /: (cd .*SHA256SUMS)$/.exec(message) ?? [];
  execFileSync("sh", ["-c", `${command}`]);
  execFileSync("sha256sum", ["--check", "--status", "SHA256SUMS"], { cwd: dir });
});
