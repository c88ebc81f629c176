/** The runs of the page: what the worker told of each. */
import type { Point } from "../../lib/report/drawing/smooth.js";
import { Curve } from "./curve.js";
import type {
  Likely,
  List,
  MadeUp,
  Points,
  Report,
  RunFacts,
  RunId,
  SettingValues,
} from "./protocol.js";
import { INITIAL } from "./settings.js";

/** A loss of a split, and on how many examples it was measured. */
export interface Measured extends Point {
  readonly examples: number;
}

export interface RunView {
  readonly id: RunId;
  readonly settings: SettingValues;
  readonly list: List;
  /** undefined until the worker has made it */
  readonly facts?: RunFacts;
  readonly step: number;
  readonly running: boolean;
  /** what the reader asked for, until the worker has done it: a click is answered at once */
  readonly asked?: boolean;
  readonly done: boolean;
  readonly minibatches: Curve;
  /** of an opened run, before it was opened: they lie far apart */
  readonly earlier: readonly Point[];
  /** changes with every frame: `minibatches` is the same object */
  readonly frames: number;
  readonly train: readonly Measured[];
  readonly dev: readonly Measured[];
  readonly bigrams?: number;
  readonly stepsPerSecond?: number;
  readonly embedding?: { readonly points: Points; readonly seen: number };
  readonly made?: { readonly step: number; readonly words: readonly MadeUp[] };
  readonly next?: {
    readonly prefix: string;
    readonly likely: readonly Likely[];
    readonly problem?: string;
  };
  readonly digest?: { readonly step: number; readonly sha256: string; readonly command?: string };
  /** why it ended, or was never made */
  readonly problem?: string;
}

export const freshRun = (id: RunId, settings: SettingValues, list: List): RunView => ({
  id,
  settings,
  list,
  step: 0,
  running: false,
  done: false,
  minibatches: new Curve(),
  earlier: [],
  frames: 0,
  train: [],
  dev: [],
});

/** Of a run that stands still. */
export const IDLE = { running: false, asked: undefined };

/** Whether it trains, as far as the reader is concerned. */
export const isRunning = ({ running, asked }: RunView): boolean => asked ?? running;

/** A run after a report about it. */
export function told(run: RunView, report: Report): RunView {
  switch (report.kind) {
    case "ready": {
      const { facts, step, list, history } = report;
      const ready = {
        ...run,
        facts,
        step,
        list,
        settings: shownSettings(facts),
        problem: undefined,
      };
      if (run.frames > 0) return ready; // it is gone on with
      const whole = (split: "train" | "dev"): readonly Measured[] =>
        history[split].map((at) => ({ ...at, examples: facts.examples[split] }));
      return {
        ...ready,
        minibatches: new Curve(step),
        earlier: history.minibatches,
        train: whole("train"),
        dev: whole("dev"),
      };
    }
    case "frame": {
      const { step, running, done, losses, stepsPerSecond, embedding, seen } = report;
      run.minibatches.add(losses);
      const view = { points: embedding, seen };
      const frames = run.frames + 1;
      const asked = running === run.asked || done ? undefined : run.asked;
      return { ...run, step, running, asked, done, stepsPerSecond, frames, embedding: view };
    }
    case "measured": {
      const { split, step, loss, examples } = report;
      return { ...run, [split]: [...before(run[split], step), { step, loss, examples }] };
    }
    case "bigrams":
      return { ...run, bigrams: report.loss };
    case "made":
      return { ...run, made: { step: report.step, words: report.words } };
    case "next": {
      const { prefix, likely, problem } = report;
      return { ...run, next: { prefix, likely, problem } };
    }
    case "digest": {
      const { step, sha256, command } = report;
      return { ...run, digest: { step, sha256, command } };
    }
    case "failed":
      return { ...run, ...IDLE, done: true, problem: report.message };
    case "refused":
      return { ...run, ...IDLE, problem: report.message };
    case "saved":
    case "kept":
    case "notKept":
      return run;
  }
}

/** Those that the page has fields for. */
const shownSettings = ({ settings }: RunFacts): SettingValues =>
  Object.fromEntries(Object.keys(INITIAL).map((key) => [key, settings[key]]));

/** A loss that is measured on more examples takes the place of one at the same step. */
const before = (losses: readonly Measured[], step: number): readonly Measured[] =>
  losses.filter((measured) => measured.step < step);

/**
 * Losses that can be compared, as one line: those on as many examples as most of them. Others, of a
 * smaller part of the split or a larger one, stand apart: a line to them would rise or fall by
 * chance.
 */
export function series(losses: readonly Measured[]) {
  const counts = new Map<number, number>();
  for (const { examples } of losses) counts.set(examples, (counts.get(examples) ?? 0) + 1);
  const most = [...counts].reduce((a, b) => (b[1] >= a[1] ? b : a), [0, 0])[0];
  return {
    line: losses.filter(({ examples }) => examples === most),
    apart: losses.filter(({ examples }) => examples !== most),
  };
}

/** What a run is remembered by. */
export const latestDev = (run: RunView): Measured | undefined => run.dev.at(-1);
