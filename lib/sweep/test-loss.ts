/** The test loss of what a sweep chose: looked at once, however often it is asked for. */
import { loadRunCorpus } from "../run/corpus/run-corpus.js";
import type { Words } from "../data/index.js";
import { CheckpointError } from "../errors.js";
import { loadRun } from "../run/folder/run-folder.js";
import { readTestLooks, recordTestLook } from "../run/folder/test-evaluations.js";
import { evaluate } from "../train/evaluate.js";
import { mean } from "./plan/statistics.js";
import type { RankedTrial } from "./plan/ranking.js";

/** Of a trial's runs. */
export interface TestLoss {
  /** mean over the runs, in nats per character (word) */
  readonly loss: number;
  /** at the test split, of the trial's runs together, so far */
  readonly looks: number;
}

/**
 * The mean test loss of a trial's runs. A run that was looked at before is not measured again: its
 * test-looks.json says what was seen.
 * @throws CheckpointError where the corpus is another one, or a loss is no number
 */
export function testLossOf(trial: RankedTrial, words?: Words): TestLoss {
  const losses = trial.runs.map(({ dir }) => runTestLoss(dir, words));
  const looks = trial.runs.reduce((sum, { dir }) => sum + readTestLooks(dir).length, 0);
  return { loss: mean(losses), looks };
}

function runTestLoss(dir: string, words: Words | undefined): number {
  const { config, model } = loadRun(dir);
  const { stepsDone: steps } = config;
  const seen = readTestLooks(dir).find(
    (look) => look.model === "last" && look.steps === steps && look.mixedWith === undefined,
  );
  if (seen !== undefined) return seen.loss;
  const { splits } = loadRunCorpus(dir, config, words);
  const loss = evaluate(model, splits.test);
  if (!Number.isFinite(loss))
    throw new CheckpointError(dir, `the loss of its test split is ${loss}`);
  recordTestLook(dir, { date: new Date().toISOString(), loss, steps, model: "last" });
  return loss;
}
