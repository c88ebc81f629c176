/** `mm-train sample --run DIR` */
import { Command, Option } from "commander";
import { Generator } from "../random/index.js";
import { configSchema } from "../train/config.js";
import { latestRunFolder, loadRun } from "../train/run-folder.js";
import { sample } from "../train/sample.js";
import { addBackendOptions, addJsonOption, applyBackendOptions, asNumber, folderName, printJson, wholeNumber } from "./options.js";

interface Options {
  run?: string;
  count: unknown;
  seed: unknown;
  json?: true;
  backend?: "native" | "reference";
  threads?: unknown;
}

export function sampleCommand(): Command {
  const command = new Command("sample")
    .description("make up words with a trained model")
    .option("--run <folder>", "run folder (default: the newest in runs/)")
    .addOption(new Option("--count <n>", "how many").argParser(asNumber).default(20))
    .addOption(new Option("--seed <n>", "of the draws").argParser(asNumber).default(configSchema.shape.sampleSeed.def.defaultValue));
  return addJsonOption(addBackendOptions(command)).action((options: Options) => {
    applyBackendOptions(options);
    const count = wholeNumber("--count", options.count, 0, 1_000_000);
    const seed = wholeNumber("--seed", options.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    const { model, vocabulary } = loadRun(folderName("--run", options.run) ?? latestRunFolder());
    const samples = sample(model, vocabulary, count, new Generator(seed));
    if (options.json) printJson({ samples });
    else process.stdout.write(samples.map((word) => `${word}\n`).join(""));
  });
}
