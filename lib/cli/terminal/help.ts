/** How --help is laid out, and which options it lists. */
import { type Command, Help, type Option } from "commander";
import { shownOptions } from "../options.js";

/** Columns that a description needs beside its option. */
const BESIDE = 32;
const INDENT = 2;

/** On a terminal too narrow for two columns, what an option does stands below its name. */
export function formatItem(
  this: Help,
  term: string,
  termWidth: number,
  description: string,
  helper: Help,
): string {
  const width = this.helpWidth ?? 80;
  if (description === "" || width - termWidth - 2 * INDENT >= BESIDE)
    return Help.prototype.formatItem.call(this, term, termWidth, description, helper);
  const below = this.boxWrap(description, width - 3 * INDENT).split("\n");
  return [" ".repeat(INDENT) + term, ...below.map((line) => " ".repeat(3 * INDENT) + line)].join(
    "\n",
  );
}

export function visibleOptions(this: Help, command: Command): Option[] {
  return shownOptions(command, Help.prototype.visibleOptions.call(this, command));
}
