/** The lines of a file or of standard input, for commands that take a text per line. */
import { sourceName } from "../../data/files/standard-input.js";
import { readUtf8 } from "../../data/files/text-file.js";
import { DataError } from "../../errors.js";

/** A line that is not blank, without the blanks around it, and its 1-based number. */
export interface Line {
  readonly text: string;
  readonly number: number;
}

/**
 * @param file - is standard input.
 * @throws DataError where it is no text, or has no line that is not blank
 */
export function readLines(file: string): Line[] {
  const lines = readUtf8(file)
    .toString()
    .split("\n")
    .map((text, i) => ({ text: text.trim(), number: i + 1 }));
  const found = lines.filter(({ text }) => text !== "");
  if (found.length === 0)
    throw new DataError(sourceName(file), "only blank lines: expected a text per line");
  return found;
}
