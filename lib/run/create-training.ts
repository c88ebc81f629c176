/** Makes the model and the trainer of a configuration, at step 0. */
import { EpochOrder } from "../data/examples/batches.js";
import { movedTokens } from "../data/vocabulary/grow-vocabulary.js";
import type { Team } from "../distributed/team.js";
import { carryOver } from "../models/grow.js";
import type { LanguageModel } from "../models/index.js";
import { familyOf } from "../models/registry.js";
import { ShardedOutput } from "../models/output/sharded-output.js";
import type { Module } from "../nn/index.js";
import { GradientClip, type Optimizer } from "../optim/index.js";
import { optimizerOf, ownSettings } from "../optim/registry.js";
import { UsageError } from "../errors.js";
import { Generator } from "../random/index.js";
import type { Hyperparameters } from "./settings/config.js";
import type { Corpus } from "./corpus/corpus.js";
import type { Run } from "./folder/run-folder.js";
import { parseSchedule } from "../train/schedule.js";
import { SharedTrainer } from "../train/shared-trainer.js";
import { Trainer } from "../train/trainer.js";
import type { TrainerOptions } from "../train/trainer-options.js";

/**
 * Model and trainer; no trainer for a model that is counted.
 * @param base the run whose parameters the model starts from; the embeddings of tokens that it
 *   did not know are drawn from `config.seed`
 * @param team the ranks that take the steps together
 */
export function createTraining(
  config: Hyperparameters,
  corpus: Corpus,
  base?: Pick<Run, "model" | "vocabulary">,
  team?: Team,
): { model: LanguageModel; trainer: Trainer | undefined } {
  const family = familyOf(config);
  if (team !== undefined) checkShared(config);
  if (family.counted) {
    const { splits, vocabulary } = corpus;
    return { model: family.fit(config, { ...splits, vocabulary }), trainer: undefined };
  }
  const options = trainerOptions(config, corpus);
  const { model } = options;
  const trainer = team === undefined ? new Trainer(options) : sharedTrainer(config, options, team);
  if (base !== undefined) {
    const tokens = movedTokens(base.vocabulary, corpus.vocabulary);
    carryOver(base.model, model, tokens, new Generator(config.seed));
  }
  return { model, trainer };
}

/** @throws UsageError for what ranks cannot do together with the bits of one process */
function checkShared(config: Hyperparameters): void {
  if (familyOf(config).counted)
    throw new UsageError(
      `distributed: ${config.model} is counted, expected --model nplm; run it in one process`,
    );
  if (config.clip > 0)
    throw new UsageError(
      `distributed: expected no --clip, got ${config.clip}: the common norm of gradients that ` +
        "lie apart has other bits; lower the learning rate, or train in one process",
    );
}

function sharedTrainer(
  config: Hyperparameters,
  options: TrainerOptions,
  team: Team,
): SharedTrainer {
  const model = new ShardedOutput(options.model, team.communicator);
  return new SharedTrainer(options, model, makeOptimizer(config, model), team);
}

/** The options of a trainer, with a fresh model. */
export function trainerOptions(config: Hyperparameters, corpus: Corpus): TrainerOptions {
  const model = freshModel(config, corpus);
  const { batchSize, clip } = config;
  const examples = corpus.splits.train;
  if (config.order === "shuffled" && batchSize > examples.count) {
    throw new UsageError(
      `shuffled minibatches: expected a batch size of at most all ${examples.count} examples ` +
        `of the train split, got ${batchSize}`,
    );
  }
  return {
    model,
    examples,
    batchSize,
    schedule: parseSchedule(config.lr, config.steps),
    generator: new Generator(config.batchSeed),
    optimizer: makeOptimizer(config, model),
    order:
      config.order === "shuffled"
        ? new EpochOrder(examples.count, batchSize, config.batchSeed)
        : undefined,
    clip: clip > 0 ? new GradientClip(model.parameters(), clip) : undefined,
  };
}

function freshModel(config: Hyperparameters, corpus: Corpus): LanguageModel & Module {
  const family = familyOf(config);
  if (family.counted)
    throw new UsageError(`model: expected one that is trained, got ${family.name}`);
  const { vocabulary, splits } = corpus;
  const generator = new Generator(config.seed);
  return family.create(config, { vocabularySize: vocabulary.size, train: splits.train }, generator);
}

/** At the schedule's first rate; the trainer sets that of each step. */
function makeOptimizer(config: Hyperparameters, model: LanguageModel & Module): Optimizer {
  const named = model.namedParameters();
  const parameters = Object.values(named);
  const undecayed = model.undecayed?.map((name) => named[name]);
  const { weightDecay, lr, steps } = config;
  const common = { lr: parseSchedule(lr, steps)[0].rate, weightDecay, undecayed };
  return optimizerOf(config).create(parameters, { ...common, ...ownSettings(config) });
}
