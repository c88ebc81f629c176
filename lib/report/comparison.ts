/** Several runs side by side: what can be compared of them, and what keeps them from it. */
import { basename, resolve } from "node:path";
import { UsageError } from "../errors.js";
import { countParameters } from "../models/index.js";
import { optionName, type Setting } from "../run/settings/config.js";
import type { SplitMetric } from "../run/folder/metrics.js";
import { verdictText } from "../run/verdict.js";
import { csv } from "./csv.js";
import { differences } from "./differences.js";
import { lowestOf, readRecord, type RunRecord } from "./record.js";

export interface ComparedRun {
  readonly dir: string;
  /** that of its folder, or its path where another of the runs has the same */
  readonly name: string;
  readonly record: RunRecord;
  readonly parameters: number;
  /** the last measurement, and the one of the lowest dev loss; undefined before the first */
  readonly last: SplitMetric | undefined;
  readonly best: SplitMetric | undefined;
}

export interface Comparison {
  readonly level: "character" | "word";
  readonly runs: readonly ComparedRun[];
  /** the settings that they do not share, and the value of each run */
  readonly settings: readonly { readonly key: string; readonly values: readonly Setting[] }[];
  /** why their losses say less than they seem to, and which of them are no good */
  readonly cautions: readonly string[];
}

/**
 * @throws UsageError for runs that cannot be compared; CheckpointError for one that cannot be read
 */
export function readComparison(dirs: readonly string[]): Comparison {
  const paths = dirs.map((dir) => resolve(dir));
  const twice = dirs.find((_, i) => paths.indexOf(paths[i]) !== i);
  if (twice !== undefined)
    throw new UsageError(`compare: expected different runs, got ${twice} twice`);
  if (dirs.length < 2)
    throw new UsageError(`compare: expected two runs or more, got ${dirs.length}`);
  const names = paths.map((path) => basename(path));
  const runs = dirs.map((dir, i): ComparedRun => {
    const record = readRecord(dir);
    const unique = names.filter((name) => name === names[i]).length === 1;
    const parameters = countParameters(record.model);
    const name = unique ? names[i] : dir;
    const { splits } = record;
    return { dir, name, record, parameters, last: splits.at(-1), best: lowestOf(splits) };
  });
  const { level } = runs[0].record.config;
  const other = runs.find(({ record }) => record.config.level !== level);
  if (other !== undefined) {
    const got = `${level}s (${dirs[0]}) and ${other.record.config.level}s (${other.dir})`;
    throw new UsageError(`compare: expected runs over the same kind of token, got ${got}`);
  }
  return { level, runs, settings: unshared(runs), cautions: cautionsOf(runs) };
}

function unshared(runs: readonly ComparedRun[]): Comparison["settings"] {
  const keys = new Set(runs.flatMap(({ record }) => Object.keys(differences(record.config))));
  return [...keys].flatMap((key) => {
    const values = runs.map(
      ({ record }) => (record.config as unknown as Record<string, Setting>)[key],
    );
    return values.every((value) => value === values[0]) ? [] : [{ key: optionName(key), values }];
  });
}

function cautionsOf(runs: readonly ComparedRun[]): string[] {
  const verdicts = runs.flatMap(({ name, record: { verdict } }) =>
    verdict === undefined ? [] : [`${name} is ${verdictText(verdict)}.`],
  );
  return [...incomparable(runs), ...verdicts];
}

function incomparable(runs: readonly ComparedRun[]): string[] {
  const differ = (key: "wordsSha256" | "splitSeed") =>
    new Set(runs.map(({ record }) => record.config[key])).size > 1;
  if (differ("wordsSha256"))
    return ["The runs are of different corpora: compare shapes, not losses."];
  if (!differ("splitSeed")) return [];
  return ["The runs are split by different seeds: each is measured on another dev split."];
}

/** A line per run, under a heading. */
export function comparisonCsv({ runs, settings }: Comparison): string {
  const heading = ["run", "dev_loss", "lowest_dev_loss", "train_loss", "steps", "parameters"];
  const rows = runs.map(({ dir, last, best, record, parameters }, i) => [
    dir,
    last?.devLoss,
    best?.devLoss,
    last?.trainLoss,
    record.config.stepsDone,
    parameters,
    ...settings.map(({ values }) => values[i]),
  ]);
  return csv([[...heading, ...settings.map(({ key }) => key.slice(2))], ...rows]);
}
