/**
 * Good arguments for what lib/train, lib/backend and lib/errors export. Run folders are made in the
 * folder where the calls are made.
 */
import { join } from "node:path";
import {
  loadCorpus,
  MLP,
  parseSchedule,
  type Settings,
  SGD,
  tensor,
  train as training,
  Trainer,
} from "../../../lib/index.js";
import type { Draw } from "../draw.js";
import { Sabotage, Work } from "../hostile.js";
import { characters, examples, names } from "./data.js";
import type { Recipes } from "./index.js";
import { model, seen } from "./models.js";
import { seeded } from "./random.js";
import { floats } from "./tensors.js";

const SCHEDULES = [
  "0.1",
  "0.1@0,0.01@3",
  "step:0.1*0.5/2",
  "cosine:0.1->0.001",
  "onecycle:0.01/0.3",
  "inverse:0.1/1e-5",
];
const settings = (): Settings => ({ embedding: 2, hidden: 3, batchSize: 2, samples: 1, steps: 2 });
const listener = (d: Draw) =>
  d.pick<unknown>([
    undefined,
    () => undefined,
    () => {
      throw new Sabotage("a listener");
    },
  ]);
/** A small network over the characters of the names. */
const network = (d: Draw): MLP =>
  MLP.create(
    { vocabularySize: characters().size, blockSize: 2, embedding: 2, hidden: 3 },
    seeded(d),
  );
const making = (d: Draw) => {
  const m = network(d);
  return {
    model: m,
    examples: examples(d, 2),
    batchSize: d.pick([1, 4, "full"]),
    generator: seeded(d),
    compile: d.chance(0.7),
    ...(d.chance(0.3) && { optimizer: new SGD(m.parameters(), 0.1) }),
  };
};
const trainer = (d: Draw): Trainer =>
  new Trainer({ ...making(d), schedule: parseSchedule("0.1") } as ConstructorParameters<
    typeof Trainer
  >[0]);
const looking = (d: Draw) => ({
  temperature: d.pick([0.5, 1]),
  topK: d.whole(1, 4),
  prefix: d.pick(["", "a"]),
  exclude: new Set(["emma"]),
  minLength: d.whole(0, 2),
  maxLength: d.whole(2, 5),
  unique: d.chance(0.5),
});
const speaking = (d: Draw) => [
  network(d),
  characters(),
  new Work(d.whole(0, 2)),
  seeded(d),
  looking(d),
];

/** Where a finished run lies; the program makes it before the first call. */
export const RUN = "run";
/** And a finished sweep, of one trial: a call trains nothing, and so starts no process. */
const SWEEP = "sweep";
const space = () => {
  const { hidden, ...fixed } = settings();
  return { search: "grid" as const, settings: { hidden: [hidden] }, fixed };
};
export const makeRun = async (): Promise<void> => {
  const made = { ...settings(), words: names(), pictures: false };
  await training({ ...made, out: RUN });
  await training({ ...made, out: join(SWEEP, "hidden=3") });
};

export const train = {
  train: (d) => [
    d.chance(0.3)
      ? {
          words: names(),
          from: RUN,
          fromBest: d.chance(0.5),
          samples: 1,
          batchSize: 2,
          steps: new Work(2),
        }
      : {
          ...settings(),
          steps: new Work(2),
          samples: new Work(1),
          words: names(),
          lr: d.pick(SCHEDULES),
          onStep: listener(d),
          signal: new AbortController().signal,
        },
  ],
  resume: () => [RUN, { words: names(), steps: new Work(2) }],
  sweep: (d) => [
    {
      ...space(),
      words: names(),
      out: SWEEP,
      parallel: 1,
      onStart: listener(d),
      onResult: listener(d),
    },
  ],
  readSweep: () => [SWEEP],
  loadRun: (d) => [RUN, d.pick([undefined, "last", "best"])],
  loadRunCorpus: () => [
    RUN,
    {
      data: null,
      blockSize: 3,
      splitSeed: 42,
      level: "character",
      minCount: 1,
      maxWords: 0,
      countOn: "stream",
      wordsSha256: loadCorpus(names(), 3, 42).digest,
    },
    names(),
  ],
  loadCorpus: (d) => [
    d.chance(0.5) ? names() : "names.txt",
    d.whole(1, 4),
    42,
    d.pick([
      undefined,
      { minCount: 1, maxWords: 5, countOn: "train" },
      { minCount: 1, tokens: "whitespace", devData: "text.txt" },
    ]),
    {},
    d.pick([undefined, characters()]),
  ],
  Trainer: (d) => [{ ...making(d), schedule: parseSchedule("0.1") }],
  "Trainer.trainSteps": (d) => [trainer(d), new Work(d.whole(0, 5))],
  "Trainer.trainStep": (d) => [trainer(d)],
  "Trainer.run": (d) => [
    trainer(d),
    new Work(d.whole(0, 5)),
    listener(d),
    new AbortController().signal,
  ],
  "Trainer.training": (d) => [trainer(d), new Work(d.whole(0, 5)), listener(d)],
  "Trainer.checkFinite": (d) => [trainer(d)],
  "Trainer.state": (d) => [trainer(d)],
  "Trainer.restore": (d) => {
    const one = trainer(d);
    return [one, one.state()];
  },
  findLearningRate: (d) => [{ ...making(d), from: -3, to: 0, trials: new Work(d.whole(1, 9)) }],
  parseConfig: () => [settings()],
  parseSchedule: (d) => [d.pick(SCHEDULES), 5],
  rateAt: (d) => [parseSchedule(d.pick(SCHEDULES), 5), d.whole(0, 9)],
  evaluate: (d) => {
    const m = model(d);
    return [m, seen(d, m)];
  },
  evaluateKnown: (d) => {
    const m = model(d);
    return [m, { level: d.pick(["word", "character"]) }, seen(d, m)];
  },
  perplexity: (d) => [d.unit() * 10],
  score: (d) => [network(d), characters(), d.pick([["emma"], [], ["ava", "mia"]])],
  sample: speaking,
  sampleWithProbabilities: speaking,
  encodeSafetensors: (d) => [
    { a: floats(d).detach(), b: tensor([1, 2], { dtype: "int32" }) },
    { note: "text" },
  ],
  readSafetensors: (d) => [d.pick(["run/model.safetensors", "model.safetensors", "missing.txt"])],

  backend: () => [],
  isa: () => [],
  threads: () => [],
  supportedIsas: () => [],
  setThreads: (d) => [d.whole(1, 2)],
  setBackend: () => ["native"],
} satisfies Recipes;
