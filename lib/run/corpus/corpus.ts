/** A corpus made ready for a configuration: vocabulary and the examples of the three splits. */
import { checkWhole } from "../../check.js";
import type { Dataset } from "../../data/dataset.js";
import { grownVocabulary } from "../../data/grow-vocabulary.js";
import { splitPositions } from "../../data/splits.js";
import { checkExamplesFit, wordExamples } from "../../data/word-examples.js";
import { sourceName } from "../../data/standard-input.js";
import { type CorpusSummary, summarize } from "../../data/summary.js";
import { checkTokens } from "../../data/vocabulary.js";
import { checkList, digestOf, type WordList } from "../../data/word-list.js";
import { brownVariant, type Tokens, Vocabulary, type Words } from "../../data/index.js";
import { MOST_ELEMENTS } from "../../tensor/shape.js";
import { checkListOptions, type ListOptions, readList } from "./read-list.js";
import { brownCorpus, textCorpus } from "./text-corpus.js";
import { checkTextOptions, type TextOptions } from "./text-options.js";

/** A part of a corpus: to learn from, to choose by, to look at rarely. */
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
 * @throws DataError where the words cannot be read, split or encoded
 */
export function loadCorpus(
  source: string | Words,
  blockSize: number,
  splitSeed: number,
  text?: TextOptions,
  list: ListOptions = {},
  known?: Tokens,
): Corpus {
  const given = typeof source === "string" ? source : checkList("loadCorpus: source", source);
  checkWhole("loadCorpus: blockSize", blockSize, 1, MOST_ELEMENTS);
  checkWhole("loadCorpus: splitSeed", splitSeed, Number.MIN_SAFE_INTEGER);
  if (known !== undefined) checkTokens("loadCorpus: known", known);
  const making = {
    blockSize,
    known,
    text: text === undefined ? undefined : checkTextOptions(text),
  };
  return corpusOf(given, splitSeed, making, checkListOptions(list));
}

/** What examples are made of and with. */
interface Making {
  readonly blockSize: number;
  readonly known: Tokens | undefined;
  readonly text: TextOptions | undefined;
}

function corpusOf(
  source: string | Words,
  splitSeed: number,
  making: Making,
  list: Required<ListOptions>,
): Corpus {
  const { blockSize, known, text } = making;
  const variant = typeof source === "string" ? brownVariant(source) : undefined;
  const name = typeof source === "string" ? sourceName(source) : "words";
  if (variant !== undefined) return brownCorpus(name, variant, { blockSize, known }, text);
  if (text !== undefined) return textCorpus(source, { blockSize, known }, text);
  const read = readList(source, name, list);
  const { words, weights } = read;
  const vocabulary = grownVocabulary(known, new Vocabulary(words, name, list.normalize));
  const parts = splitPositions(words.length, splitSeed, name);
  const codes = vocabulary.itos.slice(1).map((character) => character.codePointAt(0) as number);
  const summary = summarize(words, parts, codes, list.normalize);
  checkExamplesFit(words, blockSize, name);
  const splits = wordExamples(read, parts, vocabulary, blockSize);
  return { words, digest: digestOf(words, weights), vocabulary, splits, summary };
}

/** The options of a configuration; undefined for one over characters. */
export const textOptions = ({
  level,
  ...text
}: { level: string } & Required<TextOptions>): TextOptions | undefined =>
  level === "word" ? text : undefined;
