/** A corpus made ready for a configuration: vocabulary and the examples of the three splits. */
import { checkText, checkWhole } from "../../check.js";
import type { Dataset } from "../../data/examples/dataset.js";
import { grownVocabulary } from "../../data/vocabulary/grow-vocabulary.js";
import { splitPositions } from "../../data/examples/splits.js";
import { requireMemoryFor, wordExamples } from "../../data/examples/word-examples.js";
import { sourceName } from "../../data/files/standard-input.js";
import { type CorpusSummary, summarize } from "../../data/lists/summary.js";
import { checkTokens } from "../../data/vocabulary/vocabulary.js";
import { checkList, type WordList } from "../../data/lists/word-list.js";
import { brownVariant, type Tokens, Vocabulary, type Words } from "../../data/index.js";
import { MOST_ELEMENTS } from "../../tensor/shape.js";
import { checkListOptions, type ListOptions, readList } from "./read-list.js";
import { brownCorpus, type ModelInput, textCorpus } from "./text-corpus.js";
import { checkTextOptions, type TextOptions } from "./text-options.js";

/** A split of a corpus: to learn from, to choose by, to look at rarely. */
export type Split = "train" | "dev" | "test";
export const SPLITS: readonly Split[] = ["train", "dev", "test"];

/** Words or a text made ready for a model. */
export interface Corpus {
  /** what a model of characters learns from; none in a text */
  readonly words: WordList;
  /**
   * SHA-256 of the words (a text's tokens), one per line: a run's splits mean nothing on other
   * words
   */
  readonly digest: string;
  /** what the integers stand for */
  readonly vocabulary: Tokens;
  /** examples: X int32 [n, blockSize], Y int32 [n] */
  readonly splits: Readonly<Record<Split, Dataset>>;
  /** what was read, and what looks wrong with it; not of the Brown corpus */
  readonly summary?: CorpusSummary;
}

/**
 * From "names", a file or a list of words: characters. From "brown:A" or "brown:P", or with `text`:
 * words, those of a list as they stand.
 * @param list how a list of words is read
 * @param known tokens that the vocabulary has in any case: those of a model that is trained on
 * @param cache a folder for the tokens of large texts, from which they are read the next time; left
 * out: none
 * @throws DataError where the words cannot be read, split or encoded
 */
export function loadCorpus(
  source: string | Words,
  blockSize: number,
  splitSeed: number,
  text?: TextOptions,
  list?: ListOptions,
  known?: Tokens,
  cache?: string,
): Corpus {
  if (typeof source !== "string") checkList("loadCorpus: source", source);
  checkWhole("loadCorpus: blockSize", blockSize, 1, MOST_ELEMENTS);
  checkWhole("loadCorpus: splitSeed", splitSeed, Number.MIN_SAFE_INTEGER);
  if (known !== undefined) checkTokens("loadCorpus: known", known);
  if (cache !== undefined) checkText("loadCorpus: cache", cache);
  const textOptions = checkTextOptions(text);
  const listOptions = checkListOptions(list);
  const model = { blockSize, known };
  const variant = typeof source === "string" ? brownVariant(source) : undefined;
  if (variant !== undefined) return brownCorpus(sourceName(source), variant, model, textOptions);
  if (text !== undefined) return textCorpus(source, model, textOptions, { folder: cache });
  return listCorpus(source, splitSeed, model, listOptions);
}

function listCorpus(
  source: string | Words,
  splitSeed: number,
  { blockSize, known }: ModelInput,
  list: Required<ListOptions>,
): Corpus {
  const name = sourceName(source);
  const read = readList(source, list);
  const { words, digest } = read;
  const vocabulary = grownVocabulary(known, new Vocabulary(words, name, list.normalize));
  const positions = splitPositions(words.length, splitSeed, name);
  const codes = vocabulary.itos.slice(1).map((character) => character.codePointAt(0) as number);
  const summary = summarize(words, positions, codes, list.normalize);
  requireMemoryFor(words, blockSize, name);
  const splits = wordExamples(read, positions, vocabulary, blockSize);
  return { words, digest, vocabulary, splits, summary };
}
