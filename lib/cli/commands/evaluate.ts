/** `mm-train evaluate --run DIR --split dev` */
import { Command, Option } from "commander";
import { countOf } from "../../count-text.js";
import type { Batch } from "../../data/examples/batches.js";
import { datasetOf } from "../../data/examples/dataset.js";
import type { Tokens } from "../../data/index.js";
import { type Corpus, SPLITS, type Split } from "../../run/corpus/corpus.js";
import { loadRunCorpus } from "../../run/corpus/run-corpus.js";
import { evaluateKnown, perplexity } from "../../train/evaluate.js";
import { cacheBeside } from "../../run/corpus/token-cache/cache-folder.js";
import { withMoved } from "../../run/corpus/moved-files.js";
import { readExamples, roleOf } from "../../run/corpus/other-text.js";
import { Mixture, type LanguageModel } from "../../models/index.js";
import { quote, UsageError } from "../../errors.js";
import { recordTestLook } from "../../run/folder/test-evaluations.js";
import type { Run, RunConfig } from "../../run/folder/run-folder.js";
import { drawReport } from "../draw.js";
import { knownJson, knownText, lossText } from "../loss-text.js";
import { MeasuringBar } from "../terminal/measuring-bar.js";
import {
  addBackendOptions,
  addJsonOption,
  addRunOptions,
  applyBackendOptions,
  asNumber,
  type CommonOptions,
  finiteLoss,
  folderName,
  openRun,
  type RunOptions,
  tellRun,
} from "../options.js";
import { say, sayJson, sentence } from "../terminal/say.js";

const WEIGHTS = "a number from 0 to 1, learned, or frequency";

interface Options extends CommonOptions, RunOptions {
  mix?: string;
  mixWeight?: unknown;
  split?: Split;
  data?: string;
  devData?: string;
  testData?: string;
}

export function evaluateCommand(): Command {
  const command = new Command("evaluate").description(
    "mean loss per character (word) of a split or of another text; look at the test split " +
      "once, at the very end: looks are counted",
  );
  addRunOptions(command)
    .addOption(
      new Option("--split <name>", "which part of the corpus (default: dev)").choices(SPLITS),
    )
    .option(
      "--mix <folder>",
      "mix the probabilities with those of another run over the same corpus",
    )
    .addOption(
      new Option(
        "--mix-weight <w>",
        `of the first run: ${WEIGHTS} (both found on the dev split; default: 0.5)`,
      ).argParser(asNumber),
    )
    .option(
      "--data <corpus>",
      "any other text, measured whole; or where the run's corpus is now, if it moved",
    )
    .option("--dev-data <file>", "where the dev part's own file is now, if it moved")
    .option("--test-data <file>", "where the test part's own file is now, if it moved");
  return addJsonOption(addBackendOptions(command)).action(runEvaluate);
}

async function runEvaluate(options: Options): Promise<void> {
  applyBackendOptions(options);
  const { mixWeight = 0.5, data } = options;
  if (options.mix === undefined && options.mixWeight !== undefined)
    throw new UsageError("--mix-weight: expected --mix with it");
  if (options.split === "test" && options.run === undefined) {
    throw new UsageError(
      "--split test: expected --run with it: a look at the test split is counted, and should " +
        "not fall on whichever run is the newest",
    );
  }
  const opened = openRun(options);
  const { devData, testData } = options;
  const run = { ...opened, config: withMoved(opened.dir, opened.config, { devData, testData }) };
  const { dir, config, model: own, vocabulary } = run;
  const mix = folderName("--mix", options.mix);
  const other = mix === undefined ? undefined : openRun({ ...options, run: mix });
  const another = other && difference(run, other);
  if (another !== undefined)
    throw new UsageError(`--mix: ${mix} is of another ${another} than ${dir}`);
  // Contexts as wide as the model that looks back further needs; weights by frequency look at two
  // words.
  const width =
    other === undefined ? own.blockSize : Math.max(2, own.blockSize, other.model.blockSize);
  const text = data !== undefined && isOtherText(data, options.split, run) ? data : undefined;
  const split = text === undefined ? (options.split ?? "dev") : undefined;
  let corpus: Corpus | undefined;
  const runCorpus = () =>
    (corpus ??= loadRunCorpus(dir, config, text === undefined ? data : undefined, width));
  const examples =
    split === undefined
      ? readExamples(String(text), vocabulary, width, cacheBeside(dir))
      : runCorpus().splits[split];
  const model =
    other === undefined ? own : mixed([own, other.model], mixWeight, () => runCorpus().splits);
  const { loss, known } = measure(model, vocabulary, examples, split);
  finiteLoss(dir, `the loss of ${split === undefined ? text : `the ${split} split`}`, loss);
  // Counted before it is shown: a look that is not in the folder has not happened.
  const look = {
    date: new Date().toISOString(),
    loss,
    steps: config.stepsDone,
    model: options.best ? "best" : "last",
    ...(other && { mixedWith: other.dir }),
  } as const;
  const looks = split === "test" ? recordTestLook(dir, look).length : undefined;
  tellRun(dir, options);
  const weights = model instanceof Mixture ? model.weights : undefined;
  if (options.json) {
    const what = split === undefined ? { split: null, data: text } : { split };
    sayJson({
      run: dir,
      ...what,
      loss,
      perplexity: perplexity(loss),
      ...(known && knownJson(known)),
      ...(weights && { weights }),
      ...(looks !== undefined && { looks }),
    });
  } else {
    const note =
      looks === undefined
        ? ""
        : ` (look ${looks} at the test split of this ` +
          `run${looks > 1 ? ": choosing by it spoils it" : ""})`;
    const what =
      split === undefined ? `${text} (another text than the run's corpus): loss` : `${split} loss`;
    say([
      ...sentence(`${what} ${lossText(loss, known !== undefined)}${note}`),
      ...(known ? sentence(knownText(known)) : []),
    ]);
  }
  if (looks !== undefined) await drawReport(dir, runCorpus().words); // report.html shows the looks
}

/**
 * Whether a file is measured whole, as another text, or is the run's corpus, of which a split is.
 * @throws UsageError where a split of another text is asked for, and for the file of a split
 */
function isOtherText(
  file: string,
  split: Split | undefined,
  { config, dir }: { config: RunConfig; dir: string },
): boolean {
  const role = roleOf(file, config, cacheBeside(dir));
  if (role === "corpus") return false;
  if (role !== "other") {
    const why = role === "test" ? ", which counts the look" : "";
    throw new UsageError(
      `--data: ${file} is the run's ${role} split: measure it with --split ${role}${why}`,
    );
  }
  if (split === undefined) return true;
  throw new UsageError(
    `--split: ${file} is another text than the run's corpus, and measured whole: leave out ` +
      "--split, or name the corpus with --data",
  );
}

function measure(
  model: LanguageModel,
  vocabulary: Tokens,
  examples: Batch,
  split: Split | undefined,
): ReturnType<typeof evaluateKnown> {
  const total = datasetOf("evaluate: examples", examples).count;
  const bar = new MeasuringBar(
    countOf(total, split === undefined ? "example" : `${split} example`),
  );
  let done = 0;
  try {
    return evaluateKnown(model, vocabulary, examples, (n) => bar.show((done += n), total));
  } finally {
    bar.stop();
  }
}

/**
 * What keeps the models of two runs from being mixed: their tokens must be the same, and what one
 * is measured on the other must not have learned.
 */
function difference(a: Run, b: Run): string | undefined {
  if (a.config.wordsSha256 !== b.config.wordsSha256 || a.config.level !== b.config.level)
    return "corpus";
  if (
    a.vocabulary.size !== b.vocabulary.size ||
    a.vocabulary.itos.some((token, i) => token !== b.vocabulary.itos[i])
  )
    return "vocabulary";
  return a.config.level === "character" && a.config.splitSeed !== b.config.splitSeed
    ? "split seed"
    : undefined;
}

function mixed(
  models: readonly [LanguageModel, LanguageModel],
  weight: unknown,
  splits: () => Corpus["splits"],
): Mixture {
  if (weight === "learned") return Mixture.fit(models, splits().dev);
  if (weight === "frequency") return Mixture.fit(models, splits().dev, splits().train);
  if (typeof weight === "number" && weight >= 0 && weight <= 1)
    return new Mixture(models, [weight]);
  throw new UsageError(`--mix-weight: expected ${WEIGHTS}, got ${quote(weight)}`);
}
