/** What a run folder holds, read once for all pictures. */
import { join } from "node:path";
import { z } from "zod";
import type { CorpusSummary } from "../data/summary.js";
import { CheckpointError } from "../errors.js";
import type { MinibatchLoss, SplitLoss } from "./loss-curves.js";
import { readListed } from "../run/disk/sums.js";
import { CORPUS, loadRun, type Run } from "../run/folder/run-folder.js";
import { writtenAt } from "../run/folder/runs.js";
import type { Sample } from "../generate/sample.js";
import { parseSamples } from "../run/folder/samples-file.js";
import { readTestLooks, type TestLook } from "../run/folder/test-evaluations.js";
import { type Verdict, verdictOn } from "../run/verdict.js";

/** The loss of one minibatch. */
export type StepLoss = Required<MinibatchLoss>;

const number = z.number().optional().catch(undefined);
const part = z.tuple([z.number(), z.number()]).optional().catch(undefined);
const text = z.string().optional().catch(undefined);
/**
 * What a line of metrics.jsonl may say; a line may say more. A value that is no number (JSON's null
 * for NaN) is left out.
 */
const lineSchema = z.object({
  step: number,
  loss: number,
  lr: number,
  trainLoss: number,
  devLoss: number,
  bigramTrainLoss: number,
  bigramDevLoss: number,
  trainPart: part,
  devPart: part,
  seconds: number,
  stepsPerSecond: number,
  backend: text,
  isa: text,
  threads: number,
  cpu: text,
  node: text,
  date: text,
});
export type Measurement = z.infer<typeof lineSchema>;
export type Machine = Pick<
  Measurement,
  "seconds" | "stepsPerSecond" | "backend" | "isa" | "threads" | "cpu" | "node" | "date"
>;

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
  readonly steps: readonly StepLoss[];
  readonly splits: readonly SplitLoss[];
  /** empty where the run did not say */
  readonly machine: Machine;
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
  const steps = lines.filter(
    (line): line is Measurement & StepLoss =>
      line.step !== undefined && line.loss !== undefined && line.lr !== undefined,
  );
  const splits = lines.filter(
    (line): line is Measurement & SplitLoss =>
      line.step !== undefined && line.devLoss !== undefined,
  );
  const machine = lines.findLast((line) => line.seconds !== undefined) ?? {};
  return {
    ...run,
    steps,
    splits,
    machine,
    verdict: verdictOf(run, splits.at(-1)),
    samples: readSamples(dir),
    testLooks: readTestLooks(dir),
    finder: readFinder(dir),
    corpus: readCorpus(dir),
    date: dateOf(dir, machine),
  };
}

/** The one that the training gave. Only its end measures the train split too. */
function verdictOf({ config, vocabulary }: Run, last: SplitLoss | undefined): Verdict | undefined {
  if (last?.trainLoss === undefined || last.devLoss === undefined) return undefined;
  return verdictOn({
    dev: last.devLoss,
    bigrams: last.bigramDevLoss,
    vocabularySize: vocabulary.size,
    config,
  });
}

export function readCorpus(dir: string): CorpusSummary | undefined {
  const json = readOptional(dir, CORPUS);
  if (json === "") return undefined;
  const parsed = corpusSchema.safeParse(parseJson(json));
  if (!parsed.success)
    throw new CheckpointError(
      join(dir, CORPUS),
      "is not what mm-train writes; the file is damaged",
    );
  return parsed.data as CorpusSummary;
}

/** As the run said; of one that did not, and of a counted model, when its file was written. */
function dateOf(dir: string, { date }: Machine): string | undefined {
  const written = date === undefined ? writtenAt(join(dir, "model.safetensors")) : undefined;
  const known = date ?? (written === undefined ? undefined : new Date(written).toISOString());
  return known && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(known)
    ? `${known.slice(0, 10)} ${known.slice(11, 16)} UTC`
    : undefined;
}

export const readSamples = (dir: string): Sample[] =>
  parseSamples(readOptional(dir, "samples.txt"));

/** The lines of metrics.jsonl, in their order. */
export function readMetrics(dir: string): Measurement[] {
  const name = "metrics.jsonl";
  return readOptional(dir, name)
    .split("\n")
    .flatMap((line, i) => {
      if (line === "") return [];
      const parsed = lineSchema.safeParse(parseJson(line));
      if (!parsed.success)
        throw new CheckpointError(
          join(dir, name),
          `line ${i + 1} is not a measurement; the file is damaged`,
        );
      return [parsed.data];
    });
}

export function readFinder(dir: string): Finder | undefined {
  const name = "find-lr.json";
  const json = readOptional(dir, name);
  if (json === "") return undefined;
  const parsed = finderSchema.safeParse(parseJson(json));
  if (!parsed.success)
    throw new CheckpointError(
      join(dir, name),
      "is not what mm-train find-lr writes; the file is damaged",
    );
  return parsed.data;
}

/** undefined for what is no JSON, which no schema accepts. */
function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** An interrupted run has no samples, a run of no steps no losses. */
const readOptional = (dir: string, name: string): string =>
  readListed(dir, name)?.toString("utf8") ?? "";
