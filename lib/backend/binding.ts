/** Loads the addon: the only file that touches it. Every failure says its remedy. */
import { createRequire } from "node:module";
import { BackendError } from "../errors.js";
import { packageRoot } from "../package-root.js";

/** What the addon exports. */
export interface NativeBinding {
  readonly control: Int32Array<ArrayBuffer>;
  run(
    kernel: number,
    b0?: ArrayBuffer, b1?: ArrayBuffer, b2?: ArrayBuffer, b3?: ArrayBuffer, b4?: ArrayBuffer,
    b5?: ArrayBuffer, b6?: ArrayBuffer, b7?: ArrayBuffer, b8?: ArrayBuffer,
  ): number;
  createPlan(commands: Int32Array, feeds: Int32Array, fetches: Int32Array, buffers: readonly ArrayBuffer[]): object;
  runPlan(plan: object, buffers: readonly ArrayBuffer[], steps: number, fed: Int32Array, fetched: Int32Array): [step: number, command: number, position: number] | undefined;
  settle(buffer: ArrayBuffer): number;
  isa(): string;
  supportedIsas(): string[];
  threads(): number;
  setThreads(count: number): void;
  fmaPeak(rounds: number): number;
}

/** What to do about a binary that does not load, by what the loader said. */
function remedy(message: string, code: string | undefined): string {
  if (code === "ERR_MM_ISA") return "unset MM_ISA or choose one of those";
  if (code === "ERR_DLOPEN_DISABLED") return "start node without --no-addons";
  if (message.includes("libgomp")) return "install the OpenMP runtime: `apt-get install libgomp1`, `apk add libgomp` or `dnf install libgomp`";
  if (/GLIBC(XX)?_|musl/.test(message)) return "the binary was built for another C library: `npm rebuild mm-train` compiles it here";
  if (message.includes("No native build") || code === "MODULE_NOT_FOUND") {
    return "no binary for this machine: `npm rebuild mm-train` compiles one (it needs g++, make and python3)";
  }
  return "`npm rebuild mm-train` compiles it anew";
}

export function loadBinding(): NativeBinding {
  const require = createRequire(import.meta.url);
  // Waiting OpenMP threads must sleep: a spinning one makes a shared machine 100 times slower. libgomp reads this when it is loaded.
  process.env.OMP_WAIT_POLICY ??= "passive";
  // But not at once: the next parallel call of a step is microseconds away, and waking a thread costs 50 us. 4,000 looks are about as long.
  process.env.GOMP_SPINCOUNT ??= "4000";
  let file = process.env.MM_NATIVE_PATH;
  try {
    file ||= (require("node-gyp-build") as { resolve(root: string): string }).resolve(packageRoot());
    return require(file) as NativeBinding;
  } catch (cause) {
    const { message, code } = cause as NodeJS.ErrnoException;
    const line = message.split("\n")[0];
    throw new BackendError(`native backend: ${file === undefined ? "" : `${file}: `}${line}; ${remedy(message, code)}`, { cause });
  }
}

