/** What the page and its worker say to each other. */
import type { CorpusSummary } from "../../lib/data/lists/summary.js";
import type { Mark } from "../../lib/run/known-samples.js";
import type { Split } from "../../lib/run/corpus/corpus.js";

/** Settings as `mm-train` knows them, by the names that config.json has. */
export type SettingValues = Readonly<Record<string, string | number | boolean>>;

/** Where the words come from. */
export type List =
  /** the names that ship with the package */
  | { readonly kind: "names" }
  /** pasted, or a file that was dropped */
  | { readonly kind: "file"; readonly name: string; readonly bytes: Uint8Array };

/** A run that the page names, so that it knows which one a report is about. */
export type RunId = number;

export type Command =
  /** a fresh run at step 0; the one before it is kept */
  | {
      readonly kind: "reset";
      readonly run: RunId;
      readonly settings: SettingValues;
      readonly list: List;
    }
  | { readonly kind: "run" }
  | { readonly kind: "pause" }
  | { readonly kind: "step" }
  /** a run that was kept is gone on with; the one before it is kept */
  | { readonly kind: "back"; readonly run: RunId }
  /** a run that was kept is no longer */
  | { readonly kind: "forget"; readonly run: RunId }
  /** what characters follow it is told from now on */
  | { readonly kind: "prefix"; readonly text: string }
  /** the current run as a .zip of its folder */
  | { readonly kind: "save" }
  /** the same of any run, for the page to keep */
  | { readonly kind: "keep"; readonly run: RunId }
  /** a .zip of a run folder becomes the current run */
  | {
      readonly kind: "open";
      readonly run: RunId;
      readonly archive: { readonly name: string; readonly bytes: Uint8Array };
      /** for a run whose list is not in the archive */
      readonly list: List;
    };

/** What a run is made of, known before its first step. */
export interface RunFacts {
  readonly settings: SettingValues;
  readonly steps: number;
  readonly parameters: number;
  readonly blockSize: number;
  readonly embedding: number;
  /** token to character; the boundary first */
  readonly characters: readonly string[];
  readonly examples: Readonly<Record<Split, number>>;
  readonly corpus: CorpusSummary;
  /** loss of one who holds every character for equally likely */
  readonly guessing: number;
  /** what computes: a backend and an instruction set */
  readonly machine: string;
}

/** Points on a plane, x and y in turn, a pair per token. */
export type Points = Float32Array<ArrayBuffer>;

export interface MadeUp {
  readonly word: string;
  readonly mark: Mark;
  /** it would have gone on */
  readonly cut: boolean;
}

/** A character and how likely it follows. */
export interface Likely {
  readonly token: number;
  readonly probability: number;
}

/** A loss after so many steps. */
export interface LossAt {
  readonly step: number;
  readonly loss: number;
}

/** Losses of minibatches, and of splits that were measured whole. */
export type History = Readonly<Record<"minibatches" | "train" | "dev", readonly LossAt[]>>;

/** What the worker tells of a run. */
export type RunReport =
  | {
      readonly kind: "ready";
      readonly facts: RunFacts;
      readonly step: number;
      /** what an opened run measured before */
      readonly history: History;
      /** what an opened run learns from */
      readonly list: List;
    }
  /** at most ten in a second */
  | {
      readonly kind: "frame";
      readonly step: number;
      readonly running: boolean;
      readonly done: boolean;
      /** of the minibatches since the last frame */
      readonly losses: Float32Array<ArrayBuffer>;
      /** undefined while it is not known, or nothing runs */
      readonly stepsPerSecond: number | undefined;
      readonly embedding: Points;
      /** part of the embedding's variance that is seen, 0 to 1 */
      readonly seen: number;
    }
  | {
      readonly kind: "measured";
      readonly step: number;
      readonly split: "train" | "dev";
      readonly loss: number;
      /** how many examples it was measured on */
      readonly examples: number;
    }
  | { readonly kind: "bigrams"; readonly loss: number }
  | { readonly kind: "made"; readonly step: number; readonly words: readonly MadeUp[] }
  | {
      readonly kind: "next";
      readonly prefix: string;
      /** the likeliest first */
      readonly likely: readonly Likely[];
      /** why there are none: a character that the model does not know */
      readonly problem?: string;
    }
  | {
      readonly kind: "digest";
      readonly step: number;
      /** of the file model.safetensors that a run folder would have now */
      readonly sha256: string;
      /** makes the same file in Node; undefined where no command stops here */
      readonly command?: string;
    }
  | { readonly kind: "saved"; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "kept"; readonly step: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "notKept"; readonly message: string }
  /** the training ended with an error; the run stands before the step */
  | { readonly kind: "failed"; readonly message: string }
  /** settings or a list that no run can be made of */
  | { readonly kind: "refused"; readonly message: string };

export type Report = RunReport & { readonly run: RunId };
