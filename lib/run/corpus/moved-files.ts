/** Files of a run's corpus that are not where they were. */
import { resolve } from "node:path";
import { checkText } from "../../check.js";
import { addTo, DataError, quote, UsageError } from "../../errors.js";
import { optionName } from "../settings/config.js";
import { partFile } from "../settings/kinds.js";
import type { RunConfig } from "../folder/run-folder.js";

/** Where the files of a run's parts are now. */
export interface MovedParts {
  /** the dev part's own file, if it moved */
  devData?: string;
  /** the test part's own file, if it moved */
  testData?: string;
}

const PART_FILES = ["devData", "testData"] as const;

/**
 * A run's settings with the files of its parts where they are now, as absolute paths.
 * @throws UsageError for the file of a part that is cut from the corpus
 */
export function withMoved(run: string, config: RunConfig, moved: MovedParts): RunConfig {
  const found: Partial<Record<keyof MovedParts, string>> = {};
  for (const key of PART_FILES) {
    const file = moved[key];
    if (file === undefined) continue;
    const wrong = partFile().safeParse(checkText(key, file)).error?.issues[0].message;
    if (wrong !== undefined)
      throw new UsageError(`${optionName(key)}: ${wrong}, got ${quote(file)}`);
    if (config[key] === null) {
      const what = `${run} has no file of its own for that part: expected none, got ${file}`;
      throw new UsageError(`${optionName(key)}: ${what}`);
    }
    found[key] = resolve(file);
  }
  return { ...config, ...found };
}

/** The options that name a run's files, for a message. */
export function optionsOfFiles(config: RunConfig): string {
  const own = PART_FILES.filter((key) => config[key] !== null);
  return ["data", ...own]
    .map(optionName)
    .join(", ")
    .replace(/, (?=[^,]*$)/, " or ");
}

/** Says with which option a run's file can be named, where that file cannot be read. */
export function addWhereToName(error: unknown, config: RunConfig): void {
  if (!(error instanceof DataError)) return;
  const key = (["data", ...PART_FILES] as const).find((name) => config[name] === error.file);
  const what = key === "data" ? "the run's corpus" : "it";
  if (key !== undefined) addTo(error, `; if ${what} moved, name it with ${optionName(key)}`);
}
