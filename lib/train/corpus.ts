/** A corpus made ready for a configuration: vocabulary and the three splits as batches. */
import { createHash } from "node:crypto";
import { type Batch, toBatch } from "../data/batches.js";
import { buildContexts, readWords, resolveCorpus, splitWords, Vocabulary } from "../data/index.js";
import { CheckpointError, UsageError } from "../errors.js";
import type { RunConfig } from "./run-folder.js";

export type Split = "train" | "dev" | "test";
export const SPLITS: readonly Split[] = ["train", "dev", "test"];

export interface Corpus {
  readonly words: readonly string[];
  /** SHA-256 of the words, one per line: a run's splits mean nothing on other words */
  readonly digest: string;
  readonly vocabulary: Vocabulary;
  readonly splits: Readonly<Record<Split, Batch>>;
}

/** From "names", a file or a list of words. @throws DataError where the words cannot be read, split or encoded */
export function loadCorpus(source: string | readonly string[], blockSize: number, splitSeed: number): Corpus {
  const name = typeof source === "string" ? source : "words";
  const words = typeof source === "string" ? readWords(resolveCorpus(source)) : source;
  const vocabulary = new Vocabulary(words, name);
  const parts = splitWords(words, splitSeed, name);
  const batch = (part: readonly string[]) => toBatch(buildContexts(part, vocabulary, blockSize));
  return {
    words,
    digest: createHash("sha256").update(words.map((w) => `${w}\n`).join("")).digest("hex"),
    vocabulary,
    splits: { train: batch(parts.train), dev: batch(parts.dev), test: batch(parts.test) },
  };
}

/** The corpus of a run, checked to be the one it was started with. `source` names it if it moved. */
export function loadRunCorpus(run: string, config: RunConfig, source: string | readonly string[] | null = config.data): Corpus {
  if (source === null) throw new UsageError(`${run} was trained on words that a program gave; name a file with them with --data`);
  const corpus = loadCorpus(source, config.blockSize, config.splitSeed);
  if (corpus.digest !== config.wordsSha256) {
    const what = typeof source === "string" ? `${source} holds now` : "were given";
    throw new CheckpointError(run, `was trained on other words than ${what}; name its corpus with --data`);
  }
  return corpus;
}
