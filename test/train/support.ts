/**
 * What the tests of training and of the command line share: folders, corpora, errors, child
 * processes.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import type { LanguageModel } from "../../lib/index.js";
import { withRunFiles } from "../../lib/run/disk/run-files.js";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Enough different names for three splits, short enough for a blink of training. */
export const WORDS = [
  "anna",
  "bob",
  "carla",
  "dora",
  "emil",
  "fritz",
  "gustav",
  "hanna",
  "ida",
  "jan",
  "karl",
  "lena",
  "mia",
  "nora",
  "otto",
];

/** A maker of empty folders, all gone after the tests of the file that calls this. */
export function scratch(where = tmpdir()): () => string {
  const parent = mkdtempSync(join(where, "mm-train-"));
  afterAll(() => rmSync(parent, { recursive: true, force: true }));
  return () => mkdtempSync(join(parent, "t-"));
}

/** Writes words, one per line, and returns the path. */
export function wordsFile(
  folder: string,
  words: readonly string[] = WORDS,
  name = "words.txt",
): string {
  const file = join(folder, name);
  writeFileSync(file, words.map((word) => `${word}\n`).join(""));
  return file;
}

/** Writes files of a run as a training does: SHA256SUMS lists them. */
export const writeRun = (dir: string, files: Readonly<Record<string, string | Uint8Array>>): void =>
  withRunFiles(dir, (writer) => writer.write(files));

const firstLine = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}...` : text);

/** What `call` throws or rejects with: a `kind` with a message of one printable line. */
export async function errorOf<E extends Error>(
  kind: abstract new (...args: never[]) => E,
  call: () => unknown,
): Promise<E> {
  let result: unknown;
  try {
    result = await call();
  } catch (error) {
    if (!(error instanceof kind)) throw error;
    if (/\p{Cc}/u.test(error.message))
      throw new Error(`not one printable line: ${JSON.stringify(error.message)}`);
    return error;
  }
  throw new Error(`expected a ${kind.name}, but nothing was thrown: ${firstLine(String(result))}`);
}

/** One hash of every bit of every parameter. */
export function parameterHash(model: LanguageModel): string {
  const hash = createHash("sha256");
  for (const p of Object.values(model.stateDict())) hash.update(p.toTypedArray());
  return hash.digest("hex");
}

/**
 * This process's environment without what chooses a backend, so that a test sees what a user's
 * shell gives; then `more`.
 */
export function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const plain = Object.entries(process.env).filter(
    ([name]) => !/^(MM_(?!NATIVE_PATH)|FORCE_COLOR|NODE_OPTIONS|VITEST)/.test(name),
  );
  return { ...Object.fromEntries(plain), ...more };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * A folder like node_modules/mm-train after `npm install`: package.json, compiled dist/, data and
 * the native build. Compiled once per state of the sources, into the system's temporary folder;
 * test files that run side by side share it.
 */
export function installed(): string {
  const hash = createHash("sha256");
  for (const file of [
    ...["lib", "web"].flatMap((name) => filesBelow(join(root, name))),
    join(root, "package.json"),
    join(root, "scripts", "bundle.cjs"),
  ]) {
    hash.update(file).update(readFileSync(file));
  }
  const folder = join(
    tmpdir(),
    `mm-train-installed-${process.getuid?.() ?? 0}-${hash.digest("hex").slice(0, 16)}`,
  );
  if (existsSync(folder)) return folder;

  const making = mkdtempSync(`${folder}-`);
  const { bundle } = createRequire(import.meta.url)("../../scripts/bundle.cjs") as {
    bundle(root: string, outdir: string): void;
  };
  bundle(root, join(making, "dist"));
  // The page of `mm-train lab`. (What makes it has no form that waits for it.)
  const page = [join(root, "scripts", "web.cjs"), "--out", join(making, "dist", "web")];
  execFileSync(process.execPath, page, { stdio: "pipe" });
  cpSync(join(root, "package.json"), join(making, "package.json"));
  for (const name of ["node_modules", "data", "native", "build", "prebuilds"]) {
    if (existsSync(join(root, name))) symlinkSync(join(root, name), join(making, name), "junction");
  }
  try {
    renameSync(making, folder);
  } catch {
    rmSync(making, { recursive: true, force: true }); // another test file was faster
  }
  return folder;
}

export interface Finished {
  /** null when a signal ended it */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** settles when the process has ended and its output is read */
  readonly finished: Promise<Finished>;
  /** the next whole line of an output; rejects when the process ends without one */
  line(stream: "stdout" | "stderr"): Promise<string>;
}

function start(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Running {
  const child = spawn(process.execPath, args, {
    cwd,
    env: environment(env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { stdout: "", stderr: "" };
  const lines = { stdout: createInterface(child.stdout), stderr: createInterface(child.stderr) };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (chunk: string) => {
      text[stream] += chunk;
    });
  }
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once("error", reject).once("close", (code, signal) => resolve({ code, signal, ...text }));
  });
  const line = (stream: "stdout" | "stderr") =>
    new Promise<string>((resolve, reject) => {
      lines[stream]
        .once("line", resolve)
        .once("close", () => reject(new Error(`ended without a line; stderr: ${text.stderr}`)));
    });
  return { child, finished, line };
}

/** Starts `mm-train ARGS` as a user's shell would: the compiled program, output to pipes. */
export function startMmTrain(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Running {
  return start([join(installed(), "dist", "cli", "main.js"), ...args], cwd, env);
}

/** Runs `mm-train ARGS` to its end. */
export const mmTrain = (
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> => startMmTrain(args, cwd, env).finished;

/** Starts one of the programs beside this file (programs/NAME.ts) in a process of its own. */
export function startProgram(
  name: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Running {
  const file = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
  return start(["--import", "tsx", file, ...args], root, env);
}

/** Runs a program to its end; what it printed must be one JSON value. */
export async function runProgram<T>(
  name: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const { code, signal, stdout, stderr } = await startProgram(name, args, env).finished;
  if (code !== 0) throw new Error(`${name} ended with ${code ?? signal}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** The values of JSON lines; fails on a line that is none. */
export const jsonLines = <T>(text: string): T[] => {
  if (text !== "" && !text.endsWith("\n"))
    throw new Error(`the last line has no end: ${firstLine(text)}`);
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
};

/** Makes `folder`, and returns it. */
export function made(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** JSON with another value at a path such as "model.hidden"; undefined takes it out. */
export function withValue(json: object, path: string, value: unknown): Record<string, unknown> {
  const [key, ...rest] = path.split(".");
  const own = json as Record<string, unknown>;
  if (rest.length > 0)
    return { ...own, [key]: withValue(own[key] as object, rest.join("."), value) };
  const { [key]: _, ...others } = own;
  return value === undefined ? others : { ...own, [key]: value };
}
