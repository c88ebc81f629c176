/** What there is to load, and what was loaded: for `mm-train doctor`. */
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../package-root.js";
import { binaryPath, remedy } from "./binding.js";

export interface Candidate {
  readonly path: string;
  /** this is the one that is loaded, or fails to be */
  readonly chosen: boolean;
  /** what loading it says; undefined where it loads */
  readonly problem?: string;
  readonly remedy?: string;
  /** the instruction sets that it can use here, best first */
  readonly isas: readonly string[];
}

/**
 * The places where a binary may be: MM_NATIVE_PATH, compiled here, prebuilt. Those that hold none
 * are named as they are.
 */
export function candidates(): Candidate[] {
  const chosen = ifPossible(binaryPath);
  const folders = [
    "build/Release",
    "build/Debug",
    `prebuilds/${process.platform}-${process.arch}`,
  ].map((name) => join(packageRoot(), name));
  const files = folders.flatMap((folder) => {
    const all = ifPossible(() => readdirSync(folder)) ?? [];
    const names = all.filter((name) => name.endsWith(".node"));
    return names.length > 0 ? names.map((name) => join(folder, name)) : [folder];
  });
  return [...new Set([...(chosen === undefined ? [] : [chosen]), ...files])].map((path) => ({
    path,
    chosen: path === chosen,
    ...probe(path),
  }));
}

/** undefined for what this machine does not have, or does not let us see. */
function ifPossible<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}

const PROBE = `
try {
  console.log(JSON.stringify({ isas: require(process.argv[1]).supportedIsas() }));
} catch ({ message, code }) {
  console.log(JSON.stringify({ isas: [], problem: message.split("\\n")[0], code }));
}`;

/** Loads it in a process of its own, which a broken file may take down. */
function probe(path: string): Pick<Candidate, "problem" | "remedy" | "isas"> {
  if (!existsSync(path)) return { isas: [], problem: "no such file" };
  if (!path.endsWith(".node")) return { isas: [], problem: "no .node file" };
  const env = { ...process.env, MM_ISA: "" };
  let probed: SpawnSyncReturns<string>;
  try {
    probed = spawnSync(process.execPath, ["-e", PROBE, path], {
      env,
      encoding: "utf8",
      timeout: 60_000,
    });
  } catch (error) {
    // Node's permission model.
    return {
      isas: [],
      problem: `not tried: no process can be started (${(error as NodeJS.ErrnoException).code})`,
    };
  }
  const { stdout, signal, status } = probed;
  if (status !== 0)
    return {
      isas: [],
      problem: `loading it ends the process (${signal ?? `exit code ${status}`})`,
      remedy: remedy(""),
    };
  const said = JSON.parse(stdout) as { isas: string[]; problem?: string; code?: string };
  return said.problem === undefined
    ? said
    : {
        isas: [],
        problem: said.problem.replace(`${path}: `, ""),
        remedy: remedy(said.problem, said.code),
      };
}

/** Those of the CPU's features that kernels are written for; null where the system does not say. */
export function cpuFeatures(): string[] | null {
  const cpuinfo = ifPossible(() => readFileSync("/proc/cpuinfo", "utf8"));
  if (cpuinfo === undefined) return null;
  const [, line = ""] = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo) ?? [];
  return line
    .split(" ")
    .filter((flag) =>
      ["avx2", "fma", "avx512f", "avx512dq", "avx512bw", "avx512vl", "asimd"].includes(flag),
    );
}

/** `glibc 2.36`, `musl`, or null on a system without that question. */
export function libc(): string | null {
  if (process.platform !== "linux") return null;
  const { header } = process.report.getReport() as unknown as {
    header: { glibcVersionRuntime?: string };
  };
  return header.glibcVersionRuntime === undefined ? "musl" : `glibc ${header.glibcVersionRuntime}`;
}
