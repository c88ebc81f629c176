/** What stands before and after the training: start, data, evaluation, sampling. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { setThreads } from "../backend/index.js";
import { buildContexts, defaultCorpus, readWords, Vocabulary } from "../data/index.js";
import { MLP } from "../models/index.js";
import { packageRoot } from "../package-root.js";
import { Generator } from "../random/index.js";
import { loadCorpus } from "../run/corpus/corpus.js";
import { evaluate } from "../train/evaluate.js";
import { sample } from "../generate/sample.js";
import { parseSchedule } from "../train/schedule.js";
import { Trainer } from "../train/trainer.js";
import type { Context } from "./context.js";
import { measure, rate, repeat, scaled, type Work } from "./measure.js";
import { LECTURE } from "./network.js";
import { type Cell, measured, plain, type Row, type Section } from "./table.js";

/** Until names look like names: an untrained model's are as long as it lets them be. */
const STEPS = 2000;
const NAMES = 20;

const start = (...args: string[]): Work =>
  repeat(() => void spawnSync(process.execPath, args, { stdio: "ignore" }));

export function* benchPipeline({ effort }: Context): Iterable<Section | Row> {
  setThreads(1);
  yield {
    event: "section",
    group: "pipeline",
    title: "data, evaluation, sampling (1 thread) and start-up",
    note: "start-up: a process from start to end, Node's own included",
    columns: [
      plain("what", "what", "", 30),
      plain("unit", "unit", "", 10),
      measured("value", "measured", ""),
    ],
  };
  const row = (what: string, unit: string, value: Cell): Row => ({
    event: "row",
    group: "pipeline",
    cells: { what, unit, value },
  });
  const timed = (work: Work) => measure({ work }, effort).work;

  const words = readWords(defaultCorpus());
  const vocabulary = new Vocabulary(words);
  const { count } = buildContexts(words, vocabulary, LECTURE.blockSize);
  yield row(
    "words to contexts",
    "examples/s",
    rate(timed(repeat(() => void buildContexts(words, vocabulary, LECTURE.blockSize))), count),
  );
  yield row(
    "corpus: read, split, build",
    "ms",
    scaled(timed(repeat(() => void loadCorpus("names", LECTURE.blockSize, 42))), 1000),
  );

  const { splits } = loadCorpus("names", LECTURE.blockSize, 42);
  const model = MLP.create(
    { ...LECTURE, vocabularySize: vocabulary.size },
    new Generator(2147483647),
  );
  const generator = new Generator(1);
  new Trainer({
    model,
    examples: splits.train,
    batchSize: 32,
    schedule: parseSchedule("0.1"),
    generator,
  }).trainSteps(STEPS);
  yield row(
    "evaluation of the dev split",
    "examples/s",
    rate(timed(repeat(() => void evaluate(model, splits.dev))), splits.dev.Y.numel),
  );
  yield row(
    "sampling",
    "names/s",
    rate(timed(repeat(() => void sample(model, vocabulary, NAMES, generator))), NAMES),
  );

  const [main, library] = ["cli/main.js", "index.js"].map((file) =>
    join(packageRoot(), "dist", file),
  );
  const built = existsSync(main);
  yield row("start of Node alone", "ms", scaled(timed(start("-e", "0")), 1000));
  const importing = [
    "--input-type=module",
    "-e",
    `import ${JSON.stringify(pathToFileURL(library).href)}`,
  ];
  yield row(
    "start and import of the library",
    "ms",
    built ? scaled(timed(start(...importing)), 1000) : "not built",
  );
  yield row(
    "mm-train --version",
    "ms",
    built ? scaled(timed(start(main, "--version")), 1000) : "not built",
  );
}
