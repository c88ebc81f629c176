/** `mm-train compare RUN RUN ...` */
import { Command } from "commander";
import { countText } from "../../../count-text.js";
import { UsageError } from "../../../errors.js";
import { addJsonOption } from "../../options.js";
import { say, sayJson, sayTable, sentence, tell } from "../../terminal/say.js";
import { styled } from "../../terminal/style.js";

interface Options {
  out: string;
  json?: true;
}

export function compareCommand(): Command {
  const command = new Command("compare")
    .description("the losses of several runs in one table and on one page")
    .argument("<runs...>", "run folders, two or more")
    .option("--out <file>", "page to write", "compare.html");
  return addJsonOption(command).action(async (dirs: string[], { out, json }: Options) => {
    if (out === "") throw new UsageError('--out: expected a file name, got ""');
    // The charting library takes a sixth of a second to load: no other command waits for it.
    const { readComparison, writeComparison } = await import("../../../report/index.js");
    const comparison = readComparison(dirs);
    writeComparison(out, comparison);
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
