/** Settings of the corpus: what is read, how it becomes words or tokens, how it is split. */
import { LINE_RULES, TOKEN_RULES } from "../../data/texts/tokenizer.js";
import { choice, column, file, flag, partFile, seed, whole } from "./kinds.js";

export const dataSettings = {
  /**
   * corpus: names (shipped), brown:A or brown:P (the Brown corpus), or a file with one word per
   * line; default: names
   */
  data: file()
    .default("names")
    .describe(
      "corpus: names (shipped), brown:A or brown:P (the Brown corpus), or a file with one " +
        "word per line",
    ),
  /**
   * of a table (CSV, TSV): the column with the words, by its name in the first row or its number
   * from 1; default: none
   */
  column: column()
    .default("")
    .describe(
      "of a table (CSV, TSV): the column with the words, by its name in the first row or its " +
        "number from 1",
    ),
  /**
   * of a table: the column with their weights; examples are drawn by them, and the words are
   * distinct; default: none
   */
  weightColumn: column()
    .default("")
    .describe(
      "of a table: the column with their weights; examples are drawn by them, and the words " +
        "are distinct",
    ),
  /** Unicode's normal form of characters; none: as they come; default: nfc */
  normalize: choice("nfc", "none")
    .default("nfc")
    .describe("Unicode's normal form of characters; none: as they come"),
  /** drop repeats of words before the split; default: false */
  unique: flag().default(false).describe("drop repeats of words before the split"),
  /** what is predicted; with word a file is a text, and brown is one always; default: character */
  level: choice("character", "word")
    .default("character")
    .describe("what is predicted; with word a file is a text, and brown is one always"),
  /**
   * of words: Unicode's words and other characters, what stands between blanks, or words as
   * Intl.Segmenter finds them; default: text
   */
  tokens: choice(...TOKEN_RULES)
    .default("text")
    .describe(
      "of words: Unicode's words and other characters, what stands between blanks, or words " +
        "as Intl.Segmenter finds them",
    ),
  /** of words: a running text, or a sentence per line, whose end is predicted; default: text */
  lines: choice(...LINE_RULES)
    .default("text")
    .describe("of words: a running text, or a sentence per line, whose end is predicted"),
  /**
   * of words: file with the dev part, of a corpus that comes split; default: a tenth of the text
   */
  devData: partFile()
    .nullable()
    .default(null)
    .describe("of words: file with the dev part, of a corpus that comes split"),
  /**
   * of words: file with the test part, of a corpus that comes split; default: a tenth of the text
   */
  testData: partFile()
    .nullable()
    .default(null)
    .describe("of words: file with the test part, of a corpus that comes split"),
  /** of words: one that occurs less often is <unk>; default: 4 */
  minCount: whole(1, 1_000_000_000)
    .default(4)
    .describe("of words: one that occurs less often is <unk>"),
  /**
   * of words: the most frequent ones to know at most, with --from those of its run among them; 0:
   * no limit; default: 0
   */
  maxWords: whole(0, 10_000_000)
    .default(0)
    .describe(
      "of words: the most frequent ones to know at most, with --from those of its run among " +
        "them; 0: no limit",
    ),
  /** where words are counted: in the whole text, or in its train split; default: stream */
  countOn: choice("stream", "train")
    .default("stream")
    .describe("where words are counted: in the whole text, or in its train split"),
  /** seed of the shuffle before the 80/10/10 split; default: 42 */
  splitSeed: seed().default(42).describe("seed of the shuffle before the 80/10/10 split"),
};
