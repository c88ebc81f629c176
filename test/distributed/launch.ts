/** Ranks that mpirun starts, with mm-train-mpi compiled for them. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Why no ranks can be started here; undefined where they can. */
export function missingMpi(): string | undefined {
  const missing = ["mpirun", "mpicc"].find(
    (command) => spawnSync(command, ["--version"]).error !== undefined,
  );
  return missing && `${missing} is not there (apt-get install openmpi-bin libopenmpi-dev)`;
}

/** A project in `folder` whose node_modules has mm-train-mpi, compiled. */
export function mpiProject(folder: string): string {
  const { withNodeHeaders } = createRequire(import.meta.url)("../../scripts/node-headers.cjs") as {
    withNodeHeaders(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
  };
  const addon = join(folder, "node_modules", "mm-train-mpi");
  mkdirSync(addon, { recursive: true });
  for (const name of ["package.json", "binding.gyp", "flags.cjs", "index.cjs", "mpi.cc"])
    cpSync(join(root, "packages", "mpi", name), join(addon, name));
  const gyp = createRequire(import.meta.url).resolve("node-gyp/bin/node-gyp.js");
  execFileSync(process.execPath, [gyp, "rebuild"], {
    cwd: addon,
    env: withNodeHeaders(process.env),
    stdio: "pipe",
  });
  return folder;
}

/** Starts `node ARGS` as so many ranks; more than there are cores, and as root, where need be. */
export function startRanks(
  ranks: number,
  args: readonly string[],
  { cwd, env, options = [] }: { cwd: string; env: NodeJS.ProcessEnv; options?: readonly string[] },
): ChildProcess {
  const mpirun = ["--oversubscribe", ...options, "-n", String(ranks), process.execPath];
  return spawn("mpirun", [...mpirun, ...args], {
    cwd,
    env: { ...env, OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function ended(child: ChildProcess): Promise<Ended> {
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name]?.setEncoding("utf8").on("data", (chunk: string) => {
      text[name] += chunk;
    });
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve({ code, ...text }));
  });
}

/** The processes that mpirun has started, by rank: their numbers are in the order of the ranks. */
export function ranksOf(mpirun: ChildProcess): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "");
        return Number(stat.split(" ")[1]) === mpirun.pid;
      } catch {
        return false; // it has ended
      }
    })
    .sort((a, b) => a - b);
}
