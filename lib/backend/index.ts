/** Which implementation of the kernel contract runs. The native one where it loads, else the reference with a warning. */
import { checkWhole } from "../check.js";
import { BackendError, quote } from "../errors.js";
import { MOST_THREADS } from "./default-threads.js";
import type { Kernels } from "./kernels.js";
import { loadNative, type NativeKernels } from "./native.js";
import { observed } from "./observe.js";
import { type Command, interpret, type Plan, type Transfer } from "./plan.js";
import { reference } from "./reference.js";
import { setSettle } from "./storage.js";

/** `native`: the C++ kernels. `reference`: the same arithmetic in TypeScript, over 100 times slower. */
export type BackendName = "native" | "reference";

let current: Kernels | undefined;

/** Chosen at the first call: `MM_BACKEND=native|reference` decides, otherwise native if it loads. */
const chosen = (): Kernels => (current ??= choose());

/** The kernels in use. */
export const kernels = (): Kernels => observed(chosen());

function choose(): Kernels {
  const wanted = process.env.MM_BACKEND;
  if (wanted !== undefined && wanted !== "") return named(wanted, "MM_BACKEND");
  try {
    return loadNative();
  } catch (error) {
    if (!fallsBack(error)) throw error;
    // Not process.emitWarning, which makes two lines of it, neither of them the command line's.
    process.stderr.write(`mm-train: ${error.message}; using the TypeScript backend, over 100 times slower (\`npx mm-train doctor\` says more)\n`);
    return reference;
  }
}

/** Whether the reference takes over from a native backend that failed so: a wrong setting is said instead. */
export const fallsBack = (error: unknown): error is BackendError => error instanceof BackendError && !process.env.MM_ISA;

function named(name: string, setting: string): Kernels {
  if (name === "native") return loadNative();
  if (name === "reference") return reference;
  throw new BackendError(`${setting}: expected native or reference, got ${quote(name)}`);
}

/** Switches the backend for every later operation. Tensors made before stay valid: both read the same memory. @throws BackendError where it does not load */
export function setBackend(name: BackendName): void {
  current = named(name, "backend");
}

/** The backend in use. The first call chooses: `MM_BACKEND`, else native where it loads. @throws BackendError where what was asked for does not load */
export function backend(): BackendName {
  return chosen().name;
}

const native = (): NativeKernels | undefined => (backend() === "native" ? loadNative() : undefined);

// Before the first tensor has memory, the backend is chosen.
setSettle((buffer) => native()?.settle(buffer) ?? 0);

/** The instruction set the kernels run on: `avx512`, `avx2`, `neon`, `baseline`, or `javascript` on the reference backend. */
export const isa = (): string => native()?.isa ?? "javascript";
/** The instruction sets this machine can run, best first. `MM_ISA=name` lowers the choice at start. */
export const supportedIsas = (): readonly string[] => native()?.supportedIsas ?? ["javascript"];
/** Threads used by large kernels. Results do not depend on it. */
export const threads = (): number => native()?.threads ?? 1;
/**
 * Sets the number of threads of large kernels, 1 to 256; the reference backend has one. Where the system refuses to
 * make so many, fewer do the work, and standard error says so once. @throws ValueError for another number
 */
export function setThreads(n: number): void {
  checkWhole("setThreads", n, 1, MOST_THREADS);
  native()?.setThreads(n);
}

/** A plan of these commands for the backend in use. */
export const makePlan = (commands: readonly Command[], feeds: readonly Transfer[], fetches: readonly Transfer[]): Plan =>
  native()?.plan(commands, feeds, fetches) ?? interpret(chosen(), commands, feeds, fetches);

/** `rounds` of fused multiply-adds in registers, for whoever takes the time; returns the floating-point operations done, 0 without a binary. */
export const fmaPeak = (rounds: number): number => native()?.fmaPeak(rounds) ?? 0;
