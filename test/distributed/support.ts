/** Runs of a team compared with runs of one process. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { environment, root } from "../train/support.js";

/** A text of about 2,600 different words: six blocks of the softmax, two groups of the sums. */
export function textFile(folder: string): string {
  const file = join(folder, "text.txt");
  let state = 7;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const word = () => `w${Math.floor(2700 * next() ** 2)}`;
  const lines = Array.from(
    { length: 2500 },
    () => `${Array.from({ length: 12 }, word).join(" ")}.`,
  );
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

/** Settings that take every path: dropout, weight decay, a dev loss and a checkpoint on the way. */
export const SETTINGS = {
  ...{ level: "word", minCount: 1, model: "nplm", blockSize: 2, embedding: 6, hidden: 12 },
  ...{ direct: true, dropout: 0.2, batchSize: 19, order: "shuffled", steps: 24, lr: "0.3" },
  ...{ weightDecay: 1e-3, evalEvery: 8, checkpointEvery: 6, samples: 3, evalExamples: 500 },
} as const;

/** The files of a run folder, without what tells of the machine and the time. */
export function contents(run: string): Record<string, string> {
  const files = readdirSync(run).filter((name) => !/^(SHA256SUMS|report\.html)$/.test(name));
  return Object.fromEntries(
    files.map((name) => {
      const text = readFileSync(join(run, name), "latin1");
      return [name, name === "metrics.jsonl" ? text.replace(/^.*"seconds".*\n/gm, "") : text];
    }),
  );
}

/** What each rank returned, or the message of what it threw. */
export interface Outcome {
  readonly loss?: unknown;
  readonly interrupted?: boolean;
  readonly steps?: number;
  readonly error?: string;
}

/** Trainings on `ranks` threads, with 0 in one process of its own: by training, then by rank. */
export async function onThreads(ranks: number, trainings: readonly object[]): Promise<Outcome[][]> {
  const program = fileURLToPath(new URL("programs/ranks.ts", import.meta.url));
  const args = ["--import", "tsx", program, String(ranks), JSON.stringify(trainings)];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: root,
    env: environment(),
  });
  const outcomes = JSON.parse(stdout) as Outcome[][];
  return trainings.map((_, i) => outcomes.map((rank) => rank[i]));
}
