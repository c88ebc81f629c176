/**
 * kill -9 at random moments of a training, and inside the writing of its files; then --resume,
 * killed again or not, to the end: the bits of the run that nobody disturbed. `npm run verify:kill
 * [-- COUNT [SEED]]` (100 and a random seed) prints how many of COUNT did.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Checkpoints and dev losses at different, frequent steps: about half of the time is writing. */
const SETTINGS = [
  "words.txt",
  "--steps",
  "400",
  "--checkpoint-every",
  "30",
  "--eval-every",
  "50",
  "--log-every",
  "10",
  "--hidden",
  "32",
  "--embedding",
  "4",
  "--samples",
  "3",
  "--optimizer",
  "adamw",
  "--lr",
  "0.01",
  "--dropout",
  "0.1",
  "--quiet",
];
export const COMPARED: readonly string[] = [
  "state.safetensors",
  "model.safetensors",
  "best.safetensors",
  "vocabulary.json",
  "config.json",
  "samples.txt",
  "metrics.jsonl",
];
const KILLER = fileURLToPath(new URL("killer.mjs", import.meta.url));

/**
 * Of all files of a run, without the line that says how fast the machine was.
 * @param files those of a run that was trained to its end
 */
export function digest(run: string, files: readonly string[] = COMPARED): string {
  const hash = createHash("sha256");
  for (const file of files)
    hash.update(readFileSync(join(run, file), "latin1").replace(/^\{"seconds":.*\n/m, ""));
  return hash.digest("hex");
}

/**
 * A generator of small numbers (Park and Miller's), so that a seed repeats the moments of the
 * kills.
 */
export function random(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

interface Outcome {
  killed: boolean;
  milliseconds: number;
}

/**
 * Runs `mm-train`; killed after some milliseconds, or by itself at one of its calls to the file
 * system.
 */
function mmTrain(
  main: string,
  args: readonly string[],
  cwd: string,
  kill: { after?: number; call?: number; list?: string } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const env = {
      ...process.env,
      MM_KILL_CALL: String(kill.call ?? ""),
      MM_LIST_CALLS: kill.list ?? "",
    };
    const child = spawn(process.execPath, ["--import", KILLER, main, ...args], {
      cwd,
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const killer =
      kill.after === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), kill.after);
    child.once("error", reject).once("close", (code, signal) => {
      clearTimeout(killer);
      const milliseconds = performance.now() - start;
      if (signal === "SIGKILL" || code === 0)
        resolve({ killed: signal === "SIGKILL", milliseconds });
      else reject(new Error(`mm-train ${args.join(" ")} ended with ${code ?? signal}: ${stderr}`));
    });
  });
}

export interface KillReport {
  /** runs that ended with the bits of the undisturbed one, of all that were killed */
  same: number;
  all: number;
  /** kills in all, and how many hit a call to the file system in the act */
  kills: number;
  inside: number;
  failures: string[];
}

/** Kills `count` runs of the program whose compiled entry is `main`, each one to three times. */
export async function killRuns(main: string, count: number, seed: number): Promise<KillReport> {
  const dir = mkdtempSync(join(tmpdir(), "mm-kill-"));
  const next = random(seed);
  const report: KillReport = { same: 0, all: count, kills: 0, inside: 0, failures: [] };
  try {
    writeFileSync(
      join(dir, "words.txt"),
      Array.from(
        { length: 200 },
        (_, i) =>
          `${i.toString(4).replace(/\d/g, (d) => "aeno"[Number(d)])}x${i % 7 ? "y" : "z"}\n`,
      ).join(""),
    );
    await mmTrain(main, [...SETTINGS, "--out", "warm-up"], dir);
    const { milliseconds } = await mmTrain(main, [...SETTINGS, "--out", "whole"], dir, {
      list: join(dir, "calls"),
    });
    const calls = (JSON.parse(readFileSync(join(dir, "calls"), "utf8")) as string[]).map(
      (name, i) => ({ name, number: i + 1 }),
    );
    // What is half written, or written and not in place, is what a careless program would lose:
    // every other kill hits such a call.
    const delicate = calls.filter(({ name }) => name === "writeSync" || name === "renameSync");
    const whole = digest(join(dir, "whole"));
    for (let i = 0; i < count; i++) {
      const run = `killed-${i}`;
      const told: string[] = [];
      const args = () => [
        ...(existsSync(join(dir, run, "config.json")) ? ["--resume", "--quiet"] : SETTINGS),
        "--out",
        run,
      ];
      /**
       * Starts the run or goes on with it; killed by turns at a random time and at a random call,
       * unless it is done before.
       */
      const live = async (): Promise<boolean> => {
        const inside = (i + told.length) % 2 === 1;
        const among = next() < 0.5 ? delicate : calls;
        const call = among[Math.floor(next() * among.length)];
        const kill = inside ? { call: call.number } : { after: next() * milliseconds };
        told.push(inside ? `${call.name}, call ${call.number}` : `${kill.after?.toFixed(0)} ms`);
        const { killed } = await mmTrain(main, args(), dir, kill);
        report.kills += Number(killed);
        report.inside += Number(killed && inside);
        return killed;
      };
      try {
        while (!(await live())) rmSync(join(dir, run), { recursive: true });
        for (let lives = 1; lives < 3 && next() < 0.5; lives++) await live();
        await mmTrain(main, args(), dir);
        if (digest(join(dir, run)) !== whole) throw new Error("ended with other bits");
        report.same++;
      } catch (error) {
        report.failures.push(
          `run ${i} (seed ${seed}; killed at ${told.join("; ")}): ${(error as Error).message}`,
        );
      }
      rmSync(join(dir, run), { recursive: true, force: true });
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  return report;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [count = 100, seed = Math.floor(Math.random() * 1e6)] = process.argv.slice(2).map(Number);
  const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
  const { same, all, kills, inside, failures } = await killRuns(main, count, seed);
  for (const failure of failures) console.error(failure);
  console.log(
    `${same} of ${all} killed trainings ended with the bits of the undisturbed one (${kills} ` +
      `kills, ${inside} of them in a call to the file system; seed ${seed})`,
  );
  process.exitCode = same === all ? 0 : 1;
}
