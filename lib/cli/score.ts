/** `mm-train score NAME...` */
import { Command } from "commander";
import { DataError, quote, UsageError } from "../errors.js";
import { type Score, score } from "../train/score.js";
import { addBackendOptions, addJsonOption, addRunOptions, applyBackendOptions, type CommonOptions, finiteLoss, openRun, type RunOptions, tellRun } from "./options.js";
import { sayJson, sayTable } from "./say.js";

export function scoreCommand(): Command {
  const command = new Command("score")
    .description("how well a trained model expects words: loss per character (the end counts as one) and probability")
    .argument("<names...>", "the words");
  addRunOptions(command);
  return addJsonOption(addBackendOptions(command)).action((names: string[], options: CommonOptions & RunOptions) => {
    applyBackendOptions(options);
    const { dir, model, vocabulary } = openRun(options);
    let scores: Score[];
    try {
      scores = score(model, vocabulary, names);
    } catch (error) {
      // The words came from the command line: wrong usage, not a broken corpus.
      throw error instanceof DataError ? new UsageError(error.message) : error;
    }
    for (const { word, loss } of scores) finiteLoss(dir, `the loss of ${quote(word)}`, loss);
    tellRun(dir, options);
    if (options.json) sayJson({ run: dir, scores });
    else {
      const rows = scores.map((s) => [s.word, String(s.characters), s.loss.toFixed(4), s.probability.toExponential(2)]);
      sayTable([vocabulary.level === "word" ? ["text", "words", "loss", "probability"] : ["word", "characters", "loss", "probability"], ...rows]);
    }
  });
}
