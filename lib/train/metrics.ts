/** metrics.jsonl: what was measured, a JSON line each, in order of steps. */
import { join } from "node:path";
import { CheckpointError } from "../errors.js";
import { readListed } from "./disk/sums.js";

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

  /** Infinity before the first. */
  lowestDevLoss(): number {
    return this.lines.reduce((low, m) => ("devLoss" in m ? Math.min(low, m.devLoss) : low), Number.POSITIVE_INFINITY);
  }

  /** Measurements of the dev split since the lowest one. */
  sinceLowest(): number {
    const losses = this.lines.flatMap((m) => ("devLoss" in m ? [m.devLoss] : []));
    return losses.length === 0 ? 0 : losses.length - 1 - losses.indexOf(this.lowestDevLoss());
  }

  /** The file of a run with all of it. */
  file(): Record<string, string> {
    const lines = this.machine === undefined ? this.lines : [...this.lines, this.machine];
    return { [NAME]: lines.map((m) => `${JSON.stringify(m)}\n`).join("") };
  }

  /** What a run measured before it had done `step` steps, so that going on from there measures nothing twice. */
  static before(dir: string, step: number): Metrics {
    const metrics = new Metrics();
    const lines = readListed(dir, NAME)?.toString("utf8").split("\n") ?? [];
    for (const [i, line] of lines.entries()) {
      if (line === "") continue;
      const metric = parse(join(dir, NAME), i + 1, line);
      if (!("step" in metric)) {
        metrics.machine = metric;
        continue;
      }
      // A dev loss after `step` steps was measured before step number `step`; the last line of a finished run is measured anew.
      if ("loss" in metric ? metric.step < step : metric.step <= step && !("trainLoss" in metric)) metrics.add(metric);
    }
    return metrics;
  }
}

function parse(file: string, line: number, text: string): Metric | MachineMetric {
  try {
    const metric = JSON.parse(text) as Partial<Record<string, unknown>> | null;
    if (typeof metric?.seconds === "number" && !("step" in metric)) return metric as unknown as MachineMetric;
    if (typeof metric?.step === "number" && ("loss" in metric || "devLoss" in metric)) return metric as unknown as Metric;
  } catch {
    // said below
  }
  throw new CheckpointError(file, `line ${line} is not a measurement; the file is damaged`);
}
