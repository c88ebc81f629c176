/** Which implementation of the kernel contract runs. The native one where it loads, else the reference with a warning. */
import { BackendError, CompileError } from "../errors.js";
import type { Kernels, Operand } from "./kernels.js";
import { loadNative, type NativeKernels } from "./native.js";
import { type Command, interpret, type Plan, type Transfer } from "./plan.js";
import { reference } from "./reference.js";
import { setSettle } from "./storage.js";

export type BackendName = Kernels["name"];

let current: Kernels | undefined;

/** The kernels in use; chosen at the first call (`MM_BACKEND=native|reference` decides, otherwise native if it loads). */
export function kernels(): Kernels {
  if (current === undefined) current = choose();
  return current;
}

function choose(): Kernels {
  const wanted = process.env.MM_BACKEND;
  if (wanted !== undefined && wanted !== "") return named(wanted, "MM_BACKEND");
  try {
    return loadNative();
  } catch (error) {
    if (!(error instanceof BackendError) || process.env.MM_ISA) throw error;
    process.emitWarning(`${error.message}. Using the pure TypeScript backend, which is about 50 times slower.`, "MmTrainWarning");
    return reference;
  }
}

function named(name: string, setting: string): Kernels {
  if (name === "native") return loadNative();
  if (name === "reference") return reference;
  throw new BackendError(`${setting}: expected native or reference, got ${JSON.stringify(name)}`);
}

/** Switches the backend for every later operation. Tensors made before stay valid: both read the same memory. */
export function setBackend(name: BackendName): void {
  current = named(name, "backend");
}

export function backend(): BackendName {
  return kernels().name;
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
export const setThreads = (n: number): void => native()?.setThreads(n);

/** A plan of these commands for the backend in use. */
export const makePlan = (commands: readonly Command[], feeds: readonly Transfer[], fetches: readonly Transfer[]): Plan =>
  native()?.plan(commands, feeds, fetches) ?? interpret(kernels(), commands, feeds, fetches);

/** `rounds` of fused multiply-adds in registers, for whoever takes the time; returns the floating-point operations done, 0 without a binary. */
export const fmaPeak = (rounds: number): number => native()?.fmaPeak(rounds) ?? 0;

/** Stands in for the kernels in use while a step is recorded. */
export interface Recorder {
  /** kernels that pass every call on */
  over(inner: Kernels): Kernels;
  /** told of memory that others read after the step */
  keep(operand: Operand): void;
}

let recorder: Recorder | undefined;

export function withRecorder<T>(standIn: Recorder, body: () => T): T {
  if (recorder !== undefined) throw new CompileError("compile: a step cannot be compiled or replayed inside a step that is being recorded; call it outside");
  const inner = kernels();
  current = standIn.over(inner);
  recorder = standIn;
  try {
    return body();
  } finally {
    current = inner;
    recorder = undefined;
  }
}

/** Of what a recorded step makes, this is to be up to date after a replay too, as its result is. */
export const keepAfterReplay = (operand: Operand): void => recorder?.keep(operand);

/** JavaScript is about to read or write numbers, which a replay would not do again: an error while a step is recorded. */
export function hostAccess(what: string): void {
  if (recorder === undefined) return;
  throw new CompileError(`${what}: a recorded step cannot read or make numbers in JavaScript, since a replay would not do it again; do it outside and pass what changes as an input (or train without compile)`);
}
