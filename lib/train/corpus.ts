/** A corpus made ready for a configuration: vocabulary and the examples of the three splits. */
import { checkObject, checkText, checkWhole, refuse } from "../check.js";
import { Dataset } from "../data/dataset.js";
import { grownVocabulary } from "../data/grow-vocabulary.js";
import { cuts, splitPositions } from "../data/splits.js";
import { collect } from "../data/tokens.js";
import { checkExamplesFit, wordExamples } from "../data/word-examples.js";
import { checkTokens } from "../data/vocabulary.js";
import { checkList, digestOf, WordList } from "../data/word-list.js";
import {
  BROWN_CUTS, brownVariant, readBrown, readTokens, resolveCorpus, type Tokens, type TokenText, Vocabulary, windows, type Words,
  WordVocabulary,
} from "../data/index.js";
import { addTo, CheckpointError, DataError, UsageError } from "../errors.js";
import { MOST_ELEMENTS } from "../tensor/shape.js";
import { readVocabulary, type RunConfig } from "./run-folder.js";

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

/** How a text becomes a vocabulary of words. */
export interface TextOptions {
  /** words that occur less often are `<unk>` */
  minCount?: number;
  /** the most frequent words to know; 0: all others */
  maxWords?: number;
  /** where words are counted: in the whole stream, as the paper seems to, or in the train split */
  countOn?: "stream" | "train";
}

/**
 * From "names", a file or a list of words: characters. From "brown:A" or "brown:P", or with `text`: words, those of a list as they stand.
 * @param known tokens that the vocabulary has in any case: those of a model that is trained on
 * @throws DataError where the words cannot be read, split or encoded
 */
export function loadCorpus(source: string | Words, blockSize: number, splitSeed: number, text?: TextOptions, known?: Tokens): Corpus {
  const given = typeof source === "string" ? source : checkList("loadCorpus: source", source);
  checkWhole("loadCorpus: blockSize", blockSize, 1, MOST_ELEMENTS);
  checkWhole("loadCorpus: splitSeed", splitSeed, Number.MIN_SAFE_INTEGER);
  if (known !== undefined) checkTokens("loadCorpus: known", known);
  return corpusOf(given, splitSeed, { blockSize, known, text: text === undefined ? undefined : checkTextOptions(text) });
}

/** What examples are made of and with. */
interface Making {
  readonly blockSize: number;
  readonly known: Tokens | undefined;
  readonly text: TextOptions | undefined;
}

function checkTextOptions(text: TextOptions): TextOptions {
  const { minCount = 4, maxWords = 0, countOn = "stream" } = checkObject("loadCorpus: text", text);
  checkWhole("loadCorpus: minCount", minCount, 1);
  checkWhole("loadCorpus: maxWords", maxWords, 0);
  if (countOn !== "stream" && countOn !== "train") refuse("loadCorpus: countOn", "stream or train", countOn);
  return { minCount, maxWords, countOn };
}

function corpusOf(source: string | Words, splitSeed: number, making: Making): Corpus {
  const { blockSize, known, text } = making;
  const variant = typeof source === "string" ? brownVariant(source) : undefined;
  const name = typeof source === "string" ? source : "words";
  if (variant !== undefined) return textCorpus(name, readBrown(variant), BROWN_CUTS, making);
  if (text !== undefined) {
    const tokens = typeof source === "string" ? readTokens(resolveCorpus(source)) : collect(source);
    return textCorpus(name, tokens, cuts(tokens.ids.length, name), making);
  }
  const ofFile = typeof source === "string";
  const words = ofFile ? WordList.read(resolveCorpus(source)) : WordList.of(source);
  const vocabulary = grownVocabulary(known, new Vocabulary(words, name));
  const parts = splitPositions(words.length, splitSeed, name);
  checkExamplesFit(words, blockSize, name);
  const splits = wordExamples(words, parts, vocabulary, blockSize);
  return { words, digest: digestOf(words), vocabulary, splits };
}

/** Three parts of one stream, one after the other: the first tokens of a part are predicted from the last of the one before. */
function textCorpus(
  name: string, text: TokenText, [first, second]: readonly [number, number], { blockSize, known, text: options = {} }: Making,
): Corpus {
  const { minCount, maxWords, countOn } = options;
  const own = WordVocabulary.of(text, { minCount, maxWords, countIn: countOn === "train" ? first : undefined });
  const vocabulary = grownVocabulary(known, own);
  if (vocabulary.size === 1) throw new DataError(name, `no word occurs ${minCount ?? 4} times or more: lower min-count`);
  const { X, Y } = windows(vocabulary.encodeText(text), blockSize);
  const part = (from: number, to?: number) =>
    new Dataset({ X: X.slice(0, from, to), Y: Y.slice(0, from, to) });
  const splits = { train: part(0, first), dev: part(first, second), test: part(second) };
  return { words: WordList.none, digest: text.digest, vocabulary, splits };
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
    // A run that started from another knows tokens that its own corpus lacks.
    const known = (config.from ?? null) === null ? undefined : readVocabulary(run, config);
    corpus = loadCorpus(source, config.blockSize, config.splitSeed, textOptions(config), known);
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
