/** A text made ready for a configuration: its tokens, the words that are known, three parts. */
import type { BrownVariant } from "../../data/texts/brown.js";
import { Dataset } from "../../data/examples/dataset.js";
import { grownVocabulary, wordsIn } from "../../data/vocabulary/grow-vocabulary.js";
import {
  sentenceExamples,
  sentencesIn,
  type Span,
  startOfSentence,
} from "../../data/examples/sentences.js";
import { cuts } from "../../data/examples/splits.js";
import { sourceName } from "../../data/files/standard-input.js";
import { summarizeText } from "../../data/texts/text-summary.js";
import { SENTENCE_END } from "../../data/texts/tokenizer.js";
import { WordList } from "../../data/lists/word-list.js";
import {
  BROWN_CUTS,
  readBrown,
  type Tokens,
  type TokenText,
  windows,
  type Words,
  WordVocabulary,
  type WordVocabularyOptions,
} from "../../data/index.js";
import { DataError, UsageError } from "../../errors.js";
import type { Corpus, Split } from "./corpus.js";
import { readStreams } from "./read-streams.js";
import type { TextOptions } from "./text-options.js";

/**
 * Three parts of the Brown corpus.
 * @throws UsageError for options of texts that do not come as tokens
 */
export function brownCorpus(
  name: string,
  variant: BrownVariant,
  model: ModelInput,
  options: Required<TextOptions>,
): Corpus {
  const { minCount, maxWords, countOn, tokens, lines, normalize, devData, testData } = options;
  if (tokens !== "text" || lines !== "text" || devData !== null || testData !== null) {
    const what = "comes as one stream of tokens in three parts";
    throw new UsageError(`${name} ${what}: expected no tokens, lines, devData or testData with it`);
  }
  const text = readBrown(variant);
  const [first, second] = BROWN_CUTS;
  const spans = {
    train: [0, first],
    dev: [first, second],
    test: [second, text.ids.length],
  } as const;
  const countIn = countOn === "train" ? first : undefined;
  return corpusOfTokens(name, { text, spans, streams: [0, text.ids.length] }, model, {
    minCount,
    maxWords,
    countIn,
    normalize,
  });
}

/** A file's text, or a program's: tokens as they stand, or lines where these are sentences. */
export function textCorpus(
  source: string | Words,
  model: ModelInput,
  options: Required<TextOptions>,
): Corpus {
  const { minCount, maxWords, countOn, lines, normalize, devData, testData } = options;
  const name = sourceName(source);
  const sentences = lines === "sentences";
  const { text, streams, reading } = readStreams(source, options);
  const own = { dev: devData !== null, test: testData !== null };
  const spans = spansOf(text, streams, { sentences, name, own });
  const countIn = countOn === "train" ? spans.train[1] : streams[1];
  const tokens = typeof source === "string" || sentences ? options.tokens : "given";
  const corpus = corpusOfTokens(name, { text, spans, streams }, model, {
    minCount,
    maxWords,
    countIn,
    normalize,
    lines,
    tokens,
  });
  const summary = summarizeText(text, spans, corpus.vocabulary, reading);
  return { ...corpus, summary };
}

interface Parted {
  readonly text: TokenText;
  /** tokens of each part */
  readonly spans: Readonly<Record<Split, Span>>;
  /** where each file begins, and the last one ends: no context goes on from one to the next */
  readonly streams: readonly number[];
}

/**
 * What is not a file of its own is cut from the end of the text: a tenth of its tokens (sentences)
 * each.
 */
function spansOf(
  { types, ids }: TokenText,
  streams: readonly number[],
  {
    sentences,
    name,
    own,
  }: { sentences: boolean; name: string; own: { dev: boolean; test: boolean } },
): Parted["spans"] {
  const all = streams[1];
  const main = ids.subarray(0, all);
  const end = sentences ? types.indexOf(SENTENCE_END) : -1;
  const n = sentences ? sentencesIn(main, end) : all;
  const unit = sentences ? "sentences" : "words";
  const place = (number: number) => (sentences ? startOfSentence(main, end, number) : number);
  const file = (number: number): Span => [streams[number], streams[number + 1]];
  if (own.dev && own.test) return { train: [0, all], dev: file(1), test: file(2) };
  if (own.dev || own.test) {
    const cut = place(Math.trunc(0.9 * n));
    if (cut === 0)
      throw new DataError(name, `at least 2 ${unit} are needed for two parts, got ${n}`);
    const rest: Span = [cut, all];
    return { train: [0, cut], dev: own.dev ? file(1) : rest, test: own.test ? file(1) : rest };
  }
  const [first, second] = cuts(n, name, unit).map(place);
  return { train: [0, first], dev: [first, second], test: [second, all] };
}

/** What a model fixes of its examples. */
export interface ModelInput {
  readonly blockSize: number;
  /** tokens that the vocabulary has in any case */
  readonly known?: Tokens;
}

function corpusOfTokens(
  name: string,
  { text, spans, streams }: Parted,
  { blockSize, known }: ModelInput,
  options: WordVocabularyOptions,
): Corpus & { vocabulary: WordVocabulary } {
  const { minCount, maxWords } = options;
  // A limit is one of all words together, and those that are known stay.
  const own = WordVocabulary.of(text, known === undefined ? options : { ...options, maxWords: 0 });
  const vocabulary = grownVocabulary(known, own, maxWords);
  if (wordsIn(vocabulary) === 0)
    throw new DataError(name, `no word occurs ${minCount} times or more: lower min-count`);
  const parts = Object.values(spans);
  const [train, dev, test] = examplesOf(vocabulary.encodeText(text), vocabulary, {
    blockSize,
    parts,
    streams,
    source: name,
  });
  return { words: WordList.none, digest: text.digest, vocabulary, splits: { train, dev, test } };
}

/** Examples of parts of some streams, one after the other in `ids`. */
export function examplesOf(
  ids: Int32Array<ArrayBuffer>,
  { end }: WordVocabulary,
  {
    blockSize,
    parts,
    streams,
    source,
  }: { blockSize: number; parts: readonly Span[]; streams: readonly number[]; source: string },
): Dataset[] {
  if (end !== undefined) return sentenceExamples(ids, { end, blockSize, parts, source });
  // The first tokens of a part are predicted from the last of the part before it in its stream.
  const made = streams.slice(1).map((to, i) => windows(ids.subarray(streams[i], to), blockSize));
  return parts.map(([from, to]) => {
    const stream = streams.findLastIndex((start, i) => i < made.length && start <= from);
    const { X, Y } = made[stream];
    const [first, last] = [from - streams[stream], to - streams[stream]];
    return new Dataset({ X: X.slice(0, first, last), Y: Y.slice(0, first, last) });
  });
}
