/** The corpus of a run, checked to be the one it was started with. */
import { checkArguments, checkText, objectWith, oneOf } from "../../check.js";
import { WordList } from "../../data/lists/word-list.js";
import type { Words } from "../../data/index.js";
import { blockSizeOf, FAMILY_NAMES } from "../../models/registry.js";
import { CheckpointError, UsageError } from "../../errors.js";
import { type Corpus, loadCorpus } from "./corpus.js";
import { addWhereToName, optionsOfFiles } from "./moved-files.js";
import { listOptions, readList } from "./read-list.js";
import { textOptions } from "./text-options.js";
import { cacheBeside } from "./token-cache/cache-folder.js";
import { readVocabulary, type RunConfig } from "../folder/run-folder.js";

const checkConfig = objectWith<RunConfig>({ model: oneOf(...FAMILY_NAMES) });

/**
 * The corpus of a run, checked to be the one it was started with. `source` names it if it moved;
 * contexts are as wide as the run's model looks back, or `blockSize`.
 * @throws CheckpointError for other words; UsageError where a program gave them; DataError where
 *   they cannot be read
 */
export function loadRunCorpus(
  run: string,
  config: RunConfig,
  source: string | Words | null = config?.data,
  blockSize?: number,
): Corpus {
  checkArguments("loadRunCorpus", { run, config }, { run: checkText, config: checkConfig });
  return checked(run, config, source, (from) => {
    // A run that started from another knows tokens that its own corpus lacks.
    const known = (config.from ?? null) === null ? undefined : readVocabulary(run, config);
    const width = blockSize ?? blockSizeOf(config);
    const list = listFrom(from, config);
    const cache = cacheBeside(run);
    return loadCorpus(from, width, config.splitSeed, textOptions(config), list, known, cache);
  });
}

/**
 * The list of a run alone, without the examples that are made of it; none of a text.
 * @throws as `loadRunCorpus`
 */
export function loadRunWords(run: string, config: RunConfig, source = config.data): WordList {
  if (config.level === "word") return WordList.none;
  return checked(run, config, source, (from) => readList(from, listFrom(from, config))).words;
}

/** Words that are given came out of their column before. */
const listFrom = (source: string | Words, config: RunConfig) => ({
  ...listOptions(config),
  ...(typeof source !== "string" && { column: "" }),
});

/** What `read` makes of the run's corpus, if that is the one it was started with. */
function checked<T extends { digest: string }>(
  run: string,
  config: RunConfig,
  source: string | Words | null,
  read: (source: string | Words) => T,
): T {
  if (source === null)
    throw new UsageError(
      `${run} was trained on words that a program or standard input gave; name a file with ` +
        "them with --data",
    );
  let corpus: T;
  try {
    corpus = read(source);
  } catch (error) {
    addWhereToName(error, source === config.data ? config : { ...config, data: null });
    throw error;
  }
  if (corpus.digest !== config.wordsSha256) {
    const own = [config.devData, config.testData].filter((file) => file !== null);
    const files = typeof source === "string" ? [source, ...own] : own;
    const given = typeof source === "string" ? "" : "were given";
    const hold = files.length === 1 ? `${files[0]} holds now` : `${files.join(" and ")} hold now`;
    const what = [given, files.length > 0 ? hold : ""].filter((part) => part !== "").join(" and ");
    const options = optionsOfFiles(config);
    throw new CheckpointError(
      run,
      `was trained on other words than ${what}; name its ` +
        `${options === "--data" ? "corpus" : "files"} with ${options}`,
    );
  }
  return corpus;
}
