/**
 * `mpirun -n N node --import tsx bench/distributed.ts [STEPS] [V] [HIDDEN] [BATCH]`: a step of the
 * paper's network whose output layer N processes share, and the part of it that they spend in
 * exchanges. Rank 0 prints a line of JSON; without mpirun it is the step of one process. Of the
 * times it shows the median and the tenth percentile, since other programs share the cores. With a
 * fifth number RANKS and no mpirun it does what the first of so many ranks computes, and exchanges
 * nothing: the losses mean nothing then.
 */
import {
  backend,
  EpochOrder,
  Generator,
  type Module,
  NPLM,
  parseSchedule,
  randint,
  SGD,
  setThreads,
  Trainer,
} from "../lib/index.js";
import { datasetOf } from "../lib/data/examples/dataset.js";
import type { Communicator } from "../lib/distributed/communicator.js";
import { connectMpi } from "../lib/distributed/mpi.js";
import { Team } from "../lib/distributed/team.js";
import { ShardedOutput } from "../lib/models/output/sharded-output.js";
import { SharedTrainer } from "../lib/train/shared-trainer.js";

const [steps = 100, V = 16_489, hidden = 100, batch = 128, pretended = 0] = process.argv
  .slice(2)
  .map(Number);
setThreads(Number(process.env.MM_THREADS ?? 1));

/** The same communicator, which adds up the time that is spent in it. */
let exchanging = 0;
let exchangingOnCpu = 0;
/** Of this process, in milliseconds: what other programs take from it is not in there. */
const onCpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
function timed(inner: Communicator): Communicator {
  const time =
    <A extends unknown[]>(call: (...args: A) => void) =>
    (...args: A) => {
      const [began, worked] = [performance.now(), onCpu()];
      call(...args);
      exchanging += performance.now() - began;
      exchangingOnCpu += onCpu() - worked;
    };
  return { ...inner, allgather: time(inner.allgather), alltoall: time(inner.alltoall) };
}

const generator = new Generator(1);
const N = 100_000;
const examples = {
  X: randint(0, V, [N, 4], { generator }),
  Y: randint(0, V, [N], { generator }),
};
const model = NPLM.create(
  { vocabularySize: V, blockSize: 4, embedding: 30, hidden, direct: false },
  generator,
);
const optimizer = (of: Module) => new SGD(of.parameters(), { lr: 0.1, weightDecay: 1e-4 });
const options = {
  model,
  examples,
  batchSize: batch,
  schedule: parseSchedule("0.1"),
  generator,
  optimizer: optimizer(model),
  order: new EpochOrder(datasetOf("bench", examples).count, batch, 1),
};
const isStarted = Object.keys(process.env).some((name) => /^(OMPI_COMM|PMI|PMIX)_/.test(name));
/** The first of many ranks, the others of which want its turns, and send zeros otherwise. */
const first = (size: number): Communicator => {
  const nothing = () => undefined;
  const allgather = (words: Int32Array) => {
    if (words.length === size) words.fill(words[0]);
  };
  return { rank: 0, size, local: 1, allgather, alltoall: nothing, close: nothing };
};
const ranks = isStarted ? timed(connectMpi()) : pretended > 0 ? timed(first(pretended)) : undefined;
let trainer = new Trainer(options);
if (ranks !== undefined) {
  const sharded = new ShardedOutput(model, ranks);
  trainer = new SharedTrainer(options, sharded, optimizer(sharded), new Team(ranks));
}
const step: number[] = [];
const inExchange: number[] = [];
/** processor time outside of exchanges, which wait for other ranks */
const computing: number[] = [];
let last = performance.now();
let lastOnCpu = onCpu();
await trainer.run(steps + 5, () => {
  const now = performance.now();
  step.push(now - last);
  inExchange.push(exchanging);
  const worked = onCpu();
  computing.push(worked - lastOnCpu - exchangingOnCpu);
  [exchanging, exchangingOnCpu, last, lastOnCpu] = [0, 0, now, worked];
});
const part = (of: number[], share: number) =>
  [...of.slice(5)].sort((a, b) => a - b)[Math.floor(share * (of.length - 5))].toFixed(3);
if (ranks === undefined || ranks.rank === 0)
  console.log(
    JSON.stringify({
      ranks: ranks?.size ?? 0,
      backend: backend(),
      median: part(step, 0.5),
      tenth: part(step, 0.1),
      exchangeMedian: part(inExchange, 0.5),
      exchangeTenth: part(inExchange, 0.1),
      computeMedian: part(computing, 0.5),
      computeTenth: part(computing, 0.1),
    }),
  );
ranks?.close();
