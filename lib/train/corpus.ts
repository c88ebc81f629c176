/** A corpus made ready for a configuration: vocabulary and the examples of the three splits. */
import { checkObject, checkText, checkWhole } from "../check.js";
import type { Dataset } from "../data/dataset.js";
import { splitPositions } from "../data/splits.js";
import { checkExamplesFit, wordExamples } from "../data/word-examples.js";
import { checkList, digestOf, WordList } from "../data/word-list.js";
import { brownVariant, resolveCorpus, type Tokens, Vocabulary, type Words } from "../data/index.js";
import { addTo, CheckpointError, DataError, UsageError } from "../errors.js";
import { MOST_ELEMENTS } from "../tensor/shape.js";
import type { RunConfig } from "./run-folder.js";
import { brownCorpus, checkTextOptions, textCorpus, type TextOptions } from "./text-corpus.js";

/** A part of a corpus: to learn from, to choose by, to look at rarely. */
export type Split = "train" | "dev" | "test";
export const SPLITS: readonly Split[] = ["train", "dev", "test"];

/** Words or a text made ready for a model. */
export interface Corpus {
  /** what a model of characters learns from; none in a text */
  readonly words: WordList;
  /** SHA-256 of the words (a text's tokens), one per line: a run's splits mean nothing on other words */
  readonly digest: string;
  /** what the integers stand for */
  readonly vocabulary: Tokens;
  /** examples: X int32 [n, blockSize], Y int32 [n] */
  readonly splits: Readonly<Record<Split, Dataset>>;
}

/**
 * From "names", a file or a list of words: characters. From "brown:A" or "brown:P", or with `text`: words, those of a list as they stand.
 * @throws DataError where the words cannot be read, split or encoded
 */
export function loadCorpus(source: string | Words, blockSize: number, splitSeed: number, text?: TextOptions): Corpus {
  const given = typeof source === "string" ? source : checkList("loadCorpus: source", source);
  checkWhole("loadCorpus: blockSize", blockSize, 1, MOST_ELEMENTS);
  checkWhole("loadCorpus: splitSeed", splitSeed, Number.MIN_SAFE_INTEGER);
  return corpusOf(given, blockSize, splitSeed, text === undefined ? undefined : checkTextOptions(text));
}

function corpusOf(source: string | Words, blockSize: number, splitSeed: number, text?: TextOptions): Corpus {
  const variant = typeof source === "string" ? brownVariant(source) : undefined;
  const name = typeof source === "string" ? source : "words";
  if (variant !== undefined) return brownCorpus(name, variant, blockSize, text);
  if (text !== undefined) return textCorpus(source, blockSize, text);
  const ofFile = typeof source === "string";
  const words = ofFile ? WordList.read(resolveCorpus(source)) : WordList.of(source);
  const vocabulary = new Vocabulary(words, name);
  const parts = splitPositions(words.length, splitSeed, name);
  checkExamplesFit(words, blockSize, name);
  const splits = wordExamples(words, parts, vocabulary, blockSize);
  return { words, digest: digestOf(words), vocabulary, splits };
}

/** The options of a configuration; undefined for one over characters. */
export const textOptions = ({ level, ...text }: { level: string } & Required<TextOptions>): TextOptions | undefined => (level === "word" ? text : undefined);

/**
 * The corpus of a run, checked to be the one it was started with. `source` names it if it moved.
 * @throws CheckpointError for other words; UsageError where a program gave them; DataError where they cannot be read
 */
export function loadRunCorpus(run: string, config: RunConfig, source: string | Words | null = config?.data): Corpus {
  checkText("loadRunCorpus: run", run);
  checkObject("loadRunCorpus: config", config);
  if (source === null) throw new UsageError(`${run} was trained on words that a program gave; name a file with them with --data`);
  let corpus: Corpus;
  try {
    corpus = loadCorpus(source, config.blockSize, config.splitSeed, textOptions(config));
  } catch (error) {
    if (error instanceof DataError && source === config.data) addTo(error, "; if the run's corpus moved, name it with --data");
    throw error;
  }
  if (corpus.digest !== config.wordsSha256) {
    const what = typeof source === "string" ? `${source} holds now` : "were given";
    throw new CheckpointError(run, `was trained on other words than ${what}; name its corpus with --data`);
  }
  return corpus;
}
