/** Who trains the runs of a sweep: processes of this machine, or a queue's workers elsewhere. */
import { availableParallelism } from "node:os";
import type { Settings } from "../run/settings/parse-config.js";

/** How many runs are trained at a time where nobody says it: as many as there are cores. */
export const usualCount = (): number => availableParallelism();

/** A run to be trained. */
export interface Order {
  /** its folder: where that holds a part of it, the run goes on from there */
  readonly dir: string;
  readonly settings: Settings;
  /** steps in all after which it pauses; undefined: to its end */
  readonly until?: number;
  /** of the words that it is to be trained on; undefined: of whatever its corpus holds */
  readonly wordsSha256?: string;
}

/** What is heard of a run on its way. */
export interface News {
  /** steps done */
  readonly step: number;
  /** the loss of a minibatch */
  readonly loss: number;
  /** of news that the run was saved */
  readonly saved?: boolean;
}

/** How an order ended: as it was meant to, stopped before, or with a loss that is no number. */
export type Outcome =
  { readonly state: "done" | "stopped" } | { readonly state: "diverged"; readonly why: string };

export interface Workers {
  /** so many orders are worked at, at a time */
  readonly count: number;
  /**
   * Resolves when the folder holds what was ordered.
   * @throws MmError with the code and the message of what ended the training, or of a worker that
   *   is lost again and again
   */
  train(order: Order, onNews: (news: News) => void): Promise<Outcome>;
  /** What is worked at is saved where it is, and ends as stopped; then no process is left. */
  close(): Promise<void>;
}
