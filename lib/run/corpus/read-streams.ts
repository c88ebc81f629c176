/** A text and the files of its own parts, read as one stream of tokens. */
import { createHash } from "node:crypto";
import { checkText } from "../../check.js";
import { resolveCorpus, tokenize, type TokenText, type Words } from "../../data/index.js";
import { inForm } from "../../data/normal-form.js";
import { addFile, addSentence, type TextReading, type TextRules } from "../../data/read-text.js";
import { digestOfTokens, TokenCollector } from "../../data/tokens.js";
import { checkTextOptions, type TextOptions } from "./text-options.js";

/** What was read. */
export interface Streams {
  readonly text: TokenText;
  /** where each file begins, and the last one ends */
  readonly streams: readonly number[];
  readonly reading: TextReading;
}

/** A text, and the files of its own parts behind it, as one stream of tokens. */
export function readStreams(
  source: string | Words,
  { tokens, lines, normalize, devData, testData }: Required<TextOptions>,
): Streams {
  const sentences = lines === "sentences";
  const split = (text: string) => tokenize(text, tokens);
  const name = typeof source === "string" ? source : "words";
  const rules = { tokens, split, sentences, normalize };
  const collector = new TokenCollector(name);
  const readings =
    typeof source === "string"
      ? [addFile(collector, resolveCorpus(source), rules)]
      : [addItems(collector, source, rules)];
  const streams = [0, collector.length];
  for (const file of [devData, testData]) {
    if (file === null) continue;
    readings.push(addFile(collector, file, rules));
    streams.push(collector.length);
  }
  const sum = (of: keyof TextReading) => readings.reduce((all, reading) => all + reading[of], 0);
  const reading = { lines: sum("lines"), blank: sum("blank"), normalized: sum("normalized") };
  return { text: collector.text(), streams, reading };
}

/** A program's text: a token each, or where lines are sentences a sentence each. */
function addItems(
  collector: TokenCollector,
  source: Words,
  { split, sentences, normalize }: TextRules,
): TextReading {
  let [lines, blank, normalized] = [0, 0, 0];
  for (const item of source) {
    lines++;
    const before = collector.length;
    const text = typeof item === "string" ? inForm(item, normalize) : item;
    if (text !== item) normalized++;
    if (!sentences) collector.add(text);
    else {
      for (const line of checkText("loadCorpus: source", text).split("\n"))
        addSentence(collector, line, { split, source: "words", line: lines });
    }
    if (collector.length === before) blank++;
  }
  return { lines, blank, normalized };
}

export const digestsOf = (
  { types, ids, digest }: TokenText,
  streams: readonly number[],
): string[] =>
  streams.length === 2
    ? [digest]
    : streams.slice(1).map((to, i) => digestOfTokens(types, ids.subarray(streams[i], to)));

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Of a text alone its own; else that of its parts, which are none where they are cut from it. */
export function digestOfFiles(
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
