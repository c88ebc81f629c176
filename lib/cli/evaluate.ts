/** `mm-train evaluate --run DIR --split dev` */
import { Command, Option } from "commander";
import { loadRunCorpus, SPLITS, type Split } from "../train/corpus.js";
import { evaluate } from "../train/evaluate.js";
import { latestRunFolder, loadRun } from "../train/run-folder.js";
import { addBackendOptions, addJsonOption, applyBackendOptions, type CommonOptions, folderName, printJson } from "./options.js";

interface Options extends CommonOptions {
  run?: string;
  split: Split;
  data?: string;
}

export function evaluateCommand(): Command {
  const command = new Command("evaluate")
    .description("mean loss per character of a split; look at the test split once, at the very end")
    .option("--run <folder>", "run folder (default: the newest in runs/)")
    .addOption(new Option("--split <name>", "which part of the corpus").choices(SPLITS).default("dev"))
    .option("--data <corpus>", "where the run's corpus is now, if it moved");
  return addJsonOption(addBackendOptions(command)).action((options: Options) => {
    applyBackendOptions(options);
    const dir = folderName("--run", options.run) ?? latestRunFolder();
    const { config, model } = loadRun(dir);
    const corpus = loadRunCorpus(dir, config, options.data);
    const loss = evaluate(model, corpus.splits[options.split]);
    if (options.json) printJson({ split: options.split, loss });
    else process.stdout.write(`${options.split} loss ${loss.toFixed(4)}\n`);
  });
}
