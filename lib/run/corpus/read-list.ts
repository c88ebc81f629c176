/**
 * A list of words as a configuration wants it: from a file or a column, in one normal form, each
 * once.
 */
import { checkBoolean, checkObject, checkText } from "../../check.js";
import { readColumn } from "../../data/columns.js";
import { distinct, type WeightedWords } from "../../data/distinct.js";
import { resolveCorpus, type Words } from "../../data/index.js";
import { checkForm, type NormalForm, normalized } from "../../data/normal-form.js";
import { WordList } from "../../data/word-list.js";
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

/** @throws ValueError */
export function checkListOptions(options: ListOptions): Required<ListOptions> {
  const what = "loadCorpus: list";
  const {
    normalize = "nfc",
    unique = false,
    column = "",
    weightColumn = "",
  } = checkObject(what, options);
  checkForm(`${what}.normalize`, normalize);
  checkBoolean(`${what}.unique`, unique);
  checkText(`${what}.column`, column);
  checkText(`${what}.weightColumn`, weightColumn);
  return { normalize, unique, column, weightColumn };
}

/** @param name of the words in errors */
export function readList(
  source: string | Words,
  name: string,
  { normalize, unique, column, weightColumn }: Required<ListOptions>,
): WeightedWords {
  const read = readWeighted(source, name, column, weightColumn);
  const words = normalized(read.words, normalize, name);
  const list = { ...read, words };
  return unique || list.weights !== undefined ? distinct(list, name) : list;
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
