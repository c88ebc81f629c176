/** `mm-train evaluate --run DIR --split dev` */
import { Command, Option } from "commander";
import type { Dataset } from "../data/dataset.js";
import { type Corpus, loadRunCorpus, SPLITS, type Split } from "../train/corpus.js";
import { evaluate, perplexity } from "../train/evaluate.js";
import { Mixture, type LanguageModel } from "../models/index.js";
import { quote, UsageError } from "../errors.js";
import { recordTestLook } from "../train/test-looks.js";
import type { Run } from "../train/run-folder.js";
import { drawReport } from "./draw.js";
import { MeasuringBar } from "./measuring-bar.js";
import { addBackendOptions, addJsonOption, addRunOptions, applyBackendOptions, asNumber, type CommonOptions, finiteLoss, folderName, openRun, type RunOptions, tellRun } from "./options.js";
import { say, sayJson } from "./say.js";

const WEIGHTS = "a number from 0 to 1, learned, or frequency";

interface Options extends CommonOptions, RunOptions {
  mix?: string;
  mixWeight?: unknown;
  split: Split;
  data?: string;
}

export function evaluateCommand(): Command {
  const command = new Command("evaluate").description(
    "mean loss per character (word) of a split; look at the test split once, at the very end: looks are counted",
  );
  addRunOptions(command)
    .addOption(new Option("--split <name>", "which part of the corpus").choices(SPLITS).default("dev"))
    .option("--mix <folder>", "mix the probabilities with those of another run over the same corpus")
    .addOption(new Option("--mix-weight <w>", `of the first run: ${WEIGHTS} (both found on the dev split; default: 0.5)`).argParser(asNumber))
    .option("--data <corpus>", "where the run's corpus is now, if it moved");
  return addJsonOption(addBackendOptions(command)).action(runEvaluate);
}

async function runEvaluate(options: Options): Promise<void> {
  applyBackendOptions(options);
  const { split, mixWeight = 0.5 } = options;
  if (options.mix === undefined && options.mixWeight !== undefined) throw new UsageError("--mix-weight: expected --mix with it");
  if (split === "test" && options.run === undefined) {
    throw new UsageError("--split test: expected --run with it: a look at the test split is counted, and should not fall on whichever run is the newest");
  }
  const run = openRun(options);
  const { dir, config, model: own, vocabulary } = run;
  const mix = folderName("--mix", options.mix);
  const other = mix === undefined ? undefined : openRun({ ...options, run: mix });
  const another = other && difference(run, other);
  if (another !== undefined) throw new UsageError(`--mix: ${mix} is of another ${another} than ${dir}`);
  // Contexts as wide as the model that looks back further needs; weights by frequency look at two words.
  const wide = other === undefined ? config : { ...config, blockSize: Math.max(2, config.blockSize, other.config.blockSize) };
  const { splits, words } = loadRunCorpus(dir, wide, options.data);
  const model = other === undefined ? own : mixed([own, other.model], mixWeight, splits);
  const loss = finiteLoss(dir, `the loss of the ${split} split`, measure(model, splits[split], split));
  // Counted before it is shown: a look that is not in the folder has not happened.
  const look = { date: new Date().toISOString(), loss, steps: config.stepsDone, model: options.best ? "best" : "last", ...(other && { mixedWith: other.dir }) } as const;
  const looks = split === "test" ? recordTestLook(dir, look).length : undefined;
  tellRun(dir, options);
  const weights = model instanceof Mixture ? model.weights : undefined;
  if (options.json) sayJson({ run: dir, split, loss, perplexity: perplexity(loss), ...(weights && { weights }), ...(looks !== undefined && { looks }) });
  else {
    const note = looks === undefined ? "" : ` (look ${looks} at the test split of this run${looks > 1 ? ": choosing by it spoils it" : ""})`;
    const words = vocabulary.level === "word" ? ` (perplexity ${perplexity(loss).toFixed(2)})` : "";
    say(`${split} loss ${loss.toFixed(4)}${words}${note}`);
  }
  if (looks !== undefined) await drawReport(dir, words); // report.html shows the looks
}

function measure(model: LanguageModel, examples: Dataset, split: Split): number {
  const bar = new MeasuringBar(`${examples.count.toLocaleString("en")} ${split} examples`);
  let done = 0;
  try {
    return evaluate(model, examples, (n) => bar.show((done += n), examples.count));
  } finally {
    bar.stop();
  }
}

/** What keeps the models of two runs from being mixed: their tokens must be the same, and what one is measured on the other must not have learned. */
function difference(a: Run, b: Run): string | undefined {
  if (a.config.wordsSha256 !== b.config.wordsSha256 || a.config.level !== b.config.level) return "corpus";
  if (a.vocabulary.size !== b.vocabulary.size || a.vocabulary.itos.some((token, i) => token !== b.vocabulary.itos[i])) return "vocabulary";
  return a.config.level === "character" && a.config.splitSeed !== b.config.splitSeed ? "split seed" : undefined;
}

function mixed(models: readonly [LanguageModel, LanguageModel], weight: unknown, { train, dev }: Corpus["splits"]): Mixture {
  if (weight === "learned") return Mixture.fit(models, dev);
  if (weight === "frequency") return Mixture.fit(models, dev, train);
  if (typeof weight === "number" && weight >= 0 && weight <= 1) return new Mixture(models, [weight]);
  throw new UsageError(`--mix-weight: expected ${WEIGHTS}, got ${quote(weight)}`);
}
