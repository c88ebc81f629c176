/**
 * The ranks of one training, which must do the same steps in the same order: whatever depends on
 * time, on a signal or on one rank's files is agreed on here. A rank that went its own way would
 * leave the others waiting in a collective.
 */
import { MmError, UsageError } from "../errors.js";
import { type Communicator, fromEach, textFromEach } from "./communicator.js";

/** What a turn of a training does. */
export interface Turn {
  /** how many steps it takes; 0 where the training is to end */
  readonly steps: number;
  /** the state is kept first, to go back to if the training diverges */
  readonly keeps: boolean;
}

/** Errors that every rank has met, or heard of: all of them are at the same place. */
const shared = new WeakSet<object>();

export class Team {
  readonly #ended = new AbortController();

  /** @param signal asks for the end of the training, of one rank or of several */
  constructor(
    readonly communicator: Communicator,
    private readonly signal?: AbortSignal,
  ) {}

  /** The rank that writes files, and speaks. */
  get isFirst(): boolean {
    return this.communicator.rank === 0;
  }

  /** Aborts at the same turn on every rank, once `signal` did on one. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** The next turn of all ranks: what rank 0 wants, and the end where any rank does. */
  agree({ steps, keeps }: Turn): Turn {
    const wanted = this.signal?.aborted ? 0 : steps;
    const turns = fromEach(this.communicator, 2 * wanted + (keeps ? 1 : 0));
    if (turns.some((turn) => turn < 2)) {
      this.#ended.abort();
      return { steps: 0, keeps: false };
    }
    return { steps: turns[0] >> 1, keeps: (turns[0] & 1) === 1 };
  }

  /** `body` on every rank; where it fails on one, all throw what the first of these did. */
  together<T>(body: () => T): T {
    let result: T | undefined;
    let failure: unknown;
    try {
      result = body();
    } catch (error) {
      failure = error;
    }
    const { rank } = this.communicator;
    const failed = fromEach(this.communicator, failure === undefined ? 0 : 1).indexOf(1);
    if (failed < 0) return result as T;
    const message = failure instanceof Error ? failure.message : String(failure);
    const text = textFromEach(this.communicator, rank === failed ? message : "")[failed];
    const error =
      failed === rank || (failed === 0 && failure instanceof MmError)
        ? failure
        : new UsageError(failed === 0 ? text : `rank ${failed}: ${text}`);
    if (typeof error === "object" && error !== null) shared.add(error);
    throw error;
  }

  /** @throws UsageError unless `facts` are the same on every rank; `what` they are, for the line */
  checkAlike(what: string, facts: string): void {
    const all = textFromEach(this.communicator, facts);
    const other = all.findIndex((text) => text !== all[0]);
    if (other < 0) return;
    const error = new UsageError(
      `distributed: rank ${other} has another ${what} than rank 0; expected the same on every rank`,
    );
    shared.add(error);
    throw error;
  }
}

/** Whether all ranks have met `error`, so that they can end together. */
export const isShared = (error: unknown): boolean =>
  typeof error === "object" && error !== null && shared.has(error);

/** Says that all ranks meet `error` at the same place, as they have the same numbers. */
export function share<E extends object>(error: E): E {
  shared.add(error);
  return error;
}
