/** A text and the files of its own parts, read as one stream of tokens. */
import { checkText } from "../../check.js";
import { resolveCorpus, tokenize, type TokenText, type Words } from "../../data/index.js";
import { inForm } from "../../data/lists/normal-form.js";
import { sourceName } from "../../data/files/standard-input.js";
import {
  addFile,
  addSentence,
  type TextReading,
  type TextRules,
} from "../../data/texts/read-text.js";
import { TokenCollector } from "../../data/texts/tokens.js";
import { sha256 } from "../disk/sums.js";
import type { TextOptions } from "./text-options.js";

/** What was read. */
export interface Streams {
  /** with the digest of the corpus, which is made of those of its files */
  readonly text: TokenText;
  /** of each file */
  readonly digests: readonly string[];
  /** where each file begins, and the last one ends */
  readonly streams: readonly number[];
  readonly reading: TextReading;
}

/** A text, and the files of its own parts behind it, as one stream of tokens. */
export function readStreams(source: string | Words, options: Required<TextOptions>): Streams {
  const { tokens, lines, normalize, devData, testData } = options;
  const split = (text: string) => tokenize(text, tokens);
  const rules = { tokens, split, sentences: lines === "sentences", normalize };
  const collector = new TokenCollector(sourceName(source));
  const files = [source, devData, testData].filter((file) => file !== null);
  const streams = [0];
  const digests: string[] = [];
  const readings = files.map((file, i) => {
    const reading =
      typeof file === "string"
        ? addFile(collector, i === 0 ? resolveCorpus(file) : file, rules)
        : addItems(collector, file, rules);
    streams.push(collector.length);
    digests.push(collector.takeDigest());
    return reading;
  });
  const sum = (of: keyof TextReading) => readings.reduce((all, reading) => all + reading[of], 0);
  const reading = { lines: sum("lines"), blank: sum("blank"), normalized: sum("normalized") };
  const text = collector.text(digestOfFiles(digests, options));
  return { text, digests, streams, reading };
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
  options: Required<TextOptions>,
  runDigest: string,
): "corpus" | "dev" | "test" | "other" {
  const { text, digests } = readStreams(file, options);
  if (text.digest === runDigest) return "corpus";
  if (options.devData !== null && digests[0] === digests[1]) return "dev";
  return options.testData !== null && digests[0] === digests.at(-1) ? "test" : "other";
}
