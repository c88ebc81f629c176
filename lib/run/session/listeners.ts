/** Who listens to a training. */
import { checkFunction, checkInstance } from "../../check.js";
import type { CorpusSummary } from "../../data/lists/summary.js";
import type { Split } from "../corpus/corpus.js";
import type { Origin } from "../folder/origin.js";
import type { SplitLosses } from "../result.js";

/** What a program hears of a training, and how it ends one. */
export interface TrainListeners {
  /** called once before the first step; `run` is the run folder, if there is one */
  onStart?: (run: {
    parameters: number;
    examples: Record<Split, number>;
    measured: Record<keyof SplitLosses, number>;
    vocabularySize: number;
    step: number;
    level: "character" | "word";
    batchSize: number;
    corpus: CorpusSummary | undefined;
    /** SHA-256 of its words, as config.json has it */
    wordsSha256: string;
    from: Origin | null;
    run: string | undefined;
  }) => void;
  /** called after every step with the loss of its minibatch; `logged` at every `logEvery`-th */
  onStep?: (step: number, loss: number, logged: boolean) => void;
  /** called after each measurement of the dev split on the way */
  onDevLoss?: (step: number, devLoss: number) => void;
  /** called after each save of the run folder on the way */
  onSaved?: (run: string) => void;
  /** called once after the last step, before the splits are measured */
  onTrained?: () => void;
  /** called on the way through that measurement: predictions measured so far, and all there are */
  onMeasure?: (done: number, total: number) => void;
  /** ends the training early; the result and the run folder hold what was reached */
  signal?: AbortSignal;
}

/**
 * The listeners among options, and the rest.
 * @throws ValueError for what is none, before anything is done
 */
export function takeListeners<T extends TrainListeners>(operation: string, options: T) {
  const { onStart, onStep, onDevLoss, onSaved, onTrained, onMeasure, signal, ...rest } = options;
  const listeners = { onStart, onStep, onDevLoss, onSaved, onTrained, onMeasure };
  checkListeners(operation, listeners, signal);
  return { listeners: { ...listeners, signal }, rest };
}

/** @throws ValueError for a listener, or a signal, that is none */
export function checkListeners(operation: string, listeners: object, signal: unknown): void {
  for (const [name, listener] of Object.entries(listeners))
    if (listener !== undefined) checkFunction(`${operation}: ${name}`, listener);
  if (signal !== undefined)
    checkInstance(`${operation}: signal`, signal, AbortSignal, "an AbortSignal");
}
