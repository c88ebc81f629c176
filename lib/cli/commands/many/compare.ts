/** `mm-train compare RUN RUN ...`, or the folder of a sweep */
import { Command } from "commander";
import { countText } from "../../../count-text.js";
import { UsageError } from "../../../errors.js";
import { writeFileAtomic } from "../../../run/disk/file.js";
import { readSweep } from "../../../sweep/index.js";
import { readSpace } from "../../../sweep/folder/sweep-folder.js";
import { jsonTrial, printTrials } from "./trials-table.js";
import { addJsonOption } from "../../options.js";
import { say, sayJson, sayTable, sentence, tell } from "../../terminal/say.js";
import { styled } from "../../terminal/style.js";

interface Options {
  out?: string;
  csv?: string;
  json?: true;
}

export function compareCommand(): Command {
  const command = new Command("compare")
    .description("the losses of several runs in one table and on one page")
    .argument("<runs...>", "run folders, two or more, or the folder of a sweep")
    .option("--out <file>", "page to write (default: compare.html; of a sweep its sweep.html)")
    .option("--csv <file>", "the table for other programs, too");
  return addJsonOption(command).action(async (dirs: string[], options: Options) => {
    const { out = "compare.html", csv, json } = options;
    for (const [name, file] of Object.entries({ out, csv }))
      if (file === "") throw new UsageError(`--${name}: expected a file name, got ""`);
    if (dirs.length === 1 && readSpace(dirs[0]) !== undefined)
      return compareSweep(dirs[0], options);
    // The charting library takes a sixth of a second to load: no other command waits for it.
    const { comparisonCsv, readComparison, writeComparison } =
      await import("../../../report/index.js");
    const comparison = readComparison(dirs);
    writeComparison(out, comparison);
    if (csv !== undefined) writeFileAtomic(csv, comparisonCsv(comparison));
    const { runs, settings, cautions } = comparison;
    if (json) {
      const losses = runs.map(({ dir, last, best, parameters, record }) => ({
        run: dir,
        devLoss: last?.devLoss,
        trainLoss: last?.trainLoss,
        steps: record.config.stepsDone,
        parameters,
        best: best && { step: best.step, devLoss: best.devLoss },
      }));
      sayJson({ runs: losses, settings, cautions, page: out });
      return;
    }
    const loss = (value: number | undefined): string => value?.toFixed(4) ?? "-";
    sayTable([
      ["run", "dev loss", "lowest dev", "train loss", "steps"].map((text) =>
        styled("heading", text),
      ),
      ...runs.map(({ dir, last, best, record }) => [
        dir,
        loss(last?.devLoss),
        loss(best?.devLoss),
        loss(last?.trainLoss),
        countText(record.config.stepsDone),
      ]),
    ]);
    if (cautions.length > 0) tell(cautions.flatMap((text) => sentence(text, process.stderr)));
    say(["", out]);
  });
}

/** The trials of a sweep, as `sweep` prints them, also while it goes on. */
async function compareSweep(dir: string, { out, csv, json }: Options): Promise<void> {
  const { sweepCsv, writeSweepPage } = await import("../../../report/index.js");
  const record = readSweep(dir);
  const page = writeSweepPage(record, out);
  if (csv !== undefined) writeFileAtomic(csv, sweepCsv(record));
  const { trials, done } = record;
  if (json) return sayJson({ sweep: dir, done, trials: trials.map(jsonTrial), page });
  printTrials(trials, page);
  if (!done) tell("not all of it is trained yet");
  say(["", page]);
}
