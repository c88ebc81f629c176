/** A text file read as tokens. */
import { checkArguments, checkOptions, checkText } from "../../check.js";
import { DataError } from "../../errors.js";
import { checkForm, inForm, type NormalForm } from "../lists/normal-form.js";
import { sourceName } from "../files/standard-input.js";
import { textPieces } from "../files/text-pieces.js";
import { refuseMark, TextLines } from "./text-lines.js";
import { addTokens, RunTable } from "./token-runs.js";
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
 * @param piece bytes of it that are read at a time
 * @throws as `readTokens`
 */
export function addFile(
  collector: TokenCollector,
  file: string,
  rules: TextRules,
  piece?: number,
): TextReading {
  const source = sourceName(file);
  const before = collector.length;
  const byRuns = splitsAtBlanks(rules.tokens);
  const reader = new (byRuns ? RunReader : StringReader)(collector, { ...rules, source });
  // No token goes on after a blank, no sentence after the end of a line.
  const breaks = !byRuns && rules.sentences ? [NEWLINE] : [SPACE, NEWLINE];
  let last: number | undefined;
  for (const bytes of textPieces(file, { breaks, piece })) {
    reader.add(bytes);
    last = bytes.at(-1) ?? last;
  }
  const reading = reader.end(last);
  if (collector.length === before) throw new DataError(source, "no words: expected a text");
  return reading;
}

const [SPACE, NEWLINE] = [32, 10];

interface SourceRules extends TextRules {
  /** names the text in errors */
  readonly source: string;
}

/** Reads by a rule for which blanks part tokens: run by run. */
class RunReader {
  private readonly lines: TextLines;
  private readonly runs: RunTable;

  constructor(collector: TokenCollector, { tokens, split, normalize, ...rules }: SourceRules) {
    const byText = tokens === "text";
    // What stands between blanks is a mark, but for the rule that takes it apart.
    this.lines = new TextLines(collector, { ...rules, marks: !byText });
    this.runs = new RunTable({ split: byText ? eachToken : split, normalize }, collector);
  }

  add(bytes: Buffer): void {
    addTokens(bytes, this.runs, this.lines);
  }

  end(last: number | undefined): TextReading {
    const { lines, runs } = this;
    lines.close(last);
    return { lines: lines.count, blank: lines.blank, normalized: runs.normalized };
  }
}

/** Reads by a rule that looks beyond blanks: a piece is a string at a time. */
class StringReader {
  private lines = 0;
  private blank = 0;
  private normalized = 0;
  /** tokens before the line */
  private before: number;

  constructor(
    private readonly collector: TokenCollector,
    private readonly rules: SourceRules,
  ) {
    this.before = collector.length;
  }

  add(bytes: Buffer): void {
    const { collector, rules } = this;
    const raw = bytes.toString();
    const text = inForm(raw, rules.normalize);
    if (text !== raw) this.normalized += changedIn(raw, rules.normalize);
    for (const [i, line] of text.split("\n").entries()) {
      if (i > 0) this.endLine();
      if (rules.sentences) addSentence(collector, line, { ...rules, line: this.lines + 1 });
      else for (const token of rules.split(line)) collector.add(token);
    }
  }

  private endLine(): void {
    this.lines++;
    if (this.collector.length === this.before) this.blank++;
    this.before = this.collector.length;
  }

  end(last: number | undefined): TextReading {
    if (last !== NEWLINE) this.endLine();
    const { lines, blank, normalized } = this;
    return { lines, blank, normalized };
  }
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
