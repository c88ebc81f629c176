/** A text made ready for a configuration: its tokens, the words that are known, three parts. */
import type { BrownVariant } from "../../data/texts/brown.js";
import { Dataset } from "../../data/examples/dataset.js";
import { TensorRows } from "../../data/examples/rows.js";
import { sentenceExamples, type Span } from "../../data/examples/sentences.js";
import { StoredRows } from "../../data/examples/stored-rows.js";
import { sourceName } from "../../data/files/standard-input.js";
import { countParts, PARTS, sumOf, type TextParts } from "../../data/texts/text-parts.js";
import { summarizeText } from "../../data/texts/text-summary.js";
import { TokenList } from "../../data/texts/token-store.js";
import { grownVocabulary, wordsIn } from "../../data/vocabulary/grow-vocabulary.js";
import { tokensOf, vocabularyOf } from "../../data/vocabulary/word-vocabulary.js";
import { WordList } from "../../data/lists/word-list.js";
import {
  BROWN_CUTS,
  readBrown,
  type Tokens,
  type VocabularyTokens,
  windows,
  type Words,
  type WordVocabulary,
  type WordVocabularyOptions,
} from "../../data/index.js";
import { DataError, UsageError } from "../../errors.js";
import type { Corpus } from "./corpus.js";
import type { CountedText } from "./counted-text.js";
import type { TextOptions } from "./text-options.js";
import { openText, type TokenCache } from "./token-cache/open-text.js";

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
  const { minCount, maxWords, countOn, lines, normalize, devData, testData } = options;
  if (options.tokens !== "text" || lines !== "text" || devData !== null || testData !== null) {
    const what = "comes as one stream of tokens in three parts";
    throw new UsageError(`${name} ${what}: expected no tokens, lines, devData or testData with it`);
  }
  const { types, ids, digest } = readBrown(variant);
  const tokens = new TokenList(ids);
  const [first, second] = BROWN_CUTS;
  const spans = {
    train: [0, first],
    dev: [first, second],
    test: [second, ids.length],
  } as const;
  const text = { types, tokens, digest, streams: [0, ids.length] };
  const parts = countParts(tokens, types.length, spans);
  const counts = countOn === "train" ? parts.counts.train : sumOf(Object.values(parts.counts));
  return corpusOfTokens(name, { text, parts, counts }, model, { minCount, maxWords, normalize });
}

/** A file's text, or a program's: tokens as they stand, or lines where these are sentences. */
export function textCorpus(
  source: string | Words,
  model: ModelInput,
  options: Required<TextOptions>,
  cache: TokenCache,
): Corpus {
  const { minCount, maxWords, countOn, lines, normalize, devData, testData } = options;
  const name = sourceName(source);
  const text = openText(source, options, cache);
  const parts = text.parts();
  const { train, dev, test } = parts.counts;
  const ofStream = [
    train,
    ...(devData === null ? [dev] : []),
    ...(testData === null ? [test] : []),
  ];
  const counts = countOn === "train" ? train : sumOf(ofStream);
  const isTokens = typeof source !== "string" && lines === "text";
  const tokens: VocabularyTokens = isTokens ? "given" : options.tokens;
  const rules = { minCount, maxWords, normalize, lines, tokens };
  const corpus = corpusOfTokens(name, { text, parts, counts }, model, rules);
  const summary = summarizeText(text.types, parts.counts, corpus.vocabulary, text.reading);
  return { ...corpus, summary };
}

interface Parted {
  readonly text: Pick<CountedText, "types" | "tokens" | "digest" | "streams">;
  readonly parts: TextParts;
  /** [types] how often each counts for the vocabulary */
  readonly counts: Int32Array;
}

/** What a model fixes of its examples. */
export interface ModelInput {
  readonly blockSize: number;
  /** tokens that the vocabulary has in any case */
  readonly known?: Tokens;
}

function corpusOfTokens(
  name: string,
  { text, parts, counts }: Parted,
  { blockSize, known }: ModelInput,
  options: Omit<WordVocabularyOptions, "countIn">,
): Corpus & { vocabulary: WordVocabulary } {
  const { minCount, maxWords } = options;
  // A limit is one of all words together, and those that are known stay.
  const limited = known === undefined ? options : { ...options, maxWords: 0 };
  const vocabulary = grownVocabulary(known, vocabularyOf(text.types, counts, limited), maxWords);
  if (wordsIn(vocabulary) === 0)
    throw new DataError(name, `no word occurs ${minCount} times or more: lower min-count`);
  const [train, dev, test] = examplesOf(text, vocabulary, {
    blockSize,
    parts: PARTS.map((part) => ({ span: parts.spans[part], counts: parts.counts[part] })),
    source: name,
  });
  return { words: WordList.none, digest: text.digest, vocabulary, splits: { train, dev, test } };
}

/** A part of a text. */
interface Part {
  readonly span: Span;
  /** [types] how often each is in it */
  readonly counts?: Int32Array;
}

/** Examples of parts of a text, for a model with this vocabulary. */
export function examplesOf(
  { types, tokens, streams }: Pick<CountedText, "types" | "tokens" | "streams">,
  vocabulary: WordVocabulary,
  { blockSize, parts, source }: { blockSize: number; parts: readonly Part[]; source: string },
): Dataset[] {
  const tokenOf = tokensOf(vocabulary, types);
  const { end } = vocabulary;
  const last = streams.length - 1;
  const streamOf = (from: number) => streams.findLastIndex((at, i) => at <= from && i < last);
  if (!(tokens instanceof TokenList))
    return parts.map(({ span: [from, to], counts }) => {
      const start = streams[streamOf(from)];
      const part = { tokens, tokenOf, from, to, start, end, counts };
      return new Dataset(new StoredRows(part, blockSize));
    });
  const ids = tokens.ids.map((type) => tokenOf[type]);
  const spans = parts.map(({ span }) => span);
  if (end !== undefined) return sentenceExamples(ids, { end, blockSize, parts: spans, source });
  // The first tokens of a part are predicted from the last of the part before it in its stream.
  const made = streams.slice(1).map((to, i) => windows(ids.subarray(streams[i], to), blockSize));
  return spans.map(([from, to]) => {
    const stream = streamOf(from);
    const rows = new TensorRows(made[stream]);
    return new Dataset(new TensorRows(rows.slice(from - streams[stream], to - streams[stream])));
  });
}
