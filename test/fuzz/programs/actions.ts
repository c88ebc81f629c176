/**
 * What a program does between the steps, and between the runs: looks, changes, keeps, freezes,
 * catches, reenters.
 */
import {
  type BackendName,
  IndexError,
  MmError,
  noGrad,
  ones,
  setBackend,
  setThreads,
  type Tensor,
  tensor,
  zeros,
} from "../../../lib/index.js";
import type { Draw } from "../draw.js";
import { BATCH, type World } from "./world.js";

/** A program under way. */
export interface Program {
  readonly world: World;
  readonly d: Draw;
  /** all that it saw */
  readonly log: unknown[];
  /** gradients that it kept, to be looked at in the end */
  readonly kept: Tensor[];
  /** results with a tape of their own, for later */
  readonly tapes: Tensor[];
  /** to be done when the next step is prepared */
  readonly next: (() => void)[];
  /** runs the same step, or another one on the same tensors */
  readonly reenter: (which: "same" | "other", steps: number) => void;
  readonly backends: readonly BackendName[];
  readonly gc: () => void;
}

export const numbers = (t: Tensor | null): unknown => t && [...t.toTypedArray()];

/**
 * Of an error what a caller acts on; which dimension an index ran along, a replay does not know.
 */
export function told(error: unknown): unknown {
  if (!(error instanceof MmError)) return String(error);
  return error instanceof IndexError ? [error.code, error.value, error.size] : [error.code];
}

const parameter = ({ world, d }: Program): Tensor => d.pick(world.parameters);

type Action = (p: Program) => void;

const LOOKS: readonly Action[] = [
  (p) => void p.log.push(numbers(parameter(p))),
  (p) => void p.log.push(numbers(parameter(p).grad)),
  (p) => void p.log.push(numbers(p.world.running)),
  (p) => {
    const { grad } = parameter(p);
    if (grad !== null) p.kept.push(grad);
  },
  (p) => {
    const [a, b] = [p.kept.at(-1), parameter(p).grad];
    if (a !== undefined && b !== null && a.numel === b.numel)
      p.log.push(numbers(a.reshape(b.shape).sub(b)));
  },
];

const CHANGES: readonly Action[] = [
  (p) => {
    parameter(p).grad = null;
  },
  (p) => {
    const w = parameter(p);
    w.grad = ones(w.shape);
  },
  (p) => {
    const w = parameter(p);
    if (w.grad !== null) noGrad(() => void (w.grad as Tensor).mul_(2));
  },
  (p) => {
    const [C, W] = p.world.parameters;
    [C.grad, W.grad] = [W.grad && zeros(C.shape), C.grad && ones(W.shape)];
  },
  (p) => {
    const w = parameter(p);
    noGrad(() => w.mul_(0.9));
  },
  (p) => {
    p.world.offset.copy_(p.world.offset.mul(0.5));
  },
  (p) => {
    p.world.running.add_(1);
  },
  (p) => {
    const w = parameter(p);
    w.requiresGrad = !w.requiresGrad;
  },
  (p) =>
    void p.tapes.push(
      p.d.pick([
        (w: Tensor) => w.mul(w).sum(),
        (w: Tensor) => w.exp().sum(),
        (w: Tensor) => w.sum(),
      ])(parameter(p)),
    ),
  (p) => {
    useTape(p, p.tapes.pop());
  },
  (p) => {
    const w = parameter(p);
    const tape = w.mul(w).sum();
    p.next.push(() => {
      useTape(p, tape);
    });
  },
];

function useTape(p: Program, tape: Tensor | undefined): void {
  if (tape?.requiresGrad)
    attempt(p, () => {
      tape.backward();
    });
}

const MACHINE: readonly Action[] = [
  (p) => {
    p.gc();
  },
  (p) => {
    setThreads(p.d.whole(1, 3));
  },
  (p) => {
    setBackend(p.d.pick(p.backends));
  },
];

/** A piece of a program that goes on whatever happens in it. */
export function attempt(p: Program, body: () => void): void {
  try {
    body();
  } catch (error) {
    p.log.push(told(error));
  }
}

/** Some of these, at random. */
export function act(p: Program, depth: number): void {
  const { d } = p;
  const actions = d.chance(0.7) ? LOOKS : d.chance(0.8) ? CHANGES : MACHINE;
  const action = d.pick(actions);
  if (d.chance(0.3))
    attempt(p, () => {
      action(p);
    });
  else action(p);
  if (depth === 0 && d.chance(0.05))
    attempt(p, () => {
      p.reenter(d.pick(["same", "other"]), d.whole(0, 3));
    });
}

/** Sets the inputs of a step; an index out of range now and then. */
export function setInputs({ world, d }: Program): void {
  const wrong = d.chance(0.004);
  world.ix.copy_(tensor(Int32Array.from({ length: BATCH }, () => (wrong ? 7 : d.whole(-5, 4)))));
  world.factor.copy_(tensor([d.whole(1, 3)]));
  if (d.chance(0.9)) world.optimizer.lr = d.pick([0.1, 0.05]);
  world.optimizer.prepare();
}
