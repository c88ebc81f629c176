/**
 * What the verify scripts share: a table of checks, programs in processes of their own, native
 * builds, tools that may be missing.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environment, root } from "../../test/train/support.js";

export { root };

/** An empty folder, gone when the script ends. */
export const folder = mkdtempSync(join(tmpdir(), "mm-verify-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

/** A check that could not be made. */
class Missing extends Error {}

const counts = { ok: 0, FAILED: 0, missing: 0 };

/**
 * Makes one check and prints its line: its name, then the figure that `body` returns or what it
 * throws, and seconds.
 */
export async function check(what: string, body: () => Promise<string> | string): Promise<void> {
  const started = performance.now();
  const line = (result: keyof typeof counts, figure: string): void => {
    counts[result]++;
    console.log(
      `${result.padEnd(8)}${what.padEnd(62)} ${figure}  ` +
        `(${((performance.now() - started) / 1000).toFixed(1)} s)`,
    );
  };
  try {
    line("ok", await body());
  } catch (error) {
    line(error instanceof Missing ? "missing" : "FAILED", (error as Error).message);
  }
}

/**
 * The last line; the exit code is 0 only if everything has been checked and was right, or with
 * --available everything that there are tools for.
 */
export function conclude(): void {
  console.log(`${counts.ok} ok, ${counts.FAILED} failed, ${counts.missing} not checked`);
  const excused = process.argv.includes("--available") ? counts.missing : 0;
  process.exitCode = counts.FAILED + counts.missing - excused > 0 ? 1 : 0;
}

const works = (command: string): boolean =>
  spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;
const asked = new Set<string>();

/**
 * A command, or a Missing that says how to install it. In CI (as root, with CI set) it is
 * installed, once.
 */
export function need(command: string, ...packages: string[]): string {
  if (works(command)) return command;
  const install = `apt-get install -y ${packages.join(" ")}`;
  if (process.env.CI && process.getuid?.() === 0 && !asked.has(install)) {
    asked.add(install);
    spawnSync("sh", ["-c", `apt-get update -qq && ${install} -qq`], {
      stdio: ["ignore", "ignore", "inherit"],
      timeout: 300_000,
    });
    if (works(command)) return command;
  }
  throw new Missing(`${command} is not here: \`${install}\``);
}

export interface Run {
  code: number | null;
  stdout: Buffer;
  stderr: string;
}

/**
 * Runs a program in the repository, without what chooses a backend in this environment; with
 * `expected`, any other exit code throws.
 */
export function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  expected?: number,
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: environment(env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, err]: Buffer[][] = [[], []];
    child.stdout.on("data", (part: Buffer) => out.push(part));
    child.stderr.on("data", (part: Buffer) => err.push(part));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const stderr = Buffer.concat(err).toString();
      const result = { code, stdout: Buffer.concat(out), stderr };
      if (expected === undefined || code === expected) resolve(result);
      else
        reject(
          new Error(
            `${command} ${args.join(" ")}: exit ${code ?? signal}, expected ` +
              `${expected}\n${result.stdout.toString().slice(-1500)}${stderr.slice(0, 4000)}`,
          ),
        );
    });
  });
}

/** Runs a TypeScript program; what it printed. */
export const typescript = async (
  file: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  node = process.execPath,
): Promise<string> =>
  (await run(node, ["--import", "tsx", file, ...args], env, 0)).stdout.toString().trim();

/** Compiles the native test program; its path. */
export async function program(
  name: string,
  compiler: string,
  flags: string,
  ...options: string[]
): Promise<string> {
  const file = join(folder, name);
  await run(
    process.execPath,
    ["scripts/test-native.cjs", "--build", file, ...options],
    { CXX: compiler, CXXFLAGS: flags },
    0,
  );
  return file;
}

/** Compiles the addon with cmake-js; its path, for MM_NATIVE_PATH. */
export async function addon(name: string, ...definitions: string[]): Promise<string> {
  const out = join(folder, name);
  const cmake = join(root, "node_modules", "cmake-js", "bin", "cmake-js");
  need("cmake", "cmake");
  await run(
    process.execPath,
    [cmake, "compile", "-O", out, ...definitions.map((d) => `--CD${d}`)],
    {},
    0,
  );
  return join(out, "Release", "mm_train.node");
}

/**
 * Writes a training's plan for the native test program; its file, and the digest of the parameters
 * that it ends with in the addon.
 */
export async function plan(
  batch: number,
  steps: number,
): Promise<{ file: string; digest: string }> {
  const file = join(folder, `${batch}@${steps}.plan`);
  return {
    file,
    digest: await typescript("scripts/verify/export-plan.ts", [file, String(batch), String(steps)]),
  };
}
