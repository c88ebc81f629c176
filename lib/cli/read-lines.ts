/** The lines of a file or of standard input, for commands that take a text per line. */
import { isUtf8 } from "node:buffer";
import { readUtf8 } from "../data/text-file.js";
import { DataError } from "../errors.js";

/** A line that is not blank, without the blanks around it, and its 1-based number. */
export interface Line {
  readonly text: string;
  readonly number: number;
}

/**
 * @param file - is standard input.
 * @throws DataError where it is not UTF-8 text, or has no line that is not blank
 */
export async function readLines(file: string): Promise<Line[]> {
  const bytes = file === "-" ? await standardInput() : readUtf8(file);
  const lines = bytes
    .toString()
    .split("\n")
    .map((text, i) => ({ text: text.trim(), number: i + 1 }));
  const found = lines.filter(({ text }) => text !== "");
  if (found.length === 0)
    throw new DataError(nameOf(file), "only blank lines: expected a text per line");
  return found;
}

/** What errors call a file. */
export const nameOf = (file: string): string => (file === "-" ? "standard input" : file);

async function standardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (!isUtf8(bytes)) throw new DataError(nameOf("-"), "not UTF-8 text: convert it to UTF-8");
  return bytes;
}
