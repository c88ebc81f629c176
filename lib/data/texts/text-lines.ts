/** The lines of a text while its tokens are collected: how many, and where sentences end. */
import { DataError } from "../../errors.js";
import { SENTENCE_END, SENTENCE_START } from "./tokenizer.js";
import type { TokenCollector } from "./tokens.js";

const NEWLINE = 10;

/** The bytes of a mark as a number, the lowest first. */
const numberOf = (mark: string): number =>
  [...Buffer.from(mark)].reduce((number, byte, i) => number | (byte << (8 * i)), 0);
const [START, END] = [numberOf(SENTENCE_START), numberOf(SENTENCE_END)];

/** How lines are read. */
export interface LineRules {
  /** names the text in errors */
  readonly source: string;
  /** each line with words is a sentence: its end is a token */
  readonly sentences: boolean;
  /** `<s>` and `</s>` around a sentence are marks that other tools write, no words */
  readonly marks: boolean;
}

/** @throws DataError: always */
export function refuseMark(mark: string, source: string, line: number): never {
  const what = `${mark} within a sentence: expected it at a line's start or end only`;
  throw new DataError(source, `${what}, remove it`, line);
}

export class TextLines {
  /** lines so far */
  count = 0;
  /** of them, those without a word */
  blank = 0;
  /** where the line's tokens begin */
  private start: number;
  /** whether the line has begun with `<s>`, or ended with `</s>` */
  private opened = false;
  private closed = false;
  /** whether a token is a mark, if it looks like one */
  private readonly marked: boolean;

  constructor(
    private readonly collector: TokenCollector,
    private readonly rules: LineRules,
  ) {
    this.start = collector.length;
    this.marked = rules.sentences && rules.marks;
  }

  /**
   * Whether the next run of bytes, as `addTokens` has them in two numbers, is a mark.
   * @throws DataError for a mark within a sentence
   */
  isMark(low: number, high: number): boolean {
    if (!this.marked) return false;
    const mark = high === 0 && (low === START || low === END) ? low : 0;
    const begun = this.opened || this.collector.length > this.start;
    const wrong = this.closed ? SENTENCE_END : mark === START && begun ? SENTENCE_START : "";
    if (wrong !== "") refuseMark(wrong, this.rules.source, this.count + 1);
    if (mark === START) this.opened = true;
    if (mark === END) this.closed = true;
    return mark !== 0;
  }

  /** The line ends. */
  end(): void {
    const { collector } = this;
    this.count++;
    if (collector.length === this.start) this.blank++;
    else if (this.rules.sentences)
      collector.repeatShort(collector.numberOf(SENTENCE_END), END, 0, SENTENCE_END.length);
    this.start = collector.length;
    this.opened = this.closed = false;
  }

  /** The text ends. @param last its last byte; undefined: it has none */
  close(last: number | undefined): void {
    if (last !== undefined && last !== NEWLINE) this.end();
  }
}
