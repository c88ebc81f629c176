/** What the server of `mm-train lab` answers, as JSON: the page (web/lab) reads it. */
import type { Comparison } from "../report/comparison.js";
import type { LossRow } from "../report/sections/losses.js";
import type { PageChart } from "../report/sections/section.js";
import type { SettingRow } from "../report/sections/settings.js";

/**
 * Of a run: a process is at work in its folder, it was trained to its end, it was not, or its
 * folder cannot be read.
 */
export type RunState = "training" | "done" | "stopped" | "damaged";

/** A run in one line. */
export interface LabRun {
  /** of its folder */
  readonly name: string;
  readonly state: RunState;
  /** the last one measured, and the lowest, in nats per character (word) */
  readonly devLoss?: number;
  readonly lowest?: number;
  /** what it is no better than, of a run that is no good */
  readonly verdict?: string;
  /** as of its last checkpoint */
  readonly stepsDone?: number;
  readonly steps?: number;
  /** its settings that are not the default ones, as they are typed */
  readonly differs: readonly string[];
  /** when it was last written to, as ISO 8601 has it */
  readonly date: string;
  /** why nothing else is known of it */
  readonly problem?: string;
}

/** `GET /api/runs` */
export interface RunList {
  readonly runs: readonly LabRun[];
  /** whether they are the runs of a sweep */
  readonly sweep: boolean;
}

/** `GET /api/runs/NAME` */
export interface RunDetails extends LabRun {
  /** what was trained on what, and when */
  readonly about?: string;
  /** to train it again */
  readonly command?: string;
  readonly settings: readonly SettingRow[];
  /** why the playground cannot open it; undefined where it can */
  readonly notForPlayground?: string;
  /** undefined while it trains, and of a run that holds no model */
  readonly result?: RunResult;
}

/** What a run ended with. */
export interface RunResult {
  readonly facts: readonly (readonly [term: string, value: string])[];
  readonly level: "character" | "word";
  readonly losses: readonly LossRow[];
  /** SVG */
  readonly charts: readonly PageChart[];
  readonly samples: readonly string[];
  readonly machine: readonly (readonly [term: string, value: string])[];
}

/** A loss after (of a minibatch: before) so many steps. */
export type LossAt = readonly [step: number, loss: number];

/** `GET /api/runs/NAME/live?cursor=CURSOR`: what was measured since the answer that had CURSOR. */
export interface LiveNews {
  readonly state: RunState;
  readonly cursor: string;
  /** whether this is all from the start, and what came before is to be forgotten */
  readonly restarted: boolean;
  /** whether there is more already */
  readonly more: boolean;
  readonly minibatches: readonly LossAt[];
  readonly dev: readonly LossAt[];
  /** how many steps the training is to do */
  readonly steps?: number;
}

/** `GET /api/compare?run=NAME&run=NAME...` */
export interface LabComparison extends Pick<Comparison, "level" | "settings" | "cautions"> {
  readonly runs: readonly {
    readonly name: string;
    /** of its marks in the chart, on light and on dark */
    readonly colors: readonly [light: string, dark: string];
    readonly devLoss?: number;
    readonly trainLoss?: number;
    readonly lowest?: { readonly step: number; readonly devLoss: number };
    readonly steps: number;
    readonly parameters: number;
  }[];
  /** SVG, for a desk and for a phone */
  readonly chart: Omit<PageChart, "name">;
}

/** `GET /api/sweep`: where the folder of runs is one of a sweep */
export interface LabSweep {
  /** how it was searched, and what was best */
  readonly about: string;
  /** that were tried */
  readonly settings: readonly string[];
  /** from the best to the worst */
  readonly trials: readonly {
    /** of the settings */
    readonly values: readonly string[];
    /** names of its runs that there are */
    readonly runs: readonly string[];
    readonly devLoss?: number;
    readonly deviation?: number;
    readonly steps: number;
    /** what became of it, where its loss does not say it */
    readonly state: string;
  }[];
  /** which part of the differences each setting explains */
  readonly importance: readonly { readonly key: string; readonly share: number }[];
  readonly charts: readonly PageChart[];
}

/** Any other answer. */
export interface LabError {
  readonly error: string;
}
