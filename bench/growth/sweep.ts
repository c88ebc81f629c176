/**
 * The training step while one of its sizes grows: time on each number of threads, beside what each
 * limit alone would allow.
 */
import { setThreads } from "../../lib/backend/index.js";
import type { MLPShape } from "../../lib/models/index.js";
import { workingSet } from "../../lib/bench/machine/cost.js";
import { type Effort, measure, type Spread, type Work } from "../../lib/bench/measure.js";
import { LECTURE, NetworkStep } from "../../lib/bench/network.js";
import { bounds, type Limit, type Core } from "../../lib/bench/machine/limits.js";

export interface Sweep {
  /** of the files and headings */
  readonly name: "batch" | "hidden" | "vocabulary";
  readonly label: string;
  readonly sizes: readonly number[];
  readonly step: (size: number) => { shape: MLPShape; batch: number };
}

const BATCH = 32;

export const SWEEPS: readonly Sweep[] = [
  {
    name: "batch",
    label: "examples in a minibatch",
    sizes: Array.from({ length: 14 }, (_, i) => 2 ** i),
    step: (batch) => ({ shape: LECTURE, batch }),
  },
  {
    name: "hidden",
    label: `neurons of the hidden layer (minibatch of ${BATCH})`,
    sizes: Array.from({ length: 8 }, (_, i) => 2 ** (5 + i)),
    step: (hidden) => ({ shape: { ...LECTURE, hidden }, batch: BATCH }),
  },
  {
    name: "vocabulary",
    label: `words of the vocabulary (minibatch of ${BATCH})`,
    sizes: [27, ...Array.from({ length: 6 }, (_, i) => 4 ** (3 + i))],
    step: (vocabularySize) => ({ shape: { ...LECTURE, vocabularySize }, batch: BATCH }),
  },
];

/** A step of one size. Times in seconds of the whole step. */
export interface Point {
  readonly x: number;
  readonly batch: number;
  readonly one: Spread;
  readonly two: Spread;
  readonly bounds: Readonly<Record<Limit, number>>;
  /** bytes that a step touches */
  readonly set: number;
}

const onThreads =
  (count: number, work: Work): Work =>
  (times) => {
    setThreads(count);
    work(times);
  };

export function* run({ sizes, step }: Sweep, machine: Core, effort: Effort): Iterable<Point> {
  for (const x of sizes) {
    const { shape, batch } = step(x);
    const network = new NetworkStep(shape, batch);
    const { one, two } = measure(
      { one: onThreads(1, network.replay), two: onThreads(2, network.replay) },
      effort,
    );
    const commands = network.commands();
    yield { x, batch, one, two, bounds: bounds(commands, machine), set: workingSet(commands) };
  }
}
