/** A text and the files of its own parts, read as one stream of tokens. */
import { checkText } from "../../check.js";
import { resolveCorpus, tokenize, type Words } from "../../data/index.js";
import { inForm } from "../../data/lists/normal-form.js";
import { sourceName } from "../../data/files/standard-input.js";
import {
  addFile,
  addSentence,
  type TextReading,
  type TextRules,
} from "../../data/texts/read-text.js";
import { TokenList } from "../../data/texts/token-store.js";
import { type TakeIds, TokenCollector } from "../../data/texts/tokens.js";
import { sha256 } from "../disk/sums.js";
import type { ReadText } from "./counted-text.js";
import type { StreamOptions } from "./text-options.js";

/** A text, and the files of its own parts behind it, as one list of tokens. */
export function readStreams(source: string | Words, options: StreamOptions): ReadText {
  const { devData, testData } = options;
  const collector = new TokenCollector(sourceName(source));
  const main = typeof source === "string" ? resolveCorpus(source) : source;
  const files = [main, devData, testData].filter((file) => file !== null);
  const streams = addStreams(collector, files, options);
  const { types, ids } = collector.text(streams.digest);
  return { ...streams, types, tokens: new TokenList(ids) };
}

/**
 * The same of files, the tokens of which `take` is given.
 * @param piece bytes that are read at a time
 */
export function readTokensInto(
  take: TakeIds,
  files: readonly string[],
  options: StreamOptions,
  piece?: number,
): Omit<ReadText, "tokens"> {
  const collector = new TokenCollector(sourceName(files[0]), take);
  const streams = addStreams(collector, files, options, piece);
  return { ...streams, types: collector.finish() };
}

function addStreams(
  collector: TokenCollector,
  files: readonly (string | Words)[],
  options: StreamOptions,
  piece?: number,
): Omit<ReadText, "tokens" | "types"> {
  const { tokens, lines, normalize } = options;
  const split = (text: string) => tokenize(text, tokens);
  const rules = { tokens, split, sentences: lines === "sentences", normalize };
  const streams = [0];
  const digests: string[] = [];
  const readings = files.map((file) => {
    const reading =
      typeof file === "string"
        ? addFile(collector, file, rules, piece)
        : addItems(collector, file, rules);
    streams.push(collector.length);
    digests.push(collector.takeDigest());
    return reading;
  });
  const sum = (of: keyof TextReading) => readings.reduce((all, reading) => all + reading[of], 0);
  const reading = { lines: sum("lines"), blank: sum("blank"), normalized: sum("normalized") };
  return { digest: digestOfFiles(digests, options), digests, streams, reading };
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
function digestOfFiles(digests: readonly string[], { devData, testData }: StreamOptions): string {
  if (digests.length === 1) return digests[0];
  return sha256(JSON.stringify([digests[0], devData && digests[1], testData && digests.at(-1)]));
}
