/**
 * Which implementation of the kernel contract runs. The native one where it loads, else with a
 * warning the same kernels as WebAssembly, or the reference.
 */
import { checkWhole } from "../check.js";
import { countText } from "../count-text.js";
import { BackendError, quote } from "../errors.js";
import type { Backend, BackendName } from "./backend.js";
import { MOST_THREADS } from "./native/default-threads.js";
import type { Kernels } from "./kernel-table.js";
import { loadFastest } from "./native/fastest.js";
import { loadNative } from "./native/native.js";
import { observed } from "./observe.js";
import type { Command, Plan, Transfer } from "./plan.js";
import { reference } from "./reference/index.js";
import { setSettle } from "./storage.js";
import { loadWasm } from "./wasm/wasm.js";
import { warn } from "../warn.js";

export type { BackendName } from "./backend.js";

/**
 * More steps are asked for by name before the reference takes them: at its speed they last
 * minutes or hours.
 */
const MOST_STEPS_UNASKED = 10_000;

/** A backend, and why it is in use although nobody asked for it. */
interface Choice {
  readonly backend: Backend;
  readonly failure?: BackendError;
}

let current: Choice | undefined;

/**
 * Chosen at the first call: `MM_BACKEND=native|wasm|reference` decides, otherwise native if it
 * loads.
 */
const chosen = (): Backend => (current ??= choose()).backend;

/** The kernels in use. */
export const kernels = (): Kernels => observed(chosen());

function choose(): Choice {
  const wanted = process.env.MM_BACKEND;
  if (wanted !== undefined && wanted !== "") return { backend: named(wanted, "MM_BACKEND") };
  const choice = best();
  if (choice.failure !== undefined)
    warn(
      `${choice.failure.message}; using the ${SLOWER[choice.backend.isa]} (\`npx mm-train ` +
        `doctor\` says more)`,
    );
  return choice;
}

const SLOWER: Readonly<Record<string, string>> = {
  "wasm-relaxed": "WebAssembly backend, about 3 times slower",
  "wasm-exact": "WebAssembly backend, over 30 times slower",
  javascript: "TypeScript backend, over 100 times slower",
};

/**
 * The backend that is in use, or would be at the first call; it is not chosen yet, and no warning
 * printed.
 * @throws BackendError where what was asked for does not load
 */
export function inUse(): Backend {
  const { MM_BACKEND } = process.env;
  if (current !== undefined) return current.backend;
  return MM_BACKEND ? named(MM_BACKEND, "MM_BACKEND") : best().backend;
}

/** The fastest backend that loads here, and why it is not the one that should. */
function best(): Choice {
  try {
    return { backend: loadFastest() };
  } catch (failure) {
    if (!fallsBack(failure)) throw failure;
    return { backend: substitute(), failure };
  }
}

/** What takes over from one that does not load. */
export function substitute(): Backend {
  try {
    return loadWasm();
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return reference;
  }
}

/**
 * Refuses a long training on a reference backend that is only there because no other loads.
 * Nothing is chosen yet, and no warning printed.
 * @throws BackendError
 */
export function checkSteps(steps: number): void {
  if (!(steps > MOST_STEPS_UNASKED) || (current === undefined && process.env.MM_BACKEND)) return;
  const { backend, failure: cause } = current ?? best();
  if (cause === undefined || backend !== reference) return;
  const slow = `without it ${countText(steps)} steps take over 100 times longer`;
  throw new BackendError(`${cause.message}; ${slow}`, {
    cause,
    remedy:
      "to train so, ask for --backend reference (in a program, MM_BACKEND=reference or " +
      'setBackend("reference"))',
  });
}

/**
 * Whether another backend takes over from a native one that failed so: a wrong setting is said
 * instead.
 */
const fallsBack = (error: unknown): error is BackendError =>
  error instanceof BackendError && !process.env.MM_ISA;

function named(name: string, setting: string): Backend {
  if (name === "native") return loadNative();
  if (name === "wasm") return loadWasm();
  if (name === "reference") return reference;
  throw new BackendError(`${setting}: expected native, wasm or reference, got ${quote(name)}`);
}

/**
 * Switches the backend for every later operation. Tensors made before stay valid: all read the
 * same memory.
 * @throws BackendError where it does not load
 */
export function setBackend(name: BackendName): void {
  current = { backend: named(name, "backend") };
}

/**
 * The backend in use. The first call chooses: `MM_BACKEND`, else native where it loads, else wasm.
 * @throws BackendError where what was asked for does not load
 */
export function backend(): BackendName {
  return chosen().name;
}

// Before the first tensor has memory, the backend is chosen.
setSettle((buffer) => chosen().settle(buffer));

/**
 * The instruction set the kernels run on: `avx512`, `avx2`, `neon`, `baseline`; `wasm-relaxed` or
 * `wasm-exact` on the wasm backend; `javascript` on the reference backend.
 */
export const isa = (): string => chosen().isa;
/**
 * The instruction sets that the backend in use can run here, best first. `MM_ISA=name` lowers the
 * choice at start.
 */
export const supportedIsas = (): readonly string[] => chosen().supportedIsas;
/** Threads used by large kernels. Results do not depend on it. */
export const threads = (): number => chosen().threads;
/**
 * Sets the number of threads of large kernels, 1 to 256; only the native backend has more than one.
 * Where the system refuses to make so many, fewer do the work, and standard error says so once.
 * @throws ValueError for another number
 */
export function setThreads(n: number): void {
  checkWhole("setThreads", n, 1, MOST_THREADS);
  chosen().setThreads(n);
}

/** A plan of these commands for the backend in use. */
export const makePlan = (
  commands: readonly Command[],
  feeds: readonly Transfer[],
  fetches: readonly Transfer[],
): Plan => chosen().plan(commands, feeds, fetches);

/**
 * `rounds` of fused multiply-adds in registers, for whoever takes the time; returns the
 * floating-point operations done, 0 on the reference backend.
 */
export const fmaPeak = (rounds: number): number => chosen().fmaPeak(rounds);
