/**
 * A family of models: the settings that it has, and how a model is made of them. Everything that a
 * run, the command line and the report know of a kind of model is in here.
 */
import type { Dataset } from "../data/examples/dataset.js";
import type { Tokens } from "../data/index.js";
import { Dropout, type Module } from "../nn/index.js";
import { Generator } from "../random/index.js";
import { fraction, seed, type SettingKinds, type SettingsOf, integer } from "../setting-kinds.js";
import type { LanguageModel } from "./model.js";
import type { SavedTensors } from "./saved-tensors.js";

/** How messages call a setting: by its key, or as an option of the command line. */
export type NameOf = (setting: string) => string;

interface Common<N extends string, K extends SettingKinds> {
  readonly name: N;
  /** for --help */
  readonly description: string;
  /** the settings that only models have; an option of the command line each */
  readonly settings: K;
  /** tokens of context that a model sees */
  blockSize(settings: SettingsOf<K>): number;
  /** @throws UsageError for settings that do not fit each other */
  checkFit?(settings: SettingsOf<K>, nameOf: NameOf): void;
  /** The model in a file. @throws CheckpointError for tensors that are not what the settings say */
  restore(saved: SavedTensors, settings: SettingsOf<K>, vocabulary: Tokens): LanguageModel;
}

/** What a model is trained on. */
export interface TrainedOn {
  readonly vocabularySize: number;
  readonly train: Dataset;
}

/** Trained by gradients. */
export interface TrainedFamily<
  N extends string = string,
  K extends SettingKinds = SettingKinds,
> extends Common<N, K> {
  readonly counted: false;
  /** A fresh model, with parameters that `generator` draws. */
  create(settings: SettingsOf<K>, on: TrainedOn, generator: Generator): LanguageModel & Module;
}

/** What a model is counted in. */
export interface CountedIn {
  readonly train: Dataset;
  readonly dev: Dataset;
  readonly vocabulary: Tokens;
}

/** Counted in the train split, without a gradient. */
export interface CountedFamily<
  N extends string = string,
  K extends SettingKinds = SettingKinds,
> extends Common<N, K> {
  readonly counted: true;
  /** What it needs beside counts, such as weights, it finds on the dev split. */
  fit(settings: SettingsOf<K>, examples: CountedIn): LanguageModel;
}

export type Family = TrainedFamily | CountedFamily;

export const trainedFamily = <const N extends string, K extends SettingKinds>(
  family: Omit<TrainedFamily<N, K>, "counted">,
): TrainedFamily<N, K> => ({ ...family, counted: false });

export const countedFamily = <const N extends string, K extends SettingKinds>(
  family: Omit<CountedFamily<N, K>, "counted">,
): CountedFamily<N, K> => ({ ...family, counted: true });

/** Settings that several families have. */
export const blockSize = integer(1, 1000).default(3).describe("characters (words) of context");
export const embeddingSize = integer(1, 100_000)
  .default(10)
  .describe("numbers per character (word) in the embedding table C");
export const dropoutSettings = {
  dropout: fraction(0, 1)
    .default(0)
    .describe("part of the hidden units left out at random in every training step"),
  dropoutSeed: seed().default(2).describe("seed of what dropout leaves out"),
};

/** The settings of a model that say how it is trained, not what its parameters mean. */
export const OF_TRAINING: readonly string[] = Object.keys(dropoutSettings);

export const dropoutOf = (settings: SettingsOf<typeof dropoutSettings>): Dropout =>
  new Dropout(settings.dropout, { generator: new Generator(settings.dropoutSeed) });
