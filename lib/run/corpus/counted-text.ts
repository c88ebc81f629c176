/** A text that has been read: its tokens, wherever they are, and what was counted of them. */
import { cuts } from "../../data/examples/splits.js";
import type { Span } from "../../data/examples/sentences.js";
import type { TextReading } from "../../data/texts/read-text.js";
import { countParts, type Parts, type TextParts } from "../../data/texts/text-parts.js";
import { SENTENCE_END } from "../../data/texts/tokenizer.js";
import { blocksOf, type TokenStore } from "../../data/texts/token-store.js";
import { DataError } from "../../errors.js";
import type { StreamOptions } from "./text-options.js";

/** A text and the files of its own parts, as one stream of tokens. */
export interface ReadText {
  /** every different token once, in the order of first occurrence */
  readonly types: readonly string[];
  readonly tokens: TokenStore;
  /** of the corpus, made of those of its files */
  readonly digest: string;
  /** of each file */
  readonly digests: readonly string[];
  /** where each file begins, and the last one ends */
  readonly streams: readonly number[];
  readonly reading: TextReading;
}

/** How a text is cut. */
type CutOptions = Pick<StreamOptions, "lines" | "devData" | "testData">;

/** A text, and its parts. */
export interface CountedText extends ReadText {
  /** @throws DataError where it is too short to be cut */
  parts(): TextParts;
}

/** A text of which nothing has been counted. @param name names it in errors */
export function counted(text: ReadText, name: string, options: CutOptions): CountedText {
  let parts: TextParts | undefined;
  const { tokens, types } = text;
  const count = () => countParts(tokens, types.length, spansOf(text, name, options));
  return { ...text, parts: () => (parts ??= count()) };
}

/**
 * What is not a file of its own is cut from the end of the text: a tenth of its tokens (sentences)
 * each.
 */
function spansOf(
  { types, tokens, streams }: ReadText,
  name: string,
  { lines, devData, testData }: CutOptions,
): Parts<Span> {
  const own = { dev: devData !== null, test: testData !== null };
  const all = streams[1];
  const sentences = lines === "sentences";
  const end = sentences ? types.indexOf(SENTENCE_END) : -1;
  const n = sentences ? sentencesIn(tokens, all, end) : all;
  const unit = sentences ? "sentences" : "words";
  const place = (number: number) =>
    sentences ? startOfSentence(tokens, all, end, number) : number;
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

/** How many sentences end in the first `length` tokens. */
function sentencesIn(tokens: TokenStore, length: number, end: number): number {
  let count = 0;
  for (const ids of blocksOf(tokens, 0, length))
    for (let i = 0; i < ids.length; i++) if (ids[i] === end) count++;
  return count;
}

/** Where sentence `number` (counted from 0) begins. */
function startOfSentence(tokens: TokenStore, length: number, end: number, number: number): number {
  let [passed, at] = [0, 0];
  for (const ids of blocksOf(tokens, 0, length))
    for (let i = 0; i < ids.length && passed < number; i++, at++) if (ids[i] === end) passed++;
  return at;
}
