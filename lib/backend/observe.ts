/**
 * Observers of what a program does with tensors: one records a step, one watches the preparation of
 * inputs while replays are still pending.
 */
import { eachKernel } from "./backend.js";
import type { Arguments, KernelName, Kernels } from "./kernel-table.js";
import type { Operand } from "./kernels.js";
import type { Command } from "./plan.js";

/** A tensor that no operation made, as far as observers tell leaves apart. */
export type Leaf = object;

export interface Observer {
  /** what happens is written down, to be done again without JavaScript */
  readonly recording: boolean;
  /** a kernel is about to run */
  call(command: Command): void;
  /**
   * JavaScript is about to read or write numbers, of `operand` where they are a tensor's; `what`
   * for the message, if that is an error
   */
  access(what: string, operand?: Operand): void;
  /**
   * the library itself is about to look at the numbers of `operand`, or at how often they were
   * changed
   */
  look(operand: Operand): void;
  /** `leaf.grad`, now `grad`, is about to be read, or to be replaced by `value` */
  gradient(leaf: Leaf, grad: Operand | null, value?: Operand | null): void;
  /** somebody asks whether `leaf` requires a gradient, as `required` says, or sets it to `value` */
  requirement(leaf: Leaf, required: boolean, value?: boolean): void;
}

let observer: Observer | undefined;

/** Runs `body` with everything told to `by`, and to no observer around it. */
export function observe<T>(by: Observer, body: () => T): T {
  const around = observer;
  observer = by;
  try {
    return body();
  } finally {
    observer = around;
  }
}

/** Whether somebody observes, who may keep what is shown. */
export const isObserved = (): boolean => observer !== undefined;

/** Whether the step that runs is being recorded. */
export const isRecording = (): boolean => observer?.recording ?? false;

/** To be called before JavaScript reads or writes numbers. */
export const hostAccess = (what: string, operand?: Operand): void =>
  observer?.access(what, operand);

/** To be called before the library itself looks at numbers that waiting steps may still change. */
export const look = (operand: Operand): void => observer?.look(operand);

/** To be called before `leaf.grad` is read, or replaced by `value`. */
export const gradientAccess = (leaf: Leaf, grad: Operand | null, value?: Operand | null): void =>
  observer?.gradient(leaf, grad, value);

/** To be called where somebody asks whether a leaf requires a gradient, or sets it. */
export const requirementAccess = (leaf: Leaf, required: boolean, value?: boolean): void =>
  observer?.requirement(leaf, required, value);

const observedKernels = new Map<Kernels, Kernels>();

/** `inner`, or while somebody observes the same kernels with every call told first. */
export function observed(inner: Kernels): Kernels {
  if (observer === undefined) return inner;
  let outer = observedKernels.get(inner);
  if (outer === undefined) observedKernels.set(inner, (outer = tellingFirst(inner)));
  return outer;
}

/** The same kernels, which tell the observer of a call before they run. */
const tellingFirst = (inner: Kernels): Kernels => ({
  name: inner.name,
  ...eachKernel((kernel) => {
    const run = inner[kernel] as (args: Arguments<KernelName>) => number | void;
    return (args) => {
      observer?.call({ kernel, args } as Command);
      return run(args);
    };
  }),
});
