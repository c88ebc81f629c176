/** `mm-train plot --run DIR` */
import { Command } from "commander";
import type { Words } from "../../data/index.js";
import { DataError, CheckpointError } from "../../errors.js";
import { latestRunFolder } from "../../run/folder/runs.js";
import { readConfig } from "../../run/folder/run-folder.js";
import { loadRunWords } from "../../run/corpus/run-corpus.js";
import { writeEvents } from "../../report/tensorboard.js";
import { addJsonOption, folderName } from "../options.js";
import { say, sayJson } from "../terminal/say.js";

interface Options {
  run?: string;
  data?: string;
  json?: true;
  tensorboard?: true;
}

export function plotCommand(): Command {
  const command = new Command("plot")
    .description("draw the charts and the report of a run again")
    .option("--run <folder>", "run folder (default: the newest in runs/)")
    .option("--data <corpus>", "where the run's corpus is now, if it moved")
    .option("--tensorboard", "write events for TensorBoard too");
  return addJsonOption(command).action(async ({ run, data, json, tensorboard }: Options) => {
    // The charting library takes a sixth of a second to load: no other command waits for it.
    const { drawRun } = await import("../../report/index.js");
    const dir = folderName("--run", run) ?? latestRunFolder();
    const files = drawRun(dir, { words: corpusWords(dir, data) });
    if (tensorboard) files.push(writeEvents(dir));
    if (json) sayJson({ files });
    else say(files);
  });
}

/**
 * The words of the run, to mark samples. Words that are gone leave them unmarked, but not if --data
 * names them.
 */
function corpusWords(dir: string, data: string | undefined): Words | undefined {
  const config = readConfig(dir);
  const source = data ?? config.data;
  if (source === null) return undefined;
  try {
    return loadRunWords(dir, config, source);
  } catch (error) {
    if (data === undefined && (error instanceof DataError || error instanceof CheckpointError))
      return undefined;
    throw error;
  }
}
