/** A training in progress, put together from what the server says about once a second. */
import type { LiveNews, LossAt, RunState } from "../../lib/lab/protocol.js";
import type { Point } from "../../lib/report/drawing/smooth.js";

export interface LiveRun {
  readonly state: RunState;
  readonly cursor: string;
  readonly more: boolean;
  readonly minibatches: readonly Point[];
  readonly dev: readonly Point[];
  /** that it is to do, where they are known */
  readonly steps: number | undefined;
  /** whether it was seen to train, and has ended since */
  readonly endedHere: boolean;
}

export const NO_NEWS: LiveRun = {
  state: "training",
  cursor: "",
  more: false,
  minibatches: [],
  dev: [],
  steps: undefined,
  endedHere: false,
};

export function withNews(run: LiveRun, news: LiveNews): LiveRun {
  const before = news.restarted ? NO_NEWS : run;
  const added = (old: readonly Point[], more: readonly LossAt[]): readonly Point[] =>
    more.length === 0 ? old : [...old, ...more.map(([step, loss]) => ({ step, loss }))];
  return {
    state: news.state,
    endedHere: run.endedHere || (run.cursor !== "" && run.state !== news.state),
    cursor: news.cursor,
    more: news.more,
    steps: news.steps ?? run.steps,
    minibatches: added(before.minibatches, news.minibatches),
    dev: added(before.dev, news.dev),
  };
}

/** The last step that something was measured at. */
export const stepOf = ({ minibatches, dev }: Pick<LiveRun, "minibatches" | "dev">): number =>
  Math.max(minibatches.at(-1)?.step ?? 0, dev.at(-1)?.step ?? 0);
