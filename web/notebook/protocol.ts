/** What page and kernel say to each other. */

/** One thing that a cell shows. */
export type Item =
  | { readonly kind: "text"; readonly stream: "out" | "error"; readonly text: string }
  | { readonly kind: "picture"; readonly picture: Picture }
  /** of the last expression */
  | { readonly kind: "value"; readonly text: string }
  | { readonly kind: "failure"; readonly failure: Failure };

export interface Picture {
  readonly svg: string;
  /** what it shows, in words */
  readonly label: string;
  readonly width: number | undefined;
}

/** A line of a cell, 1-based. */
export interface Place {
  readonly cell: string;
  readonly line: number;
}

export interface Failure {
  readonly name: string;
  readonly message: string;
  /** from where it was thrown to the cell that ran; without what is not in cells */
  readonly places: readonly Place[];
}

/** What a running cell printed since the last message. */
export interface Shown {
  readonly items: readonly Item[];
  /** of a cell that prints very much: what is left out, and the newest lines */
  readonly tail?: Tail;
}
export interface Tail {
  readonly skippedLines: number;
  readonly text: string;
}

/** What is known of a cell after it ran. */
export interface Ran {
  readonly ok: boolean;
  readonly interrupted: boolean;
  readonly milliseconds: number;
  /** names that it declared or assigned to, and those of other cells that it read */
  readonly writes: readonly string[];
  readonly reads: readonly string[];
}

export type ToKernel =
  /** While the page keeps `guard`, a URL of a blob, the cell may go on. */
  | {
      readonly type: "run";
      readonly cell: string;
      readonly source: string;
      readonly guard: string;
    }
  | { readonly type: "interrupt" };

export type FromKernel =
  /** `backend` computes; an interrupt reaches loops that never wait, or not */
  | { readonly type: "ready"; readonly backend: string; readonly interruptsLoops: boolean }
  | { readonly type: "shown"; readonly cell: string; readonly shown: Shown }
  | { readonly type: "ran"; readonly cell: string; readonly ran: Ran };
