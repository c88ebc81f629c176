/** `mm-train score NAME...` */
import { Command } from "commander";
import { DataError, UsageError } from "../errors.js";
import { type Score, score } from "../train/score.js";
import { addBackendOptions, addJsonOption, addRunOptions, applyBackendOptions, type CommonOptions, openRun, printJson, type RunOptions } from "./options.js";

export function scoreCommand(): Command {
  const command = new Command("score")
    .description("how well a trained model expects words: loss per character (the end counts as one) and probability")
    .argument("<names...>", "the words");
  addRunOptions(command);
  return addJsonOption(addBackendOptions(command)).action((names: string[], options: CommonOptions & RunOptions) => {
    applyBackendOptions(options);
    const { model, vocabulary } = openRun(options);
    let scores: Score[];
    try {
      scores = score(model, vocabulary, names);
    } catch (error) {
      // The words came from the command line: wrong usage, not a broken corpus.
      throw error instanceof DataError ? new UsageError(error.message) : error;
    }
    if (options.json) printJson({ scores });
    else {
      const rows = scores.map((s) => [s.word, String(s.characters), s.loss.toFixed(4), s.probability.toExponential(2)]);
      printTable([vocabulary.level === "word" ? ["text", "words", "loss", "probability"] : ["word", "characters", "loss", "probability"], ...rows]);
    }
  });
}

/** Columns on standard output, the first one to the left, the others to the right. */
export function printTable(rows: readonly (readonly string[])[]): void {
  // In characters, not in JavaScript's units: a name may be written in any alphabet.
  const size = (text: string) => [...text].length;
  const widths = (rows[0] ?? []).map((_, column) => rows.reduce((most, row) => Math.max(most, size(row[column])), 0));
  const fill = (text: string, column: number) => " ".repeat(widths[column] - size(text));
  const cell = (text: string, column: number) => (column === 0 ? text + fill(text, column) : fill(text, column) + text);
  process.stdout.write(rows.map((row) => `${row.map(cell).join("  ")}\n`).join(""));
}
