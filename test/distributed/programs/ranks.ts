/**
 * `ranks.ts RANKS TRAININGS`: trains with each of these settings (JSON), one after the other, on so
 * many threads that share a training, with none where RANKS is 0; prints what the ranks returned or
 * threw. `stopAt`: a step at which the last rank asks for the end.
 */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { MmError, resume, train } from "../../../lib/index.js";
import { sharedMemory, threadCommunicator } from "../threads.js";

interface Settings {
  readonly run: string;
  readonly resume?: boolean;
  readonly stopAt?: number;
  /** settings of the last rank alone */
  readonly other?: object;
}

interface Task {
  readonly trainings: readonly Settings[];
  readonly memory?: SharedArrayBuffer;
  readonly rank: number;
  readonly size: number;
}

/** What became of a rank. */
interface Outcome {
  readonly loss?: unknown;
  readonly interrupted?: boolean;
  readonly steps?: number;
  readonly error?: string;
}

async function runAll({ trainings, ...place }: Task): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const settings of trainings) outcomes.push(await run(settings, place));
  return outcomes;
}

async function run(
  settings: Settings,
  { memory, rank, size }: Omit<Task, "trainings">,
): Promise<Outcome> {
  const { run, resume: resuming, stopAt, other, ...rest } = settings;
  const distributed = memory && threadCommunicator(memory, rank, size);
  const stop = new AbortController();
  const isLast = rank === size - 1;
  const listeners = {
    signal: stop.signal,
    onStep: (step: number) => {
      if (isLast && step === stopAt) stop.abort();
    },
  };
  const common = { ...listeners, distributed };
  try {
    const { loss, interrupted, steps } = await (resuming === true
      ? resume(run, { ...rest, ...common })
      : train({ ...rest, ...(isLast && other), ...common, out: run }));
    return { loss, interrupted, steps };
  } catch (error) {
    if (!(error instanceof MmError)) throw error;
    return { error: error.message };
  }
}

// Node 20 does not run the loader of TypeScript for a worker's first file.
const start =
  `import("tsx/esm/api").then(({ register }) => { register(); return ` +
  `import(${JSON.stringify(import.meta.url)}); })`;

if (isMainThread) {
  const size = Number(process.argv[2]);
  const trainings = JSON.parse(process.argv[3]) as Settings[];
  const memory = size > 0 ? sharedMemory(1 << 20) : undefined;
  const outcomes =
    memory === undefined
      ? [await runAll({ trainings, rank: 0, size: 1 })]
      : await Promise.all(
          Array.from({ length: size }, (_, rank) => {
            const task: Task = { trainings, memory, rank, size };
            const worker = new Worker(start, { eval: true, workerData: task });
            return new Promise<Outcome[]>((resolve, reject) => {
              worker.once("message", resolve).once("error", reject);
            });
          }),
        );
  process.stdout.write(JSON.stringify(outcomes));
} else parentPort?.postMessage(await runAll(workerData as Task));
