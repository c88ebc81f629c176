/** `mm-train sample --run DIR` */
import { Command, Option } from "commander";
import { DataError, UsageError } from "../../errors.js";
import { Generator } from "../../random/index.js";
import { optionName } from "../../run/settings/config.js";
import { resultSettings } from "../../run/settings/training.js";
import { whichListed } from "../../run/known-samples.js";
import type { RunConfig } from "../../run/folder/run-folder.js";
import {
  checkSampleOptions,
  type LikelyWord,
  type Sample,
  type SampleOptions,
  sampling,
  withProbabilities,
} from "../../generate/sample.js";
import { loadRunWords } from "../../run/corpus/run-corpus.js";
import { cutText, shownSample } from "../../run/folder/samples-file.js";
import { atOnce } from "../../train/event-loop.js";
import { inColumns } from "../terminal/columns.js";
import {
  addBackendOptions,
  addJsonOption,
  addRunOptions,
  applyBackendOptions,
  asNumber,
  type CommonOptions,
  openRun,
  type RunOptions,
  tellRun,
  wholeNumber,
} from "../options.js";
import { columnsOf, say, sayJson, sayTable, tell } from "../terminal/say.js";

interface Options extends CommonOptions, RunOptions, Omit<SampleOptions, "exclude"> {
  count: unknown;
  seed: unknown;
  newOnly?: true;
  data?: string;
  probabilities?: true;
}

export function sampleCommand(): Command {
  const number = (flags: string, description: string) =>
    new Option(flags, description).argParser(asNumber);
  const command = new Command("sample").description("make up words with a trained model");
  addRunOptions(command)
    .addOption(number("--count <n>", "how many").default(20))
    .addOption(
      number("--seed <n>", "of the draws").default(resultSettings.sampleSeed.def.defaultValue),
    )
    .addOption(
      number("--temperature <x>", "below 1: likelier words; above 1: stranger ones (default: 1)"),
    )
    .addOption(number("--top-k <n>", "draw among the n likeliest characters only (default: all)"))
    .option("--prefix <text>", "characters that every word starts with")
    .addOption(
      number(
        "--max-length <n>",
        "cut at n characters (words), those of the prefix among them; a cut one is marked " +
          "(default: 1000 (100) after the prefix)",
      ),
    )
    .addOption(
      number(
        "--min-length <n>",
        "draw again what has fewer characters (words); 0 allows empty words (default: 1)",
      ),
    )
    .option("--unique", "no word twice")
    .option(
      "--new-only",
      "only words that the list does not hold; all of it is looked at, the test words too",
    )
    .option("--data <corpus>", "with --new-only: where the run's corpus is now, if it moved")
    .option(
      "--probabilities",
      "print how likely the model makes each word (at temperature 1, from no prefix), and " +
        "the natural logarithm of that",
    );
  return addJsonOption(addBackendOptions(command)).action(runSample);
}

function runSample(options: Options): void {
  applyBackendOptions(options);
  const count = wholeNumber("--count", options.count, 0, 1_000_000);
  const seed = wholeNumber(
    "--seed",
    options.seed,
    Number.MIN_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER,
  );
  if (options.data !== undefined && !options.newOnly) {
    throw new UsageError("--data: expected --new-only with it, which alone reads the corpus");
  }
  const { dir, config, model, vocabulary } = openRun(options);
  const { temperature, topK, prefix, maxLength, minLength, unique } = options;
  const how: SampleOptions = { temperature, topK, prefix, maxLength, minLength, unique };
  checkSampleOptions(how, vocabulary, optionName);
  const listed = options.newOnly && inListOf(dir, config, options.data);
  const { samples, shortage } = atOnce(
    sampling(model, vocabulary, count, new Generator(seed), { ...how, listed }),
  );
  const likely = options.probabilities ? withProbabilities(model, vocabulary, samples) : undefined;
  tellRun(dir, options);
  if (options.json)
    sayJson({
      run: dir,
      samples: samples.map((s) => s.word),
      cut: samples.map((s) => s.cut),
      ...(likely && jsonOf(likely)),
    });
  else print(samples, likely, vocabulary.level);
  // What was found is printed all the same.
  if (shortage !== undefined) throw new DataError("sample", shortage);
}

const jsonOf = (likely: readonly LikelyWord[]) => ({
  probabilities: likely.map((w) => w.probability),
  logProbabilities: likely.map((w) => w.logProbability),
});

/** On a terminal in columns, and what was cut is marked; elsewhere the words alone, one a line. */
function print(
  samples: readonly Sample[],
  likely: readonly LikelyWord[] | undefined,
  level: "character" | "word",
): void {
  const columns = columnsOf(process.stdout);
  const shown = samples.map((sample) =>
    columns === undefined ? sample.word : shownSample(sample, level),
  );
  const cut = cutText(samples, columns === undefined ? "" : undefined);
  if (likely !== undefined && likely.length > 0) {
    const rows = likely.map((w, i) => [
      shown[i],
      w.probability.toExponential(2),
      w.logProbability.toFixed(4),
    ]);
    sayTable([[level === "word" ? "text" : "word", "probability", "log-probability"], ...rows]);
  } else say(columns === undefined || level === "word" ? shown : inColumns(shown, columns));
  if (cut !== undefined) tell(cut);
}

/** Which of some words are in the list of a run. */
function inListOf(
  dir: string,
  config: RunConfig,
  data?: string,
): (words: readonly string[]) => boolean[] {
  if (config.level === "word")
    throw new UsageError("--new-only: expected a model of characters, got one of words");
  const words = loadRunWords(dir, config, data);
  return (asked) => whichListed(asked, words);
}
