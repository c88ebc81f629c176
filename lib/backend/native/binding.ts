/** Loads the addon: the only file that touches it. Every failure says its remedy. */
import { resolve } from "node:path";
import { BackendError } from "../../errors.js";
import { isBundled, packageRequire, packageRoot } from "../../package-root.js";
import { allowAddons, allowReading } from "./permission.js";
import { rebuildCommand } from "./rebuild.js";
import { signatures } from "./signatures.js";

/** What the addon exports. */
export interface NativeBinding {
  readonly control: Int32Array<ArrayBuffer>;
  run(
    kernel: number,
    b0?: ArrayBuffer,
    b1?: ArrayBuffer,
    b2?: ArrayBuffer,
    b3?: ArrayBuffer,
    b4?: ArrayBuffer,
    b5?: ArrayBuffer,
    b6?: ArrayBuffer,
    b7?: ArrayBuffer,
    b8?: ArrayBuffer,
  ): number;
  /** every kernel and its arguments, as the border reads them (signatures.ts) */
  signatures(): string[];
  createPlan(
    commands: Int32Array,
    feeds: Int32Array,
    fetches: Int32Array,
    buffers: readonly ArrayBuffer[],
  ): object;
  runPlan(
    plan: object,
    buffers: readonly ArrayBuffer[],
    steps: number,
    fed: Int32Array,
    fetched: Int32Array,
  ): [step: number, command: number, position: number] | undefined;
  settle(buffer: ArrayBuffer): number;
  isa(): string;
  supportedIsas(): string[];
  /** 0: `setThreads` has not been called in this thread's environment. */
  threads(): number;
  /**
   * How many threads there are where fewer could be made, and nobody in this process has been told.
   */
  setThreads(count: number): number | undefined;
  fmaPeak(rounds: number): number;
}

const FUNCTIONS = [
  "run",
  "signatures",
  "createPlan",
  "runPlan",
  "settle",
  "isa",
  "supportedIsas",
  "threads",
  "setThreads",
  "fmaPeak",
] as const satisfies (keyof NativeBinding)[];

/** node-gyp-build looks for it, and fails where it may not. */
const ALPINE = "/etc/alpine-release";

/** What to do about a binary that does not load, by what the loader said. */
export function remedy(message: string, code?: string): string {
  if (code === "ERR_MM_ISA") return "unset MM_ISA or choose one of those";
  if (code === "ERR_DLOPEN_DISABLED") return allowAddons();
  if (process.env.MM_NATIVE_PATH) return "unset MM_NATIVE_PATH, or name a binary that loads";
  const reading = allowReading([packageRoot(), ALPINE]);
  if (reading !== undefined) return reading;
  if (isBundled())
    return (
      "in a bundle, set MM_NATIVE_PATH to the .node file of mm-train, or leave mm-train out of " +
      "the bundle (external)"
    );
  if (message.includes("No native build"))
    return (
      `no binary for this machine: ${rebuildCommand()} compiles one (it needs g++, make and ` +
      "python3)"
    );
  if (/GLIBC(XX)?_|CXXABI_|musl|ld-linux|[Ee]rror relocating/.test(message)) {
    return (
      `the binary was built for another C library: ${rebuildCommand()} compiles it here (it ` +
      "needs g++, make and python3)"
    );
  }
  return `${rebuildCommand()} compiles it anew (it needs g++, make and python3)`;
}

/**
 * The addon's file: MM_NATIVE_PATH, or what was compiled here, or the prebuilt one. Throws where
 * there is none.
 */
export function binaryPath(): string {
  const given = process.env.MM_NATIVE_PATH;
  if (given) return resolve(given);
  return (packageRequire()("node-gyp-build") as { resolve(root: string): string }).resolve(
    packageRoot(),
  );
}

export function loadBinding(): NativeBinding {
  let file: string | undefined;
  try {
    file = binaryPath();
    if (!file.endsWith(".node")) throw new Error("no .node file");
    // Not require: a bundler's own finds no file that it has not seen.
    const module = { exports: {} as NativeBinding };
    process.dlopen(module, file);
    const binding = module.exports;
    const missing = FUNCTIONS.filter((name) => typeof binding?.[name] !== "function");
    if (missing.length > 0)
      throw new Error(`not the addon of this version of mm-train (it has no ${missing[0]})`);
    if (binding.signatures().join() !== signatures().join())
      throw new Error("not the addon of this version of mm-train (it has other kernels)");
    return binding;
  } catch (cause) {
    const { message, code } = cause as NodeJS.ErrnoException;
    const line = message.split("\n")[0].replace(/\.$/, "");
    const where = file === undefined || line.startsWith(file) ? "" : `${file}: `;
    throw new BackendError(`native backend: ${where}${line}`, {
      cause,
      remedy: remedy(message, code),
    });
  }
}
