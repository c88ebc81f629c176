/** `mm-train find-lr [words.txt]` */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { quote, UsageError } from "../../errors.js";
import { trainerOptions } from "../../run/create-training.js";
import { optionName } from "../../run/settings/config.js";
import { loadCorpus } from "../../run/corpus/corpus.js";
import { blockSizeOf, isCounted } from "../../models/registry.js";
import { listOptions } from "../../run/corpus/read-list.js";
import { cacheBeside } from "../../run/corpus/token-cache/cache-folder.js";
import { textOptions } from "../../run/corpus/text-options.js";
import { findLearningRate } from "../../train/find-lr.js";
import { parseConfig } from "../../run/settings/parse-config.js";
import { withRunFiles } from "../../run/disk/run-files.js";
import { ensureFolder } from "../../run/disk/folder.js";
import { freshRunFolder, RUNS } from "../../run/folder/runs.js";
import { drawOrSay } from "../draw.js";
import {
  addBackendOptions,
  addJsonOption,
  addPresetOption,
  addSettingOptions,
  applyBackendOptions,
  asNumber,
  type CommonOptions,
  folderName,
  oneCorpus,
  wholeNumber,
} from "../options.js";
import { say, sayJson, sentence } from "../terminal/say.js";

/** Settings of a training run that mean nothing to one step at each rate. */
export const OF_LONG_RUNS: readonly string[] = [
  "steps",
  "lr",
  "logEvery",
  "evalEvery",
  "patience",
  "checkpointEvery",
  "samples",
  "sampleSeed",
];

interface Options extends CommonOptions, Record<string, unknown> {
  from: unknown;
  to: unknown;
  trials: unknown;
  out?: string;
}

export function findLrCommand(): Command {
  const command = new Command("find-lr")
    .description("try many learning rates, one step each, and suggest one")
    .argument(
      "[words]",
      "file with one word per line, a table or a text, also as .gz; - is standard input; " +
        "short for --data",
    );
  addPresetOption(addSettingOptions(command, OF_LONG_RUNS))
    .addOption(
      new Option("--from <exponent>", "log10 of the first rate").argParser(asNumber).default(-3),
    )
    .addOption(
      new Option("--to <exponent>", "log10 of the last rate").argParser(asNumber).default(0),
    )
    .addOption(new Option("--trials <n>", "how many rates").argParser(asNumber).default(1000))
    .option(
      "--out <folder>",
      "where to write find-lr.json and find-lr.svg (default: runs/NAME-find-lr, a new one)",
    );
  return addJsonOption(addBackendOptions(command)).action(runFindLr);
}

const exponent = (option: string, value: unknown): number => {
  if (typeof value === "number" && value >= -30 && value <= 30) return value;
  throw new UsageError(`${option}: expected a number from -30 to 30, got ${quote(value)}`);
};

async function runFindLr(_: string | undefined, options: Options, command: Command): Promise<void> {
  const { from, to, trials: count, out, json, backend, threads, ...settings } = options;
  const config = parseConfig(
    { ...settings, data: oneCorpus(command.args, settings.data) },
    optionName,
  );
  if (isCounted(config))
    throw new UsageError(`--model: expected one that is trained, got ${config.model}`);
  const range = {
    from: exponent("--from", from),
    to: exponent("--to", to),
    trials: wholeNumber("--trials", count, 2, 1_000_000),
  };
  const folder = folderName("--out", out);
  if (
    folder !== undefined &&
    ["find-lr.json", "config.json"].some((file) => existsSync(join(folder, file)))
  ) {
    throw new UsageError(
      `--out: ${folder} holds results already; nothing is overwritten, name another folder`,
    );
  }
  applyBackendOptions({ backend, threads }, range.trials);
  const corpus = loadCorpus(
    config.data,
    blockSizeOf(config),
    config.splitSeed,
    textOptions(config),
    listOptions(config),
    undefined,
    cacheBeside(folder ?? join(RUNS, "run")),
  );
  const { trials, ...found } = findLearningRate({ ...trainerOptions(config, corpus), ...range });
  const { suggested, lowest, reason } = found;
  const run = folder ?? freshRunFolder(config.data, "-find-lr");
  ensureFolder(run);
  withRunFiles(run, (files) =>
    files.write({
      "find-lr.json": `${JSON.stringify({ ...found, level: config.level, trials })}\n`,
    }),
  );
  const chart = await drawOrSay(async () =>
    (await import("../../report/index.js")).drawFinder(run),
  );
  if (json) {
    for (const trial of trials) sayJson({ event: "trial", ...trial });
    sayJson({ event: "result", ...found, run });
    return;
  }
  const shown = Math.max(1, Math.floor(trials.length / 20));
  const lines = trials
    .filter((_, i) => i % shown === 0)
    .map((t) => `${t.rate.toExponential(2).padStart(10)}  ${t.smoothed.toFixed(4)}`);
  say([
    "      rate  smoothed loss",
    ...lines,
    "",
    ...sentence(`suggested learning rate: ${suggested} (${reason})`),
    ...sentence(`the lecture takes the lowest itself: ${lowest}`),
    chart ?? run,
  ]);
}
