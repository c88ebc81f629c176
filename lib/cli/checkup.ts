/** What `mm-train doctor` finds out: facts, and problems with their remedies. */
import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { Backend } from "../backend/backend.js";
import { type BackendName, inUse, substitute } from "../backend/index.js";
import { type Candidate, candidates, cpuFeatures, libc } from "../backend/native/inspect.js";
import { loadNative } from "../backend/native/native.js";
import { reference } from "../backend/reference/index.js";
import { type SelfTest, selfTest } from "./self-test.js";
import { brownFolder } from "../data/texts/brown.js";
import { BackendError, CheckpointError, MmError } from "../errors.js";
import { packageRoot } from "../package-root.js";
import { cacheBeside } from "../run/corpus/token-cache/cache-folder.js";
import { checkKept, type KeptTokens } from "../run/corpus/token-cache/check-kept.js";
import { RUNS, runFolders, tryRunFolder } from "../run/folder/runs.js";

export interface Problem {
  readonly problem: string;
  readonly remedy: string;
}

/** null: there is none, or the system does not say. */
export interface Checkup {
  readonly healthy: boolean;
  readonly problems: readonly Problem[];
  readonly version: string;
  readonly package: string;
  readonly node: string;
  readonly platform: string;
  readonly libc: string | null;
  readonly cpu: {
    readonly model: string;
    readonly cores: number;
    readonly features: readonly string[] | null;
  };
  readonly candidates: readonly Candidate[];
  /** what runs use; null: they stop with the problem */
  readonly backend: BackendName | null;
  readonly isa: string | null;
  readonly supportedIsas: readonly string[];
  readonly threads: number | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly selfTest: SelfTest | null;
  readonly brown: string | null;
  readonly runs: { readonly folder: string; readonly count: number; readonly writable: boolean };
  /** of large texts; null: none are kept here */
  readonly tokens: Omit<KeptTokens, "problems"> | null;
}

const ENVIRONMENT = /^MM_|^(NODE_OPTIONS|LD_PRELOAD|LD_LIBRARY_PATH|PREBUILDS_ONLY|LIBC)$/;

export async function checkup(): Promise<Checkup> {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => ENVIRONMENT.test(name)),
  ) as Record<string, string>;
  const root = packageRoot();
  const { version, engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    version: string;
    engines: { node: string };
  };

  const problems: Problem[] = [];
  const oldest = engines.node.replace(">=", "");
  if (process.versions.node.localeCompare(oldest, "en", { numeric: true }) < 0) {
    problems.push({
      problem: `Node ${process.version} is older than ${oldest}`,
      remedy: "install a newer Node",
    });
  }

  const found = candidates();
  const { loaded, used, failures } = backends();
  problems.push(...failures);
  if (used !== undefined && loaded.includes("native") && used.name !== "native") {
    const { name } = used;
    const problem =
      `MM_BACKEND=${environment.MM_BACKEND}: runs use the ` +
      (name === "wasm"
        ? "WebAssembly backend, 3 times or more"
        : "TypeScript backend, over 100 times") +
      " slower";
    problems.push({ problem, remedy: "unset MM_BACKEND" });
  }

  // Before the self-test, which sets others: the threads of a run.
  const { isa = null, threads = null } = used ?? {};
  const test = loaded.length < 2 ? null : await selfTest(loaded);
  for (const what of ["product", "training"] as const) {
    if (test === null || test[what]) continue;
    const problem = `self-test: the ${what} does not end in the same bits on all backends`;
    problems.push({ problem, remedy: "set MM_BACKEND=reference, and report this output as a bug" });
  }

  const { runs, failures: unusable } = runsFolder();
  problems.push(...unusable);
  const { tokens, failures: damaged } = keptTokens();
  problems.push(...damaged);

  return {
    healthy: problems.length === 0,
    problems,
    version,
    package: root,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    libc: libc(),
    cpu: {
      model: cpus()[0]?.model.trim() ?? "unknown",
      cores: availableParallelism(),
      features: cpuFeatures(),
    },
    candidates: found,
    backend: used?.name ?? null,
    isa,
    supportedIsas: used?.supportedIsas ?? found.find(({ chosen }) => chosen)?.isas ?? [],
    threads,
    environment,
    selfTest: test,
    brown: brown(),
    runs,
    tokens,
  };
}

/** The tokens that runs in `runs/` find, all of them looked at. */
function keptTokens(): { tokens: Checkup["tokens"]; failures: Problem[] } {
  const runs = absolute(RUNS);
  // Where the working folder was removed there is nothing beside anything.
  const folder = isAbsolute(runs) ? cacheBeside(join(runs, "run")) : undefined;
  const kept = folder === undefined ? undefined : checkKept(folder);
  if (kept === undefined) return { tokens: null, failures: [] };
  const { problems, ...tokens } = kept;
  const remedy = "without that file, the next training over its text makes it anew";
  return { tokens, failures: problems.map((problem) => ({ problem, remedy })) };
}

/** The backends that load, the one that a run would use, and what is wrong. */
function backends(): { loaded: BackendName[]; used?: Backend; failures: Problem[] } {
  const failures: Problem[] = [];
  const attempt = (load: () => Backend): Backend | undefined => {
    try {
      return load();
    } catch (error) {
      failures.push(problemOf(error));
      return undefined;
    }
  };
  const native = attempt(loadNative);
  // What failed is told already; with MM_BACKEND it is the setting, or the same again.
  const used = attempt(inUse);
  const wasm = process.env.MM_ISA ? undefined : substitute();
  const loaded = [native, wasm === reference ? undefined : wasm, reference].flatMap((backend) =>
    backend === undefined ? [] : [backend.name],
  );
  return { loaded, used, failures: failures.slice(0, 1) };
}

function problemOf(error: unknown): Problem {
  if (!(error instanceof MmError)) throw error;
  const remedy = error instanceof BackendError ? error.remedy : undefined;
  if (remedy === undefined)
    return { problem: error.message, remedy: "correct the setting, or unset it" };
  return { problem: error.message.replace(`; ${remedy}`, ""), remedy };
}

function brown(): string | null {
  try {
    return brownFolder();
  } catch {
    return null;
  }
}

/**
 * Makes a run and looks for runs: permissions alone do not say whether that works (a read-only
 * disk, root).
 */
function runsFolder(): { runs: Checkup["runs"]; failures: Problem[] } {
  const folder = absolute("runs");
  const failures: Problem[] = [];
  const attempt = <T>(what: () => T): T | undefined => {
    try {
      return what();
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      // Without the file: it is a temporary one of the trial.
      const [problem, remedy] = error.message.slice(error.file.length + 2).split("; ");
      const other = "name a folder with --out, or start in another one";
      failures.push({ problem: `${folder}: ${problem}`, remedy: remedy ?? other });
      return undefined;
    }
  };
  const writable = attempt(() => tryRunFolder() ?? true) ?? false;
  const found = attempt(() => runFolders("config.json"));
  // What is no folder at all fails twice for one reason.
  return { runs: { folder, count: found?.length ?? 0, writable }, failures: failures.slice(0, 1) };
}

/** A path as it is where the working folder was removed. */
function absolute(path: string): string {
  try {
    return resolve(path);
  } catch {
    return path;
  }
}
