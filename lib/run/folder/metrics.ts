/** metrics.jsonl: what was measured, a JSON line each, in order of steps. */
import { join } from "node:path";
import { CheckpointError } from "../../errors.js";
import { readListed } from "../disk/sums.js";

const NAME = "metrics.jsonl";

/** The loss of one minibatch, before the update of step `step`. */
export interface StepMetric {
  readonly step: number;
  readonly loss: number;
  readonly lr: number;
}
/** Losses of whole splits after `step` steps. */
export interface SplitMetric {
  readonly step: number;
  readonly trainLoss?: number;
  readonly devLoss: number;
  /** of the counting bigram on the same splits */
  readonly bigramTrainLoss?: number;
  readonly bigramDevLoss?: number;
  /** examples measured, and examples of the split, where these are more */
  readonly trainPart?: readonly [number, number];
  readonly devPart?: readonly [number, number];
}
export type Metric = StepMetric | SplitMetric;

/** How fast the steps of a session were, and on what: the last line, without a step. */
export interface MachineMetric {
  readonly seconds: number;
  readonly stepsPerSecond: number;
  readonly backend: string;
  readonly isa: string;
  readonly threads: number;
  readonly cpu: string;
  readonly node: string;
  /** ISO 8601, when the last step was done; older runs did not say */
  readonly date?: string;
}

export class Metrics {
  private readonly lines: Metric[] = [];
  /** of the last session that did steps */
  machine: MachineMetric | undefined;

  add(metric: Metric): void {
    this.lines.push(metric);
  }

  hasDevLoss(step: number): boolean {
    return this.lines.some((m) => "devLoss" in m && m.step === step);
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
    return this.lines.filter((m): m is SplitMetric => "devLoss" in m);
  }

  /** The file of a run with all of it. */
  file(): Record<string, string> {
    const lines = this.machine === undefined ? this.lines : [...this.lines, this.machine];
    return { [NAME]: lines.map((m) => `${JSON.stringify(m)}\n`).join("") };
  }

  /**
   * What a run measured before it had done `step` steps, so that going on from there, to `goal`,
   * measures nothing twice.
   */
  static before(dir: string, step: number, goal: number): Metrics {
    const metrics = new Metrics();
    const lines = readListed(dir, NAME)?.toString("utf8").split("\n") ?? [];
    for (const [i, line] of lines.entries()) {
      if (line === "") continue;
      const metric = parse(join(dir, NAME), i + 1, line);
      if (!("step" in metric)) {
        metrics.machine = metric;
        continue;
      }
      // A dev loss after `step` steps was measured before step number `step`.
      if ("loss" in metric ? metric.step >= step : metric.step > step) continue;
      if (!("trainLoss" in metric)) metrics.add(metric);
      // The last line of a finished run: measured anew, or on the way, if the run goes further.
      else if (metric.step < goal && !metrics.hasDevLoss(metric.step))
        metrics.add({ step: metric.step, devLoss: metric.devLoss });
    }
    return metrics;
  }
}

function parse(file: string, line: number, text: string): Metric | MachineMetric {
  try {
    const metric = JSON.parse(text) as Partial<Record<string, unknown>> | null;
    if (typeof metric?.seconds === "number" && !("step" in metric))
      return metric as unknown as MachineMetric;
    if (typeof metric?.step === "number" && ("loss" in metric || "devLoss" in metric))
      return metric as unknown as Metric;
  } catch {
    // said below
  }
  throw new CheckpointError(file, `line ${line} is not a measurement; the file is damaged`);
}
