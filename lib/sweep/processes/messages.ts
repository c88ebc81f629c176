/** What a sweep and the processes that train its runs say to each other. */
import type { News, Order, Outcome } from "../workers.js";

export type ToProcess =
  /** when it starts: the words of a program, if there is one */
  | { readonly words: readonly string[] | null }
  | { readonly order: Order }
  | { readonly stop: true };

export type FromProcess =
  | { readonly news: News }
  | { readonly outcome: Outcome }
  | { readonly failed: { readonly code: string; readonly message: string } };
