/** metrics.jsonl: what was measured, a JSON line each, in order of steps. */
import { join } from "node:path";
import * as z from "zod";
import { CheckpointError } from "../../errors.js";
import { readListed } from "../disk/sums.js";

export const METRICS = "metrics.jsonl";

const number = z.number().optional().catch(undefined);
const part = z.tuple([z.number(), z.number()]).readonly().optional().catch(undefined);
const text = z.string().optional().catch(undefined);
/** What a line may say. A value that is no number (JSON's null for NaN) is left out. */
const knownFields = z.object({
  step: number,
  /** of the minibatch of step `step`, before its update */
  loss: number,
  /** the learning rate of that update */
  lr: number,
  /** of whole splits after `step` steps */
  trainLoss: number,
  devLoss: number,
  /** of the counting bigram on the same splits */
  bigramTrainLoss: number,
  bigramDevLoss: number,
  /** examples measured, and examples of the split, where these are more */
  trainPart: part,
  devPart: part,
  /** of the last line, which has no step: how fast the steps of a session were, and on what */
  seconds: number,
  stepsPerSecond: number,
  backend: text,
  isa: text,
  threads: number,
  cpu: text,
  node: text,
  /** ISO 8601, when the last step was done; older runs did not say */
  date: text,
});
/** A line may say more, and keeps it when a resumed run writes the file again. */
const lineSchema = knownFields
  .loose()
  .refine(({ step, seconds }) => step !== undefined || seconds !== undefined);
/** A line of the file. */
export type Measurement = z.infer<typeof knownFields>;

/** The loss of one minibatch. */
export type StepMetric = Required<Pick<Measurement, "step" | "loss" | "lr">>;
/** Losses of whole splits. */
export type SplitMetric = Required<Pick<Measurement, "step" | "devLoss">> &
  Pick<Measurement, "trainLoss" | "bigramTrainLoss" | "bigramDevLoss" | "trainPart" | "devPart">;
/** What the steps ran on; empty where a run did not say. */
export type MachineMetric = Pick<
  Measurement,
  "seconds" | "stepsPerSecond" | "backend" | "isa" | "threads" | "cpu" | "node" | "date"
>;

export const isStep = (m: Measurement): m is Measurement & StepMetric =>
  m.step !== undefined && m.loss !== undefined && m.lr !== undefined;
export const isSplit = (m: Measurement): m is Measurement & SplitMetric =>
  m.step !== undefined && m.devLoss !== undefined;

/**
 * The lines of a run's metrics.jsonl, in their order; none where there is no file.
 * @throws CheckpointError for a line that is none
 */
export function readMetrics(dir: string): Measurement[] {
  const lines = readListed(dir, METRICS)?.toString("utf8").split("\n") ?? [];
  return lines.flatMap((line, i) => {
    if (line === "") return [];
    const measurement = parseMeasurement(line);
    if (measurement !== undefined) return [measurement];
    const message = `line ${i + 1} is not a measurement; the file is damaged`;
    throw new CheckpointError(join(dir, METRICS), message);
  });
}

/** A line of the file; undefined for one that is none. */
export const parseMeasurement = (line: string): Measurement | undefined =>
  lineSchema.safeParse(parseJson(line)).data;

/** undefined for what is no JSON, which no schema accepts. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

export class Metrics {
  private readonly lines: Measurement[] = [];
  /** of the last session that did steps */
  machine: MachineMetric | undefined;

  add(metric: StepMetric | SplitMetric): void {
    this.lines.push(metric);
  }

  hasDevLoss(step: number): boolean {
    return this.measurements().some((m) => m.step === step);
  }

  /** The measurement of the lowest dev loss, the first of equals; undefined before the first. */
  lowest(): SplitMetric | undefined {
    return this.measurements().reduce<SplitMetric | undefined>(
      (low, m) => (low === undefined || m.devLoss < low.devLoss ? m : low),
      undefined,
    );
  }

  /** Measurements of the dev split since the lowest one. */
  sinceLowest(): number {
    const lowest = this.lowest();
    const all = this.measurements();
    return lowest === undefined ? 0 : all.length - 1 - all.indexOf(lowest);
  }

  private measurements(): SplitMetric[] {
    return this.lines.filter(isSplit);
  }

  /** The file of a run with all of it. */
  file(): Record<string, string> {
    const lines = this.machine === undefined ? this.lines : [...this.lines, this.machine];
    return { [METRICS]: lines.map((m) => `${JSON.stringify(m)}\n`).join("") };
  }

  /**
   * What a run measured before it had done `step` steps, so that going on from there, to `goal`,
   * measures nothing twice.
   */
  static before(dir: string, step: number, goal: number): Metrics {
    const metrics = new Metrics();
    for (const metric of readMetrics(dir)) {
      if (metric.step === undefined) metrics.machine = metric;
      else if (isStep(metric) || !isSplit(metric)) {
        if (metric.step < step) metrics.lines.push(metric);
      }
      // A dev loss after `step` steps was measured before step number `step`.
      else if (metric.step <= step) {
        if (metric.trainLoss === undefined) metrics.add(metric);
        // The last line of a finished run: measured anew, or on the way, if the run goes further.
        else if (metric.step < goal && !metrics.hasDevLoss(metric.step))
          metrics.add({ step: metric.step, devLoss: metric.devLoss });
      }
    }
    return metrics;
  }
}
