/** `mm-train sample --run DIR` */
import { Command, Option } from "commander";
import { splitPositions } from "../data/splits.js";
import { WordIndex } from "../data/word-index.js";
import { UsageError } from "../errors.js";
import { Generator } from "../random/index.js";
import { configSchema, optionName } from "../train/config.js";
import type { RunConfig } from "../train/run-folder.js";
import { checkSampleOptions, sample, type SampleOptions, sampleWithProbabilities } from "../train/sample.js";
import { loadRunCorpus } from "../train/corpus.js";
import {
  addBackendOptions, addJsonOption, addRunOptions, applyBackendOptions, asNumber, type CommonOptions, openRun, type RunOptions, tellRun, wholeNumber,
} from "./options.js";
import { say, sayJson, sayTable } from "./say.js";

interface Options extends CommonOptions, RunOptions, Pick<SampleOptions, "temperature" | "topK" | "prefix"> {
  count: unknown;
  seed: unknown;
  newOnly?: true;
  data?: string;
  probabilities?: true;
}

export function sampleCommand(): Command {
  const number = (flags: string, description: string) => new Option(flags, description).argParser(asNumber);
  const command = new Command("sample").description("make up words with a trained model");
  addRunOptions(command)
    .addOption(number("--count <n>", "how many").default(20))
    .addOption(number("--seed <n>", "of the draws").default(configSchema.shape.sampleSeed.def.defaultValue))
    .addOption(number("--temperature <x>", "below 1: likelier words; above 1: stranger ones (default: 1)"))
    .addOption(number("--top-k <n>", "draw among the n likeliest characters only (default: all)"))
    .option("--prefix <text>", "characters that every word starts with")
    .option("--new-only", "only words that the model was not trained on")
    .option("--data <corpus>", "with --new-only: where the run's corpus is now, if it moved")
    .option("--probabilities", "print how likely the model makes each word (at temperature 1, from no prefix)");
  return addJsonOption(addBackendOptions(command)).action((options: Options) => {
    applyBackendOptions(options);
    const count = wholeNumber("--count", options.count, 0, 1_000_000);
    const seed = wholeNumber("--seed", options.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    if (options.data !== undefined && !options.newOnly) {
      throw new UsageError("--data: expected --new-only with it, which alone reads the corpus");
    }
    const { dir, config, model, vocabulary } = openRun(options);
    const { temperature, topK, prefix } = options;
    checkSampleOptions({ temperature, topK, prefix }, vocabulary, optionName);
    const exclude = options.newOnly && trainingWords(dir, config, options.data);
    const how: SampleOptions = { temperature, topK, prefix, exclude };

    if (options.probabilities) {
      const made = sampleWithProbabilities(model, vocabulary, count, new Generator(seed), how);
      tellRun(dir, options);
      if (options.json) sayJson({ run: dir, samples: made.map((m) => m.word), probabilities: made.map((m) => m.probability) });
      else sayTable(made.map((m) => [m.word, m.probability.toExponential(2)]));
      return;
    }
    const samples = sample(model, vocabulary, count, new Generator(seed), how);
    tellRun(dir, options);
    if (options.json) sayJson({ run: dir, samples });
    else say(samples);
  });
}

/** The words a run learned from. */
function trainingWords(dir: string, config: RunConfig, data?: string): WordIndex {
  if (config.level === "word") throw new UsageError("--new-only: expected a model of characters, got one of words");
  const { words } = loadRunCorpus(dir, config, data);
  return new WordIndex(words, splitPositions(words.length, config.splitSeed).train);
}
