/** Settings of the corpus: what is read, how it becomes words or tokens, how it is split. */
import { LINE_RULES, TOKEN_RULES } from "../../data/texts/tokenizer.js";
import { choice, flag, seed, integer } from "../../setting-kinds.js";
import { column, file, partFile } from "./kinds.js";

export const dataSettings = {
  data: file()
    .default("names")
    .describe(
      "corpus: names (shipped), brown:A or brown:P (the Brown corpus), or a file with one " +
        "word per line",
    ),
  column: column()
    .default("")
    .describe(
      "of a table (CSV, TSV): the column with the words, by its name in the first row or its " +
        "number from 1",
    ),
  weightColumn: column()
    .default("")
    .describe(
      "of a table: the column with their weights; examples are drawn by them, and the words " +
        "are distinct",
    ),
  normalize: choice("nfc", "none")
    .default("nfc")
    .describe("Unicode's normal form of characters; none: as they come"),
  unique: flag().default(false).describe("drop repeats of words before the split"),
  level: choice("character", "word")
    .default("character")
    .describe("what is predicted; with word a file is a text, and brown is one always"),
  tokens: choice(...TOKEN_RULES)
    .default("text")
    .describe(
      "of words: Unicode's words and other characters, what stands between blanks, or words " +
        "as Intl.Segmenter finds them",
    ),
  lines: choice(...LINE_RULES)
    .default("text")
    .describe("of words: a running text, or a sentence per line, whose end is predicted"),
  devData: partFile()
    .nullable()
    .default(null)
    .describe("of words: file with the dev part, of a corpus that comes split"),
  testData: partFile()
    .nullable()
    .default(null)
    .describe("of words: file with the test part, of a corpus that comes split"),
  minCount: integer(1, 1_000_000_000)
    .default(4)
    .describe("of words: one that occurs less often is <unk>"),
  maxWords: integer(0, 10_000_000)
    .default(0)
    .describe(
      "of words: the most frequent ones to know at most, with --from those of its run among " +
        "them; 0: no limit",
    ),
  countOn: choice("stream", "train")
    .default("stream")
    .describe("where words are counted: in the whole text, or in its train split"),
  splitSeed: seed().default(42).describe("seed of the shuffle before the 80/10/10 split"),
};
