/** What a run folder holds, read once for all pictures. */
import { join } from "node:path";
import * as z from "zod";
import type { CorpusSummary } from "../data/lists/summary.js";
import { CheckpointError } from "../errors.js";
import { readListed } from "../run/disk/sums.js";
import {
  isSplit,
  isStep,
  type MachineMetric,
  parseJson,
  readMetrics,
  type SplitMetric,
  type StepMetric,
} from "../run/folder/metrics.js";
import { CORPUS, loadRun, type Run, type RunConfig } from "../run/folder/run-folder.js";
import { writtenAt } from "../run/folder/runs.js";
import type { Sample } from "../generate/sample.js";
import { parseSamples } from "../run/folder/samples-file.js";
import { readTestLooks, type TestLook } from "../run/folder/test-evaluations.js";
import { type Verdict, verdictOn } from "../run/verdict.js";

const count = z.number().int().min(0);
const corpusSchema = z.object({
  lines: count,
  blank: count,
  trimmed: count,
  normalized: count,
  repeats: count,
  words: count,
  distinct: count,
  characters: count,
  devInTrain: z.number().min(0).max(1),
  devUnknown: z.number().min(0).max(1).optional(),
  warnings: z.array(z.object({ kind: z.string(), message: z.string() })),
});

const trialSchema = z.object({
  rate: z.number().positive(),
  loss: z.number(),
  smoothed: z.number(),
});
const finderSchema = z.object({
  suggested: z.number(),
  reason: z.string(),
  level: z.enum(["character", "word"]).optional(),
  trials: z.array(trialSchema),
});
export type Finder = z.infer<typeof finderSchema>;

export interface RunRecord extends Run {
  readonly steps: readonly StepMetric[];
  readonly splits: readonly SplitMetric[];
  /** empty where the run did not say */
  readonly machine: MachineMetric;
  readonly samples: readonly Sample[];
  readonly testLooks: readonly TestLook[];
  readonly finder: Finder | undefined;
  /** undefined of a run that is good, was interrupted, or never measured */
  readonly verdict: Verdict | undefined;
  /** undefined of the Brown corpus, and of a run from before it was kept */
  readonly corpus: CorpusSummary | undefined;
  /** when the model was written, as "2026-01-31 12:00 UTC" */
  readonly date: string | undefined;
}

/**
 * @throws CheckpointError naming the file that is missing (but those a run leaves out) or damaged
 */
export function readRecord(dir: string): RunRecord {
  const run = loadRun(dir);
  const lines = readMetrics(dir);
  const splits = lines.filter(isSplit);
  const machine = lines.findLast((line) => line.seconds !== undefined) ?? {};
  return {
    ...run,
    steps: lines.filter(isStep),
    splits,
    machine,
    verdict: verdictOf(run.config, splits.at(-1), () => run.vocabulary.size),
    samples: readSamples(dir),
    testLooks: readTestLooks(dir),
    finder: readFinder(dir),
    corpus: readCorpus(dir),
    date: dateOf(dir, machine),
  };
}

/** The measurement of the lowest dev loss, the first of equals; undefined of none. */
export const lowestOf = (splits: readonly SplitMetric[]): SplitMetric | undefined =>
  splits.reduce<SplitMetric | undefined>(
    (low, at) => (low === undefined || at.devLoss < low.devLoss ? at : low),
    undefined,
  );

/** The one that the training gave. Only its end measures the train split too. */
export function verdictOf(
  config: RunConfig,
  last: SplitMetric | undefined,
  vocabularySize: () => number,
): Verdict | undefined {
  if (last?.trainLoss === undefined) return undefined;
  return verdictOn({
    dev: last.devLoss,
    bigrams: last.bigramDevLoss,
    vocabularySize: vocabularySize(),
    config,
  });
}

export const readCorpus = (dir: string): CorpusSummary | undefined =>
  readJson(dir, CORPUS, corpusSchema, "mm-train") as CorpusSummary | undefined;

/** As the run said; of one that did not, and of a counted model, when its file was written. */
function dateOf(dir: string, { date }: MachineMetric): string | undefined {
  const written = date === undefined ? writtenAt(join(dir, "model.safetensors")) : undefined;
  const known = date ?? (written === undefined ? undefined : new Date(written).toISOString());
  return known && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(known)
    ? `${known.slice(0, 10)} ${known.slice(11, 16)} UTC`
    : undefined;
}

export const readSamples = (dir: string): Sample[] =>
  parseSamples(readOptional(dir, "samples.txt"));

export const readFinder = (dir: string): Finder | undefined =>
  readJson(dir, "find-lr.json", finderSchema, "mm-train find-lr");

/** @param writer what writes such a file */
function readJson<T>(
  dir: string,
  name: string,
  schema: z.ZodType<T>,
  writer: string,
): T | undefined {
  const json = readOptional(dir, name);
  if (json === "") return undefined;
  const parsed = schema.safeParse(parseJson(json));
  if (parsed.success) return parsed.data;
  throw new CheckpointError(join(dir, name), `is not what ${writer} writes; the file is damaged`);
}

/** An interrupted run has no samples, a run of no steps no losses. */
const readOptional = (dir: string, name: string): string =>
  readListed(dir, name)?.toString("utf8") ?? "";
