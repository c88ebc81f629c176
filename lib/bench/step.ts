/** Training steps per second: as written and replayed, by batch and threads. */
import { setThreads } from "../backend/index.js";
import { countOf } from "../count-text.js";
import { MLP } from "../models/index.js";
import { Generator } from "../random/index.js";
import { loadCorpus } from "../run/corpus/corpus.js";
import { parseSchedule } from "../train/schedule.js";
import { Trainer } from "../train/trainer.js";
import { BATCHES, type Context, perThreads } from "./context.js";
import { beside, measure, rate, scaled, type Spread, type Work } from "./measure.js";
import { LECTURE, NetworkStep, WORDS } from "./network.js";
import { measured, plain, type Row, type Section } from "./table.js";

/** The lecture's training on the shipped corpus, as `mm-train` trains it. */
export function lectureTrainer(batchSize: number, compile: boolean): Work {
  const { splits, vocabulary } = loadCorpus("names", LECTURE.blockSize, 42);
  const trainer = new Trainer({
    model: MLP.create({ ...LECTURE, vocabularySize: vocabulary.size }, new Generator(2147483647)),
    examples: splits.train,
    batchSize,
    schedule: parseSchedule("0.1"),
    generator: new Generator(1),
    compile,
  });
  return (steps) => void trainer.trainSteps(steps);
}

/** Both ways of running a step on every number of threads. */
function everyWay(
  threads: readonly number[],
  ways: Readonly<Record<string, Work>>,
): Record<string, Work> {
  const candidates: Record<string, Work> = {};
  for (const [way, work] of Object.entries(ways)) {
    for (const { key, count } of perThreads(threads, way)) {
      candidates[key] = (steps) => {
        setThreads(count);
        work(steps);
      };
    }
  }
  return candidates;
}

const each = (
  times: Readonly<Record<string, Spread>>,
  change: (time: Spread) => Spread,
): Record<string, Spread> =>
  Object.fromEntries(Object.entries(times).map(([key, time]) => [key, change(time)]));

const columns = (threads: readonly number[], unit: string) =>
  ["eager", "replay"].flatMap((way) =>
    perThreads(threads, way).map(({ key, label }) => measured(key, label, unit)),
  );

export function* benchStep({ effort, threads }: Context): Iterable<Section | Row> {
  yield {
    event: "section",
    group: "step",
    title: "the lecture's training step (27 characters, context 3, E = 10, H = 200, SGD)",
    columns: [plain("batch", "batch"), ...columns(threads, "steps/s")],
  };
  for (const batch of BATCHES) {
    const times = measure(
      everyWay(threads, {
        eager: lectureTrainer(batch, false),
        replay: lectureTrainer(batch, true),
      }),
      effort,
    );
    yield {
      event: "row",
      group: "step",
      cells: { batch, ...each(times, (time) => rate(time, 1)) },
    };
  }
}

/**
 * Threads beside other work: all but one of the cores that they use are busy. N threads should be
 * about as fast as 1 there, and faster on a quiet machine.
 */
export function* benchThreads({ effort, threads }: Context): Iterable<Section | Row> {
  const others = Math.max(...threads) - 1;
  if (others === 0) return;
  yield {
    event: "section",
    group: "threads",
    title: `the lecture's training step alone, and beside ${countOf(others, "busy core")}`,
    note: "gain: of the threads, over 1 thread beside the same",
    columns: [
      plain("batch", "batch"),
      plain("beside", "busy"),
      ...perThreads(threads, "replay").map(({ key, label }) => measured(key, label, "steps/s")),
      plain("gain", "gain", "x"),
    ],
  };
  const [one, many] = perThreads(threads, "replay");
  for (const batch of BATCHES) {
    const ways = everyWay(threads, { replay: lectureTrainer(batch, true) });
    for (const busy of [0, others]) {
      const times = beside(busy, () => measure(ways, effort));
      const gain = times[one.key].median / times[many.key].median;
      yield {
        event: "row",
        group: "threads",
        cells: { batch, beside: busy, ...each(times, (time) => rate(time, 1)), gain },
      };
    }
  }
}

/** Examples of the paper's step. */
const WORD_BATCH = 256;

export function* benchWords({ effort, threads }: Context): Iterable<Section | Row> {
  yield {
    event: "section",
    group: "words",
    title: "the paper's training step over words (V = 16,383, context 5, m = 30, h = 100)",
    columns: [plain("batch", "batch"), ...columns(threads, "ms")],
  };
  const { eager, replay } = new NetworkStep(WORDS, WORD_BATCH);
  const times = measure(everyWay(threads, { eager, replay }), effort);
  yield {
    event: "row",
    group: "words",
    cells: { batch: WORD_BATCH, ...each(times, (time) => scaled(time, 1000)) },
  };
}
