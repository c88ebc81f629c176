/** The folder `runs/`: where runs that nobody named a folder for are made and found. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { isStandardInput } from "../../data/files/standard-input.js";
import { CheckpointError } from "../../errors.js";
import { codeOf, quietly, unusable } from "../disk/file.js";
import { ensureFolder, inTheWay } from "../disk/folder.js";
import { RunFiles } from "../disk/run-files.js";

export const RUNS = "runs";

/**
 * Makes `runs/NAME` for a corpus, or `runs/NAME-2`, ... where that is taken (also by a run that
 * starts at the same time).
 */
export function freshRunFolder(data: string, suffix = ""): string {
  const file = isStandardInput(data) ? "stdin" : data.replace(/\.gz$/, "");
  const name = basename(file, extname(file)).replaceAll(":", "-");
  const stem = join(RUNS, (/^\.*$/.test(name) ? "run" : name) + suffix);
  ensureFolder(RUNS);
  for (let n = 1; ; n++) {
    const dir = n === 1 ? stem : `${stem}-${n}`;
    try {
      mkdirSync(dir);
      return dir;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw unusable(dir, "cannot be made", error);
    }
  }
}

/**
 * The folder in `runs/` whose `file` was written last: model.safetensors to use it, config.json to
 * go on with it.
 */
export function latestRunFolder(
  file: "model.safetensors" | "config.json" = "model.safetensors",
): string {
  const latest = runFolders(file).at(0);
  if (latest !== undefined) return latest;
  throw new CheckpointError(RUNS, "holds no run folder; train first, or name a run folder");
}

/**
 * The folders in `runs/` (or another folder) that hold `file`, the one written last first.
 * @throws CheckpointError where that is no folder that can be read
 */
export function runFolders(file: string, top = RUNS): string[] {
  let names: string[];
  try {
    names = readdirSync(top);
  } catch (error) {
    const obstacle = inTheWay(top);
    if (codeOf(error) === "ENOENT" && obstacle === undefined) return [];
    const what = obstacle ?? `cannot be read (${codeOf(error)})`;
    throw new CheckpointError(top, `${what}; name a run folder`);
  }
  const found = names
    .map((name) => join(top, name))
    .flatMap((dir) => {
      const written = writtenAt(join(dir, file));
      return written === undefined ? [] : [{ dir, written }];
    });
  return found.sort((a, b) => b.written - a.written).map(({ dir }) => dir);
}

/** When a file was written; undefined for none, and for one that cannot be seen. */
export function writtenAt(file: string): number | undefined {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return undefined;
  }
}

/**
 * Does what a run does in `runs/` (makes a folder, takes its lock, writes), and undoes all of it.
 * @throws CheckpointError saying what a run would stop with
 */
export function tryRunFolder(): void {
  const name = `.doctor-${randomBytes(16).toString("hex")}`;
  // Where there is no runs/, a folder of another name stands for it: a run that starts at the same
  // time may be making it.
  const top = existsSync(RUNS) || inTheWay(RUNS) !== undefined ? RUNS : name;
  const dir = join(top, top === RUNS ? name : "run");
  try {
    ensureFolder(dir);
    const files = new RunFiles(dir);
    try {
      files.write({ "doctor.txt": "written by mm-train doctor\n" });
    } finally {
      files.discard();
    }
  } finally {
    quietly(() => rmdirSync(dir));
    if (top !== RUNS) quietly(() => rmdirSync(top));
  }
}
