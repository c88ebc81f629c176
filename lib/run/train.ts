/** `train` starts a run, `resume` goes on with one. */
import { resolve } from "node:path";
import { checkSteps } from "../backend/index.js";
import { checkObject, checkText, optional, refuse, whole } from "../check.js";
import { CheckpointError, quote, UsageError } from "../errors.js";
import type { Words } from "../data/index.js";
import type { Team } from "../distributed/team.js";
import { isStandardInput } from "../data/files/standard-input.js";
import { checkList } from "../data/lists/word-list.js";
import { createTraining } from "./create-training.js";
import { checkpointFile, restoreCheckpoint } from "./folder/checkpoint.js";
import { blockSizeOf, isCounted } from "../models/registry.js";
import { absoluteCorpus } from "./corpus/absolute-corpus.js";
import { loadCorpus } from "./corpus/corpus.js";
import { configFrom, readBaseRun } from "./base-run.js";
import { Metrics } from "./folder/metrics.js";
import { type MovedParts, withMoved } from "./corpus/moved-files.js";
import { listOptions } from "./corpus/read-list.js";
import { textOptions } from "./corpus/text-options.js";
import { loadRunCorpus } from "./corpus/run-corpus.js";
import { cacheBeside } from "./corpus/token-cache/cache-folder.js";
import { RunFiles } from "./disk/run-files.js";
import type { TrainConfig } from "./settings/config.js";
import { parseConfig, type Settings } from "./settings/parse-config.js";
import {
  claimRunFolder,
  holdsModel,
  readConfig,
  refuseTaken,
  type RunConfig,
  vocabularyFile,
} from "./folder/run-folder.js";
import { spansTraining } from "../train/schedule.js";
import { checkAlike, type Distributed, runTogether, teamOf, together } from "./distributed.js";
import type { Session } from "./session/session.js";
import { takeListeners, type TrainListeners } from "./session/listeners.js";
import type { TrainResult } from "./result.js";

/** Settings of a run (all have defaults), listeners, and where it reads and writes. */
export interface TrainOptions extends Settings, TrainListeners {
  /** the corpus itself, in place of `data` */
  words?: Words;
  /** a folder for the run, or what makes a fresh one; nothing is written without it */
  out?: string | (() => string);
  /**
   * a folder for the tokens of large texts, from which they are read the next time; left out:
   * `.mm-cache` beside `out` where that is a folder
   */
  cache?: string;
  /** the folder of a run to start from: its parameters, and its model's settings */
  from?: string;
  /** start from its model of the lowest dev loss, not from its last one */
  fromBest?: boolean;
  /** after so many steps in all the run pauses: the dev loss is measured, and `resume` goes on */
  until?: number;
  /** takes the steps together with the other processes that mpirun has started */
  distributed?: Distributed;
}

/**
 * Trains a model. Settings left out are those of the `preset`, and the lecture's.
 * @throws UsageError, DataError or CheckpointError before the first step, TrainingError when the
 *   loss diverges
 */
export async function train(options: TrainOptions = {}): Promise<TrainResult> {
  const { listeners, rest } = takeListeners("train", checkObject("train: options", options));
  const { words, out, from, fromBest, until, cache, distributed, ...settings } = rest;
  checkUntil("train: until", until);
  if (words !== undefined) checkList("train: words", words);
  if (out !== undefined && typeof out !== "string" && typeof out !== "function")
    refuse("train: out", "a folder, or a function that makes one", out);
  if (cache !== undefined) checkText("train: cache", cache);
  const team = teamOf(distributed, listeners.signal);
  const writes = team === undefined || team.isFirst;
  const to = writes ? out : undefined;
  const kept = cache ?? (typeof out === "string" ? cacheBeside(out) : undefined);
  const { session, start } = together(team, () =>
    begin({ words, out: to, from, fromBest, cache: kept }, settings, team),
  );
  checkAlike(team, session);
  const files = together(team, () => {
    const run = typeof to === "function" ? checkText("train: what out returned", to()) : to;
    return run === undefined ? undefined : claimRunFolder(run, session.config, start);
  });
  try {
    return await runTogether(team, { ...session, files }, listeners, until);
  } catch (error) {
    if (files !== undefined && !holdsModel(files.dir)) files.discard();
    throw error;
  } finally {
    files?.close();
  }
}

/** The session of a new run, and the files that its folder has from the start. */
function begin(
  { words, out, from, fromBest, cache }: Omit<TrainOptions, keyof Settings | keyof TrainListeners>,
  settings: Settings,
  team: Team | undefined,
) {
  const base = readBaseRun({ from, fromBest: fromBest === true });
  const config = configFrom(base, settings, words !== undefined);
  checkSteps(config.steps);
  if (typeof out === "string") refuseTaken(out); // before a corpus is read and counted
  const corpus = loadCorpus(
    words ?? config.data,
    blockSizeOf(config),
    config.splitSeed,
    textOptions(config),
    listOptions(config),
    base?.vocabulary,
    cache,
  );
  const { model, trainer } = createTraining(config, corpus, base, team);
  const origin = base && {
    ...base.origin,
    newTokens: corpus.vocabulary.size - base.vocabulary.size,
  };
  const runConfig: RunConfig = {
    ...config,
    ...filesOf(config, words),
    version: 2,
    wordsSha256: corpus.digest,
    from: origin ?? null,
    stepsDone: 0,
  };
  // Saved at step 0 too, so that `resume` does not need the run that the parameters came from.
  const start = base &&
    trainer && { ...vocabularyFile(corpus.vocabulary), ...checkpointFile(trainer) };

  return { session: { config: runConfig, corpus, model, trainer, metrics: new Metrics() }, start };
}

/** The files of a corpus as config.json names them; null: what it did not come from. */
const filesOf = ({ data, devData, testData }: TrainConfig, words: Words | undefined) => ({
  data: words === undefined && !isStandardInput(data) ? absoluteCorpus(data) : null,
  devData: devData && resolve(devData),
  testData: testData && resolve(testData),
});

/** Listeners, and what the run folder may not say (any more): where the data is, more steps. */
export interface ResumeOptions extends TrainListeners, MovedParts {
  /** the words again, where a program gave them */
  words?: Words;
  /** where its corpus is, if it moved or a program gave the words */
  data?: string;
  /** more steps than the run was started with */
  steps?: number;
  /** as of `train` */
  until?: number;
  /** as of `train`; with any number of processes, whatever the run began with */
  distributed?: Distributed;
}

/**
 * Goes on with the run in a folder from its last checkpoint, and ends with exactly the bits of a
 * run that was never interrupted.
 * @throws CheckpointError when the folder holds no run, another process is at work in it, or its
 *   corpus is not the one it was started with
 */
export async function resume(run: string, options: ResumeOptions = {}): Promise<TrainResult> {
  checkText("resume: run", run);
  const { listeners, rest } = takeListeners("resume", checkObject("resume: options", options));
  const { words, data, devData, testData, steps, until, distributed, ...unknown } = rest;
  checkUntil("resume: until", until);
  if (words !== undefined) checkList("resume: words", words);
  if (data !== undefined) checkText("resume: data", data);
  if (words !== undefined && data !== undefined)
    throw new UsageError("resume: expected words or data, got both");
  for (const key of Object.keys(unknown))
    throw new UsageError(
      `resume: unknown option ${quote(key)}: expected words, data, devData, testData, steps, ` +
        "signal or a listener",
    );
  const saved = readConfig(run); // refuses what is no run before anything is written
  withMoved(run, saved, { devData, testData });
  checkSteps(parseConfig({ steps: steps ?? saved.steps }).steps - saved.stepsDone);
  const team = teamOf(distributed, listeners.signal);
  const isWriter = team === undefined || team.isFirst;
  // The writer first: it tidies up what a killed one has left.
  const files = together(team, () => (isWriter ? new RunFiles(run) : undefined));
  try {
    const session = together(team, () => ({
      ...goOn(run, { words, data, devData, testData, steps, until }, team),
      files,
    }));
    checkAlike(team, session);
    return await runTogether(team, session, listeners, until);
  } finally {
    files?.close();
  }
}

/** The session of a run in a folder, at its last checkpoint. */
function goOn(
  run: string,
  {
    words,
    data,
    steps,
    until,
    ...moved
  }: Omit<ResumeOptions, keyof TrainListeners | "distributed">,
  team: Team | undefined,
): Omit<Session, "files"> {
  const saved = withMoved(run, readConfig(run), moved);
  const config = {
    ...saved,
    ...(data !== undefined && !isStandardInput(data) && { data: absoluteCorpus(data) }),
    steps: parseConfig({ steps: steps ?? saved.steps }).steps,
  };
  if (config.steps !== saved.steps && spansTraining(saved.lr)) {
    throw new UsageError(
      `${run}: its learning rates (${saved.lr}) are spread over ${saved.steps} steps, ` +
        `expected no other number, got ${config.steps}`,
    );
  }
  if (isCounted(saved) && config.steps > 0)
    throw new UsageError(
      `${run}: ${saved.model} is counted and takes no steps, expected 0, got ${config.steps}`,
    );
  const corpus = loadRunCorpus(run, saved, words ?? data);
  const { model, trainer } = createTraining(config, corpus, undefined, team);
  const restored = trainer !== undefined && restoreCheckpoint(run, trainer);
  if (!restored && saved.from !== null)
    throw new CheckpointError(
      run,
      "started from another run and has lost its checkpoint; start it again",
    );
  const step = trainer?.step ?? 0;
  if (config.steps < step) {
    throw new UsageError(
      `${run} has done ${step} steps already, expected at least as many, got ${config.steps}`,
    );
  }
  if (until !== undefined && until < step)
    throw new UsageError(
      `${run} has done ${step} steps already, expected until to be as many, got ${until}`,
    );
  const metrics = Metrics.before(run, step, config.steps);
  return { config, corpus, model, trainer, metrics };
}

const checkUntil = optional(whole(1));
