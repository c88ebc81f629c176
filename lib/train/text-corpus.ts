/** A text made ready for a configuration: its tokens, the words that are known, three parts. */
import { createHash } from "node:crypto";
import { checkObject, checkText, checkWhole, refuse } from "../check.js";
import type { BrownVariant } from "../data/brown.js";
import { Dataset } from "../data/dataset.js";
import { grownVocabulary } from "../data/grow-vocabulary.js";
import { sentenceExamples, sentencesIn, type Span, startOfSentence } from "../data/sentences.js";
import { cuts } from "../data/splits.js";
import { checkLineRule, checkTokenRule, SENTENCE_END } from "../data/tokenizer.js";
import { addFile, addSentences, digestOfTokens, TokenCollector } from "../data/tokens.js";
import { WordList } from "../data/word-list.js";
import {
  BROWN_CUTS,
  type LineRule,
  readBrown,
  resolveCorpus,
  type TokenRule,
  tokenize,
  type Tokens,
  type TokenText,
  windows,
  type Words,
  WordVocabulary,
} from "../data/index.js";
import { DataError, UsageError } from "../errors.js";
import type { Corpus, Split } from "./corpus.js";

/** How a text becomes tokens, parts and a vocabulary of words. */
export interface TextOptions {
  /** words that occur less often are `<unk>` */
  minCount?: number;
  /** the most frequent words to know; 0: all others */
  maxWords?: number;
  /**
   * where words are counted: in the whole stream, as the paper seems to, or in the train split;
   * never in `devData` and `testData`
   */
  countOn?: "stream" | "train";
  /** what a token is */
  tokens?: TokenRule;
  /** whether each line is a sentence, with an end that is predicted */
  lines?: LineRule;
  /** the dev part's own file; null: a tenth of the text */
  devData?: string | null;
  /** the test part's own file; null: a tenth of the text */
  testData?: string | null;
}

/** @throws ValueError for what is none */
export function checkTextOptions(text: TextOptions): Required<TextOptions> {
  const {
    minCount = 4,
    maxWords = 0,
    countOn = "stream",
    tokens = "text",
    lines = "text",
    devData = null,
    testData = null,
  } = checkObject("loadCorpus: text", text);
  checkWhole("loadCorpus: minCount", minCount, 1);
  checkWhole("loadCorpus: maxWords", maxWords, 0);
  if (countOn !== "stream" && countOn !== "train")
    refuse("loadCorpus: countOn", "stream or train", countOn);
  checkTokenRule("loadCorpus: tokens", tokens);
  checkLineRule("loadCorpus: lines", lines);
  if (devData !== null) checkText("loadCorpus: devData", devData);
  if (testData !== null) checkText("loadCorpus: testData", testData);
  return { minCount, maxWords, countOn, tokens, lines, devData, testData };
}

/**
 * Three parts of the Brown corpus.
 * @throws UsageError for options of texts that do not come as tokens
 */
export function brownCorpus(
  name: string,
  variant: BrownVariant,
  { blockSize, known }: Known,
  options: TextOptions = {},
): Corpus {
  const { minCount, maxWords, countOn, tokens, lines, devData, testData } =
    checkTextOptions(options);
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
  return corpusOfTokens(
    name,
    { text, spans, streams: [0, text.ids.length] },
    { minCount, maxWords, countIn, blockSize, known },
  );
}

/** A file's text, or a program's: tokens as they stand, or lines where these are sentences. */
export function textCorpus(
  source: string | Words,
  { blockSize, known }: Known,
  options: TextOptions,
): Corpus {
  const made = checkTextOptions(options);
  const { countOn, tokens, lines, devData, testData } = made;
  const ofFile = typeof source === "string";
  const name = ofFile ? source : "words";
  const sentences = lines === "sentences";
  const { text, streams } = readStreams(source, made);
  const own = { dev: devData !== null, test: testData !== null };
  const spans = spansOf(text, streams, { sentences, name, own });
  const countIn = countOn === "train" ? spans.train[1] : streams[1];
  const given = !ofFile && !sentences;
  const corpus = corpusOfTokens(
    name,
    { text, spans, streams },
    { ...made, countIn, blockSize, known, tokens: given ? "given" : tokens },
  );
  return { ...corpus, digest: digestOfFiles(digestsOf(text, streams), made) };
}

/** A text, and the files of its own parts behind it, as one stream of tokens. */
function readStreams(
  source: string | Words,
  { tokens, lines, devData, testData }: Required<TextOptions>,
): { text: TokenText; streams: number[] } {
  const sentences = lines === "sentences";
  const split = (text: string) => tokenize(text, tokens);
  const name = typeof source === "string" ? source : "words";
  const collector = new TokenCollector(name);
  if (typeof source === "string")
    addFile(collector, resolveCorpus(source), { tokens, split, sentences });
  else if (!sentences) for (const item of source) collector.add(item);
  else
    for (const [i, item] of [...source].entries()) {
      addSentences(collector, checkText("loadCorpus: source", item), {
        split,
        source: name,
        line: i + 1,
      });
    }
  const streams = [0, collector.length];
  for (const file of [devData, testData]) {
    if (file === null) continue;
    addFile(collector, file, { tokens, split, sentences });
    streams.push(collector.length);
  }
  return { text: collector.text(), streams };
}

const digestsOf = ({ types, ids, digest }: TokenText, streams: readonly number[]): string[] =>
  streams.length === 2
    ? [digest]
    : streams.slice(1).map((to, i) => digestOfTokens(types, ids.subarray(streams[i], to)));

/** Of a text alone its own; else that of its parts, which are none where they are cut from it. */
function digestOfFiles(
  digests: readonly string[],
  { devData, testData }: Required<TextOptions>,
): string {
  if (digests.length === 1) return digests[0];
  return sha256(JSON.stringify([digests[0], devData && digests[1], testData && digests.at(-1)]));
}

/**
 * What a file is to a run over a text: its corpus, the file of a part, or another text.
 * @throws DataError where one cannot be read
 */
export function roleOfText(
  file: string,
  options: TextOptions,
  runDigest: string,
): "corpus" | "dev" | "test" | "other" {
  const made = checkTextOptions(options);
  const { text, streams } = readStreams(file, made);
  const digests = digestsOf(text, streams);
  if (digestOfFiles(digests, made) === runDigest) return "corpus";
  if (made.devData !== null && digests[0] === digests[1]) return "dev";
  return made.testData !== null && digests[0] === digests.at(-1) ? "test" : "other";
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

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

/** Contexts and tokens as a model has them. */
interface Known {
  readonly blockSize: number;
  /** tokens that the vocabulary has in any case */
  readonly known?: Tokens;
}

interface Made extends Known {
  readonly minCount: number;
  readonly maxWords: number;
  readonly countIn: number | undefined;
  readonly tokens?: WordVocabulary["tokens"];
  readonly lines?: LineRule;
}

function corpusOfTokens(name: string, { text, spans, streams }: Parted, made: Made): Corpus {
  const { minCount, blockSize, lines = "text" } = made;
  const vocabulary = grownVocabulary(made.known, WordVocabulary.of(text, made));
  if (vocabulary.size === (lines === "sentences" ? 2 : 1))
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
