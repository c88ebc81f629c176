/** `mm-train find-lr [words.txt]` */
import { Command, Option } from "commander";
import { quote, UsageError } from "../errors.js";
import { MLP } from "../models/index.js";
import { Generator } from "../random/index.js";
import { optionName, parseConfig } from "../train/config.js";
import { loadCorpus, textOptions } from "../train/corpus.js";
import { findLearningRate } from "../train/find-lr.js";
import { withRunFiles } from "../train/disk/run-files.js";
import { ensureFolder, freshRunFolder } from "../train/run-folder.js";
import { drawOrSay } from "./draw.js";
import { addBackendOptions, addJsonOption, applyBackendOptions, asNumber, type CommonOptions, folderName, printJson, settingOption, wholeNumber } from "./options.js";

/** Settings of a training run that the finder shares. */
const KEYS = ["data", "blockSize", "embedding", "hidden", "batchSize", "seed", "splitSeed", "batchSeed"] as const;

interface Options extends CommonOptions, Record<string, unknown> {
  from: unknown;
  to: unknown;
  trials: unknown;
  out?: string;
}

export function findLrCommand(): Command {
  const command = new Command("find-lr")
    .description("try many learning rates, one step each, and suggest one")
    .argument("[words]", "file with one word per line; short for --data");
  for (const key of KEYS) command.addOption(settingOption(key));
  command
    .addOption(new Option("--from <exponent>", "log10 of the first rate").argParser(asNumber).default(-3))
    .addOption(new Option("--to <exponent>", "log10 of the last rate").argParser(asNumber).default(0))
    .addOption(new Option("--trials <n>", "how many rates").argParser(asNumber).default(1000))
    .option("--out <folder>", "where to write find-lr.json and find-lr.svg (default: runs/NAME-find-lr, a new one)");
  return addJsonOption(addBackendOptions(command)).action(runFindLr);
}

const exponent = (option: string, value: unknown): number => {
  if (typeof value === "number" && value >= -30 && value <= 30) return value;
  throw new UsageError(`${option}: expected a number from -30 to 30, got ${quote(value)}`);
};

async function runFindLr(words: string | undefined, options: Options): Promise<void> {
  const { from, to, trials: count, out, json, backend, threads, ...settings } = options;
  const config = parseConfig(words === undefined ? settings : { ...settings, data: words }, optionName);
  const range = { from: exponent("--from", from), to: exponent("--to", to), trials: wholeNumber("--trials", count, 2, 1_000_000) };
  const folder = folderName("--out", out);
  applyBackendOptions({ backend, threads });
  const { vocabulary, splits } = loadCorpus(config.data, config.blockSize, config.splitSeed, textOptions(config));
  const { trials, suggested, reason } = findLearningRate({
    model: MLP.create({ ...config, vocabularySize: vocabulary.size }, new Generator(config.seed)),
    examples: splits.train, batchSize: config.batchSize, generator: new Generator(config.batchSeed), ...range,
  });
  const run = folder ?? freshRunFolder(config.data, "-find-lr");
  ensureFolder(run);
  withRunFiles(run, (files) => files.write({ "find-lr.json": `${JSON.stringify({ suggested, reason, trials })}\n` }));
  const chart = await drawOrSay(async () => (await import("../report/index.js")).drawFinder(run));
  if (json) {
    for (const trial of trials) printJson({ event: "trial", ...trial });
    printJson({ event: "result", suggested, reason, run });
    return;
  }
  const shown = Math.max(1, Math.floor(trials.length / 20));
  const lines = trials.filter((_, i) => i % shown === 0).map((t) => `${t.rate.toExponential(2).padStart(10)}  ${t.smoothed.toFixed(4)}`);
  process.stdout.write(`${["      rate  smoothed loss", ...lines, "", `suggested learning rate: ${suggested} (${reason})`, chart ?? run].join("\n")}\n`);
}
