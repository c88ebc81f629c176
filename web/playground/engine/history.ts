/** What a run measured before it was opened here. */
import { isSplit, isStep, readMetrics } from "../../../lib/run/folder/metrics.js";
import type { History } from "../protocol.js";

export function historyOf(dir: string): History {
  const lines = readMetrics(dir);
  const splits = lines.filter(isSplit);
  return {
    minibatches: lines.filter(isStep).map(({ step, loss }) => ({ step, loss })),
    train: splits.flatMap(({ step, trainLoss }) =>
      trainLoss === undefined ? [] : [{ step, loss: trainLoss }],
    ),
    dev: splits.map(({ step, devLoss }) => ({ step, loss: devLoss })),
  };
}
