/** A text file read as tokens. */
import { checkArguments, checkOptions, checkText } from "../../check.js";
import { DataError } from "../../errors.js";
import { checkForm, inForm, type NormalForm } from "../lists/normal-form.js";
import { sourceName } from "../files/standard-input.js";
import { readUtf8 } from "../files/text-file.js";
import { refuseMark, TextLines } from "./text-lines.js";
import { addTokens } from "./token-runs.js";
import {
  checkLineRule,
  checkTokenRule,
  eachToken,
  type LineRule,
  markWithin,
  SENTENCE_END,
  SPLIT,
  splitsAtBlanks,
  type TokenRule,
  unmarked,
  type VocabularyTokens,
} from "./tokenizer.js";
import { TokenCollector, type TokenText } from "./tokens.js";

/** How a text is read. */
export interface ReadOptions {
  /** what a token is: a rule's name */
  tokens?: TokenRule;
  /** whether each line is a sentence, and ends in the token `</s>` */
  lines?: LineRule;
  /** Unicode's normal form of the tokens; "none" where left out takes them as they come */
  normalize?: NormalForm;
}

/** What was read of a text, and what was done to it. */
export interface TextReading {
  /** lines of the files, or texts of a program */
  readonly lines: number;
  /** of them, those without a word */
  readonly blank: number;
  /** what stands between blanks and was brought to another normal form */
  readonly normalized: number;
}

/**
 * Reads a UTF-8 text file as tokens.
 * @throws DataError naming the file: not readable, not UTF-8, binary, larger than memory, no tokens
 */
export function readTokens(file: string, options: ReadOptions = {}): TokenText {
  checkArguments("readTokens", { file }, { file: checkText });
  const {
    tokens = "text",
    lines = "text",
    normalize = "none",
  } = checkOptions("readTokens", options, {
    tokens: checkTokenRule,
    lines: checkLineRule,
    normalize: checkForm,
  });
  const collector = new TokenCollector(sourceName(file));
  const sentences = lines === "sentences";
  addFile(collector, file, { tokens, split: SPLIT[tokens], sentences, normalize });
  return collector.text();
}

/** How the text of a file becomes tokens. */
export interface TextRules {
  readonly tokens: VocabularyTokens;
  /** follows the rule `tokens` */
  readonly split: (text: string) => readonly string[];
  readonly sentences: boolean;
  readonly normalize: NormalForm;
}

/**
 * Adds the tokens of a file.
 * @throws as `readTokens`
 */
export function addFile(collector: TokenCollector, file: string, rules: TextRules): TextReading {
  const { tokens, sentences, normalize } = rules;
  const source = sourceName(file);
  const bytes = withoutMark(readUtf8(file));
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    const line = linesIn(bytes.subarray(0, nul));
    throw new DataError(source, "a NUL byte: expected a text, not a binary file", line);
  }
  const before = collector.length;
  let reading: TextReading;
  if (splitsAtBlanks(tokens)) {
    const byText = tokens === "text";
    // What stands between blanks is a mark, but for the rule that takes it apart.
    const lines = new TextLines(collector, { source, sentences, marks: !byText });
    const split = byText ? eachToken : rules.split;
    collector.reserve(Math.ceil(bytes.length / BYTES_PER_TOKEN));
    const normalized = addTokens(bytes, { split, normalize }, collector, lines);
    reading = { lines: lines.count, blank: lines.blank, normalized };
  } else reading = addPieces(collector, bytes, { ...rules, source });
  if (collector.length === before) throw new DataError(source, "no words: expected a text");
  return reading;
}

/** Of most texts, with the blank behind it: no more memory than the text's own is set aside. */
const BYTES_PER_TOKEN = 4;

/** Bytes of a text that are a string at a time: all of them may not fit the heap. */
const PIECE = 1 << 20;
const [SPACE, NEWLINE] = [32, 10];

/** The tokens of a rule that looks beyond blanks, piece by piece. */
function addPieces(
  collector: TokenCollector,
  bytes: Buffer,
  rules: TextRules & { source: string },
): TextReading {
  // No token goes on after a blank, no sentence after the end of a line.
  const breaks = rules.sentences ? [NEWLINE] : [SPACE, NEWLINE];
  let [lines, blank, normalized, tokensBefore] = [0, 0, 0, collector.length];
  for (let from = 0; from < bytes.length;) {
    let to = Math.min(from + PIECE, bytes.length);
    while (to < bytes.length && !breaks.includes(bytes[to])) to++;
    const raw = bytes.toString("utf8", from, to);
    const text = inForm(raw, rules.normalize);
    if (text !== raw) normalized += changedIn(raw, rules.normalize);
    const added = text.split("\n");
    for (const [i, line] of added.entries()) {
      if (i > 0) {
        lines++;
        if (collector.length === tokensBefore) blank++;
        tokensBefore = collector.length;
      }
      if (rules.sentences) addSentence(collector, line, { ...rules, line: lines + 1 });
      else for (const token of rules.split(line)) collector.add(token);
    }
    from = to;
  }
  if (bytes.at(-1) === NEWLINE) return { lines, blank, normalized };
  if (collector.length === tokensBefore) blank++;
  return { lines: lines + 1, blank, normalized };
}

/** How much of what stands between blanks has another normal form. */
const changedIn = (text: string, form: NormalForm): number =>
  text.split(/\s+/).filter((run) => inForm(run, form) !== run).length;

/** Adds the sentence of a line, and its end; a line without words is none. */
export function addSentence(
  collector: TokenCollector,
  text: string,
  from: { split: (text: string) => readonly string[]; source: string; line: number },
): void {
  const words = unmarked(from.split(text));
  const mark = markWithin(words);
  if (mark !== undefined) refuseMark(mark, from.source, from.line);
  for (const word of words) collector.add(word);
  if (words.length > 0) collector.add(SENTENCE_END);
}

/** Without the byte order mark, which a rule might take for a part of the first word. */
const withoutMark = (bytes: Buffer): Buffer =>
  bytes.subarray(0, 3).toString() === "\ufeff" ? bytes.subarray(3) : bytes;

const linesIn = (bytes: Uint8Array): number =>
  bytes.reduce((lines, byte) => lines + Number(byte === NEWLINE), 1);
