/**
 * A list of words as a configuration wants it: from a file or a column, in one normal form, each
 * once.
 */
import { checkBoolean, checkOptions, checkText, type OptionChecks } from "../../check.js";
import { readColumn } from "../../data/lists/columns.js";
import { distinct, type WeightedWords } from "../../data/lists/distinct.js";
import { resolveCorpus, type Words } from "../../data/index.js";
import { checkForm, type NormalForm, normalized } from "../../data/lists/normal-form.js";
import { sourceName } from "../../data/files/standard-input.js";
import { digestOf, WordList } from "../../data/lists/word-list.js";
import { DataError, UsageError } from "../../errors.js";

/** How a list of words is read. */
export interface ListOptions {
  /** Unicode's normal form of the words; "nfc" where left out, "none" takes them as they come */
  normalize?: NormalForm;
  /** drops repeats before the split; false where left out */
  unique?: boolean;
  /** of a table the column with the words: its name in the first row, or its number from 1 */
  column?: string;
  /** the one with their weights, by which training draws examples; words are distinct then */
  weightColumn?: string;
}

const DEFAULTS: Required<ListOptions> = {
  normalize: "nfc",
  unique: false,
  column: "",
  weightColumn: "",
};

const CHECKS: OptionChecks<ListOptions> = {
  normalize: checkForm,
  unique: checkBoolean,
  column: checkText,
  weightColumn: checkText,
};

/** All options, with defaults. @throws ValueError for what is none */
export const checkListOptions = (list?: ListOptions): Required<ListOptions> => ({
  ...DEFAULTS,
  ...checkOptions("loadCorpus", list, CHECKS),
});

/** A list, and the SHA-256 of its words and weights. */
export interface ListRead extends WeightedWords {
  readonly digest: string;
}

export function readList(
  source: string | Words,
  { normalize, unique, column, weightColumn }: Required<ListOptions>,
): ListRead {
  const name = sourceName(source);
  const read = readWeighted(source, name, column, weightColumn);
  const all = { ...read, words: normalized(read.words, normalize, name) };
  const list = unique || all.weights !== undefined ? distinct(all, name) : all;
  return { ...list, digest: digestOf(list.words, list.weights) };
}

function readWeighted(
  source: string | Words,
  name: string,
  column: string,
  weightColumn: string,
): WeightedWords {
  if (typeof source !== "string") {
    if (column === "") return { words: WordList.of(source) };
    throw new UsageError("column: expected a file with it, got words of a program");
  }
  const file = resolveCorpus(source);
  if (column !== "") return readColumn(file, { column, weightColumn });
  const words = WordList.read(file);
  if (words.length > 1) return { words };
  throw new DataError(
    name,
    "one line only: expected one word per line, or --level word for a text",
  );
}

/** The options among the settings of a run. */
export const listOptions = ({
  normalize,
  unique,
  column,
  weightColumn,
}: Required<ListOptions>): Required<ListOptions> => ({ normalize, unique, column, weightColumn });
