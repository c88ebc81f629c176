/** `mm-train evaluate --run DIR --split dev` */
import { Command, Option } from "commander";
import { loadRunCorpus, SPLITS, type Split } from "../train/corpus.js";
import { evaluate } from "../train/evaluate.js";
import { recordTestLook } from "../train/test-looks.js";
import { drawReport } from "./draw.js";
import { addBackendOptions, addJsonOption, addRunOptions, applyBackendOptions, type CommonOptions, openRun, printJson, type RunOptions } from "./options.js";

interface Options extends CommonOptions, RunOptions {
  split: Split;
  data?: string;
}

export function evaluateCommand(): Command {
  const command = new Command("evaluate").description(
    "mean loss per character of a split; look at the test split once, at the very end: looks are counted",
  );
  addRunOptions(command)
    .addOption(new Option("--split <name>", "which part of the corpus").choices(SPLITS).default("dev"))
    .option("--data <corpus>", "where the run's corpus is now, if it moved");
  return addJsonOption(addBackendOptions(command)).action(runEvaluate);
}

async function runEvaluate(options: Options): Promise<void> {
  applyBackendOptions(options);
  const { split } = options;
  const { dir, config, model } = openRun(options);
  const { splits, words } = loadRunCorpus(dir, config, options.data);
  const loss = evaluate(model, splits[split]);
  // Counted before it is shown: a look that is not in the folder has not happened.
  const look = { date: new Date().toISOString(), loss, steps: config.stepsDone, model: options.best ? "best" : "last" } as const;
  const looks = split === "test" ? recordTestLook(dir, look).length : undefined;
  if (options.json) printJson({ split, loss, ...(looks !== undefined && { looks }) });
  else {
    const note = looks === undefined ? "" : ` (look ${looks} at the test split of this run${looks > 1 ? ": choosing by it spoils it" : ""})`;
    process.stdout.write(`${split} loss ${loss.toFixed(4)}${note}\n`);
  }
  if (looks !== undefined) await drawReport(dir, words); // report.html shows the looks
}
