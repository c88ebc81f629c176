/** What a sweep and its workers elsewhere say to each other through the queue. */
import type { Order, Outcome } from "../workers.js";

/** A run to be trained. Its identifier is the same whenever it is asked for again. */
export interface QueuedRun extends Omit<Order, "dir"> {
  /** of the package that asks */
  readonly version: string;
}

/** What came of it: the run itself is a parcel beside the queue. */
export type QueuedResult = {
  /** which worker it was, for a person */
  readonly worker: string;
} & (
  | { readonly outcome: Outcome; readonly parcel?: string }
  | { readonly failed: { readonly code: string; readonly message: string } }
);

/** What Redis calls the connection of a worker: without blanks. */
export const clientNameOf = (worker: string): string => encodeURIComponent(worker);

/** Where the newest state of a run is kept for whoever goes on with it. */
export const checkpointKey = (id: string): string => `mm-train:checkpoint:${id}`;
/** Where a result is kept: of each attempt its own, of which one is taken. */
export const resultKey = (id: string, token: string): string => `mm-train:result:${id}:${token}`;
