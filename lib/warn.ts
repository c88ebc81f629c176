/** Warnings of the library: a line each on standard error. */
import { printable } from "./printable.js";

// Not process.emitWarning, which makes two lines of it, neither of them the command line's.
export const warn = (text: string): void =>
  void process.stderr.write(`mm-train: ${printable(text)}\n`);
