/** Who listens to a sweep. */
import { checkListeners } from "../run/session/listeners.js";

/** What a program hears of a sweep, and how it ends one. */
export interface SweepListeners {
  /** called once before the first run; of asha with the steps of each rung */
  onStart?: (sweep: {
    trials: number;
    runs: number;
    rungs: readonly number[] | undefined;
    /** of all runs together; of asha, if each rung takes as many as it may */
    steps: number;
    /** runs that are trained at a time */
    workers: number;
  }) => void;
  /** called when a run is begun, or goes on */
  onRun?: (run: { name: string; trial: number; steps: number }) => void;
  /** called on the way with the loss of a minibatch, a few times a second */
  onStep?: (name: string, step: number, loss: number) => void;
  /** called when a run has done its steps (of a rung), or has diverged, also before this call */
  onResult?: (run: {
    name: string;
    trial: number;
    steps: number;
    /** undefined of one that diverged */
    devLoss: number | undefined;
    why: string | undefined;
    /** whether it was known when the sweep began */
    before: boolean;
  }) => void;
  /** called when a run is saved before its end */
  onStopped?: (name: string) => void;
  /** ends the sweep early; what is being trained is saved */
  signal?: AbortSignal;
}

/** The listeners among options, and the rest. @throws ValueError for what is none */
export function takeSweepListeners<T extends SweepListeners>(options: T) {
  const { onStart, onRun, onStep, onResult, onStopped, signal, ...rest } = options;
  const listeners = { onStart, onRun, onStep, onResult, onStopped };
  checkListeners("sweep", listeners, signal);
  return { listeners: { ...listeners, signal }, rest };
}
