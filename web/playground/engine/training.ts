/** A run in memory, at step 0: what `mm-train` makes of the same settings and list. */
import { backend, isa } from "../../../lib/backend/index.js";
import { createTraining } from "../../../lib/run/create-training.js";
import { countParameters, MLP } from "../../../lib/models/index.js";
import type { Corpus } from "../../../lib/run/corpus/corpus.js";
import { Metrics } from "../../../lib/run/folder/metrics.js";
import { claimRunFolder, type RunConfig } from "../../../lib/run/folder/run-folder.js";
import type { RunFiles } from "../../../lib/run/disk/run-files.js";
import type { Session } from "../../../lib/run/session/session.js";
import type { TrainConfig } from "../../../lib/run/settings/config.js";
import { parseConfig } from "../../../lib/run/settings/parse-config.js";
import type { Trainer } from "../../../lib/train/trainer.js";
import type { CorpusSummary } from "../../../lib/data/lists/summary.js";
import type { List, RunFacts, SettingValues } from "../protocol.js";
import type { Lists } from "./lists.js";
import { UsageError } from "../../../lib/errors.js";

/** A session of a model that has an embedding to look at. */
export type Training = Session & {
  readonly files: RunFiles;
  readonly trainer: Trainer;
  readonly model: MLP;
  readonly corpus: Corpus & { readonly summary: CorpusSummary };
};

/**
 * @param dir a folder for the run
 * @throws UsageError, DataError with the one line that `mm-train` would print
 */
export function newTraining(
  { settings, list }: { readonly settings: SettingValues; readonly list: List },
  lists: Lists,
  dir: string,
): Training {
  const config = parseConfig({ ...settings, data: lists.dataOf(list) });
  const corpus = lists.corpus(config);
  const { model, trainer } = createTraining(config, corpus);
  const fresh = runConfig(config, corpus);
  const files = claimRunFolder(dir, fresh);
  return checkTraining({ config: fresh, corpus, model, trainer, metrics: new Metrics(), files });
}

/** @throws UsageError for a run that has nothing to show here */
export function checkTraining(session: Session): Training {
  const { model, trainer, corpus } = session;
  if (model instanceof MLP && trainer !== undefined && corpus.summary !== undefined)
    return session as Training;
  throw new UsageError(
    `model: the playground trains mlp over characters, got ${session.config.model}`,
  );
}

const runConfig = (config: TrainConfig, { digest }: Corpus): RunConfig => ({
  ...config,
  version: 2,
  wordsSha256: digest,
  from: null,
  stepsDone: 0,
});

export function factsOf({ config, corpus, model, trainer }: Training): RunFacts {
  const { vocabulary, splits, summary } = corpus;
  const { train, dev, test } = splits;
  return {
    settings: { ...config } as unknown as SettingValues,
    steps: config.steps,
    parameters: countParameters(trainer.options.model),
    blockSize: model.blockSize,
    embedding: model.C.shape[1],
    characters: vocabulary.itos,
    examples: { train: train.count, dev: dev.count, test: test.count },
    corpus: summary,
    guessing: Math.log(vocabulary.size),
    machine: `the ${backend()} backend (${isa()})`,
  };
}
