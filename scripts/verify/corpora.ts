/**
 * A text of 1 GB trains: read at 50 MB/s, below 1.5 GB of resident memory, and with its tokens kept
 * the first step comes within a second. Needs 2 GB of disk; other load on the machine shows.
 * `npm run verify:corpora [-- --quick]`, a tenth of it
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { environment } from "../../test/train/support.js";
import { check, conclude, folder, root, typescript } from "./support.js";

const TOKENS = process.argv.includes("--quick") ? 21_300_000 : 213_000_000;
/** Bytes per second, bytes, seconds. */
const [READ, RESIDENT, FIRST_STEP] = [50e6, 1.5e9, 1];

const text = join(folder, "text.txt");
const SETTINGS = [
  ...["--level", "word", "--model", "nplm", "--block-size", "4", "--embedding", "30"],
  ...["--hidden", "50", "--max-words", "20000", "--bias", "unigram", "--batch-size", "128"],
  ...["--steps", "20", "--log-every", "1", "--eval-every", "20", "--eval-examples", "2000"],
  ...["--samples", "0", "--json"],
];

/** The most memory that was resident, of a process that ends. */
const SAY_PEAK = 'console.error(/VmHWM.*/.exec(readFileSync("/proc/self/status", "utf8"))[0])';
const PEAK = `data:text/javascript,import{readFileSync}from"node:fs";process.on("exit",()=>${SAY_PEAK})`;

interface Training {
  /** seconds from the start of the process: text read, first step done */
  readonly read: number;
  readonly firstStep: number;
  /** bytes resident at most */
  readonly peak: number;
  /** the losses of all steps */
  readonly losses: readonly number[];
  /** the run's model */
  readonly model: Buffer;
}

/** Trains, with what the lines of `--json` say and when they came. */
function training(name: string): Promise<Training> {
  const began = performance.now();
  const out = join(folder, "runs", name);
  const args = ["--import", PEAK, "dist/cli/main.js", text, ...SETTINGS, "--out", out];
  const child = spawn(process.execPath, args, { cwd: root, env: environment({}) });
  let [read, firstStep] = [NaN, NaN];
  const losses: number[] = [];
  let [rest, errors] = ["", ""];
  const take = (line: string): void => {
    const seconds = (performance.now() - began) / 1000;
    const { event, loss } = JSON.parse(line) as { event: string; loss: number };
    if (event === "corpus") read = seconds;
    if (event !== "step") return;
    if (losses.length === 0) firstStep = seconds;
    losses.push(loss);
  };
  child.stdout.on("data", (piece: Buffer) => {
    const lines = (rest + piece.toString()).split("\n");
    rest = String(lines.pop());
    lines.forEach(take);
  });
  child.stderr.on("data", (piece: Buffer) => (errors += piece.toString()));
  return new Promise((resolve, reject) => {
    child.on("close", (code) => {
      const peak = 1024 * Number(/VmHWM:\s*(\d+) kB/.exec(errors)?.[1]);
      const model = code === 0 ? readFileSync(join(out, "model.safetensors")) : Buffer.alloc(0);
      if (code === 0 && losses.length === 20) resolve({ read, firstStep, peak, losses, model });
      else reject(new Error(`exit code ${code}, ${losses.length} steps: ${errors.slice(0, 500)}`));
    });
  });
}

const mega = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
const atMost = (what: string, got: number, limit: number): void => {
  if (!(got <= limit)) throw new Error(`${what}: ${got.toFixed(2)}, expected at most ${limit}`);
};

await check("a text by Zipf's law", async () => {
  await typescript("bench/zipf.ts", [text, String(TOKENS)]);
  return mega(statSync(text).size);
});

let cold: Training;
await check("its first training", async () => {
  cold = await training("cold");
  const speed = statSync(text).size / cold.read;
  const figures = `read at ${mega(speed)}/s, ${mega(cold.peak)} resident at most`;
  if (!(speed >= READ)) throw new Error(`${figures}; expected ${mega(READ)}/s`);
  atMost(`${figures}; bytes`, cold.peak, RESIDENT);
  return figures;
});

const expectSame = ({ losses, model }: Training): void => {
  if (losses.join() !== cold.losses.join() || !model.equals(cold.model))
    throw new Error("other losses or parameters than in the first training");
};

await check("its second, from the tokens that were kept", async () => {
  // Of three: other processes may be at work.
  const times = [await training("warm-1"), await training("warm-2"), await training("warm-3")];
  times.forEach(expectSame);
  const best = Math.min(...times.map(({ firstStep }) => firstStep));
  const peak = Math.max(...times.map((time) => time.peak));
  const figures = `first step after ${best.toFixed(2)} s, ${mega(peak)} resident at most`;
  atMost(`${figures}; seconds`, best, FIRST_STEP);
  atMost(`${figures}; bytes`, peak, RESIDENT);
  return figures;
});

await check("two processes at once, from the same file", async () => {
  const both = await Promise.all([training("one"), training("other")]);
  both.forEach(expectSame);
  const files = readdirSync(join(folder, "runs", ".mm-cache"));
  const kept = files.filter((name) => name.endsWith(".tokens"));
  if (kept.length !== 1) throw new Error(`expected one file, got ${files.join(", ")}`);
  const { size } = statSync(join(folder, "runs", ".mm-cache", kept[0]));
  return `${mega(size)} on the disk, ${both.map(({ peak }) => mega(peak)).join(" and ")} resident`;
});

conclude();
