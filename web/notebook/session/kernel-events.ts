/** What a notebook asks of its kernel, and is told by it. */
import type { Ran, Shown } from "../protocol.js";

export interface CellRunner {
  /** Also ends the one that runs: its variables are gone. */
  start(): Promise<void>;
  run(cell: string, source: string): void;
  interrupt(): void;
}

export type KernelState =
  | { readonly kind: "starting" }
  | { readonly kind: "ready"; readonly backend: string; readonly interruptsLoops: boolean }
  | { readonly kind: "failed"; readonly message: string };

export interface KernelEvents {
  state(state: KernelState): void;
  shown(cell: string, shown: Shown): void;
  ran(cell: string, ran: Ran): void;
}
