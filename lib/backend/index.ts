/**
 * Which implementation of the kernel contract runs. The native one where it loads, else the
 * reference with a warning.
 */
import { checkWhole } from "../check.js";
import { countText } from "../count-text.js";
import { BackendError, quote } from "../errors.js";
import { MOST_THREADS } from "./default-threads.js";
import type { Kernels } from "./kernel-table.js";
import { loadNative, type NativeKernels } from "./native/native.js";
import { observed } from "./observe.js";
import { type Command, interpret, type Plan, type Transfer } from "./plan.js";
import { reference } from "./reference/index.js";
import { setSettle } from "./storage.js";
import { warn } from "../warn.js";

/**
 * `native`: the C++ kernels. `reference`: the same arithmetic in TypeScript, over 100 times slower.
 */
export type BackendName = "native" | "reference";

/**
 * More steps are asked for by name before the reference takes them: at its speed they last
 * minutes or hours.
 */
const MOST_STEPS_UNASKED = 10_000;

let current: Kernels | undefined;
/** Why the reference is in use although nobody asked for it. */
let failure: BackendError | undefined;

/**
 * Chosen at the first call: `MM_BACKEND=native|reference` decides, otherwise native if it loads.
 */
const chosen = (): Kernels => (current ??= choose());

/** The kernels in use. */
export const kernels = (): Kernels => observed(chosen());

function choose(): Kernels {
  const wanted = process.env.MM_BACKEND;
  if (wanted !== undefined && wanted !== "") return named(wanted, "MM_BACKEND");
  failure = nativeFailure();
  if (failure === undefined) return loadNative();
  warn(
    `${failure.message}; using the TypeScript backend, over 100 times slower (\`npx mm-train ` +
      `doctor\` says more)`,
  );
  return reference;
}

/** Why the native backend does not load, where the reference takes over. */
function nativeFailure(): BackendError | undefined {
  try {
    loadNative();
    return undefined;
  } catch (error) {
    if (!fallsBack(error)) throw error;
    return error;
  }
}

/**
 * Refuses a long training on a reference backend that is only there because the native one does
 * not load. Nothing is chosen yet, and no warning printed.
 * @throws BackendError
 */
export function checkSteps(steps: number): void {
  if (!(steps > MOST_STEPS_UNASKED) || (current === undefined && process.env.MM_BACKEND)) return;
  const cause = current === undefined ? nativeFailure() : failure;
  if (cause === undefined) return;
  const slow = `without it ${countText(steps)} steps take over 100 times longer`;
  throw new BackendError(`${cause.message}; ${slow}`, {
    cause,
    remedy:
      "to train so, ask for --backend reference (in a program, MM_BACKEND=reference or " +
      'setBackend("reference"))',
  });
}

/**
 * Whether the reference takes over from a native backend that failed so: a wrong setting is said
 * instead.
 */
export const fallsBack = (error: unknown): error is BackendError =>
  error instanceof BackendError && !process.env.MM_ISA;

function named(name: string, setting: string): Kernels {
  if (name === "native") return loadNative();
  if (name === "reference") return reference;
  throw new BackendError(`${setting}: expected native or reference, got ${quote(name)}`);
}

/**
 * Switches the backend for every later operation. Tensors made before stay valid: both read the
 * same memory.
 * @throws BackendError where it does not load
 */
export function setBackend(name: BackendName): void {
  current = named(name, "backend");
  failure = undefined;
}

/**
 * The backend in use. The first call chooses: `MM_BACKEND`, else native where it loads.
 * @throws BackendError where what was asked for does not load
 */
export function backend(): BackendName {
  return chosen().name;
}

const native = (): NativeKernels | undefined => (backend() === "native" ? loadNative() : undefined);

// Before the first tensor has memory, the backend is chosen.
setSettle((buffer) => native()?.settle(buffer) ?? 0);

/**
 * The instruction set the kernels run on: `avx512`, `avx2`, `neon`, `baseline`, or `javascript` on
 * the reference backend.
 */
export const isa = (): string => native()?.isa ?? "javascript";
const NONE: readonly string[] = Object.freeze(["javascript"]);
/**
 * The instruction sets this machine can run, best first. `MM_ISA=name` lowers the choice at start.
 */
export const supportedIsas = (): readonly string[] => native()?.supportedIsas ?? NONE;
/** Threads used by large kernels. Results do not depend on it. */
export const threads = (): number => native()?.threads ?? 1;
/**
 * Sets the number of threads of large kernels, 1 to 256; the reference backend has one. Where the
 * system refuses to make so many, fewer do the work, and standard error says so once. @throws
 * ValueError for another number
 */
export function setThreads(n: number): void {
  checkWhole("setThreads", n, 1, MOST_THREADS);
  native()?.setThreads(n);
}

/** A plan of these commands for the backend in use. */
export const makePlan = (
  commands: readonly Command[],
  feeds: readonly Transfer[],
  fetches: readonly Transfer[],
): Plan =>
  native()?.plan(commands, feeds, fetches) ?? interpret(chosen(), commands, feeds, fetches);

/**
 * `rounds` of fused multiply-adds in registers, for whoever takes the time; returns the
 * floating-point operations done, 0 without a binary.
 */
export const fmaPeak = (rounds: number): number => native()?.fmaPeak(rounds) ?? 0;
