#!/usr/bin/env node
/**
 * `mm-train`: reads the command line, runs a command, turns every failure into one line and an exit
 * code.
 */
import { existsSync } from "node:fs";
import { Command } from "commander";
import { brownVariant } from "../data/index.js";
import { quote, UsageError } from "../errors.js";
import { nearest } from "../run/settings/nearest.js";
import { benchCommand } from "./commands/bench.js";
import { compareCommand } from "./commands/many/compare.js";
import { completionCommand, completionServer } from "./commands/completion.js";
import { doctorCommand } from "./commands/doctor.js";
import { evaluateCommand } from "./commands/evaluate.js";
import { FAILED, sayFailure } from "./failure.js";
import { formatItem, visibleOptions } from "./terminal/help.js";
import { findLrCommand } from "./commands/find-lr.js";
import { labCommand } from "./commands/many/lab.js";
import { plotCommand } from "./commands/plot.js";
import { runsCommand } from "./commands/many/runs.js";
import { sampleCommand } from "./commands/sample.js";
import { tell } from "./terminal/say.js";
import { scoreCommand } from "./commands/score.js";
import { sweepCommand } from "./commands/many/sweep.js";
import { trainCommand } from "./commands/train.js";
import { packageVersion } from "../package-root.js";
import { workerCommand } from "./commands/many/worker.js";

const program = new Command("mm-train")
  .description(
    "Trains neural language models (Bengio et al. 2003) over characters, as in the makemore " +
      "lecture, or over words, and makes up new ones.",
  )
  .version(packageVersion(), "-v, --version")
  .addHelpText(
    "after",
    "\nmm-train COMMAND --help lists a command's options.\n`mm-train words.txt --steps " +
      "50000` is short for `mm-train train ...`.",
  )
  .addCommand(trainCommand(), { isDefault: true })
  .addCommand(sampleCommand())
  .addCommand(scoreCommand())
  .addCommand(evaluateCommand())
  .addCommand(findLrCommand())
  .addCommand(runsCommand())
  .addCommand(compareCommand())
  .addCommand(plotCommand())
  .addCommand(sweepCommand())
  .addCommand(workerCommand())
  .addCommand(labCommand())
  .addCommand(benchCommand())
  .addCommand(doctorCommand())
  .addCommand(completionCommand());
program.addCommand(completionServer(program), { hidden: true });

for (const command of [program, ...program.commands]) {
  command.exitOverride();
  command.configureHelp({ formatItem, visibleOptions, minWidthToWrap: 20 });
  command.configureOutput({
    outputError: (text) =>
      tell(
        `mm-train: ${text
          .replace(/^error: /, "")
          .trim()
          .replaceAll("\n", " ")}`,
      ),
  });
}

/** @throws UsageError for a misspelt command, which `train` would take for a file of words */
function checkCommand(word: string | undefined): void {
  const names = program
    .createHelp()
    .visibleCommands(program)
    .map((command) => command.name());
  if (word === undefined || [...names, "completion-server"].includes(word) || existsSync(word))
    return;
  if (word === "names" || brownVariant(word) !== undefined) return;
  // What has dots, slashes or digits is a file that is not there, which `train` says better.
  if (!/^[a-z][a-z-]*$/i.test(word)) return;
  const near = nearest(word, [...names, "names", "brown"]);
  const hint =
    near === undefined ? `the commands are ${names.join(", ")}` : `did you mean ${near}?`;
  throw new UsageError(`no command and no file ${quote(word)}; ${hint}`);
}

// A reader that stops early (`mm-train sample | head`) is no failure; a full disk is one. Either
// way a training goes on to save its model.
for (const [name, stream] of [
  ["stdout", process.stdout],
  ["stderr", process.stderr],
] as const) {
  let told = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || told) return;
    told = true;
    process.exitCode = FAILED;
    if (name === "stdout") tell(`mm-train: stdout: cannot be written (${error.code})`);
  });
}

try {
  checkCommand(process.argv.at(2));
  await program.parseAsync();
} catch (error) {
  process.exitCode = sayFailure(error);
}
