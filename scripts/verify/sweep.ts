/**
 * A sweep whose coordinator and whose processes are killed (kill -9) at random moments, and that is
 * started again until it is done: the runs, and the bits of each, of the sweep that nobody
 * disturbed; then a sweep over a queue (sweep-queue.ts). `npm run verify:sweep [-- KILLS [SEED]]` (60 and a random seed)
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { random } from "./kill.js";
import { faultyQueue, hasRedis } from "./sweep-queue.js";
import { digestOf, FIXED, runsIn, WORDS } from "./sweep-runs.js";

const SPACE = {
  search: "asha",
  trials: 9,
  seeds: [1, 2],
  firstSteps: 100,
  settings: { lr: { log: [0.01, 1] }, hidden: [16, 32] },
  fixed: { ...FIXED, optimizer: "adamw", weightDecay: 0.01 },
};

export interface SweepReport {
  /** runs of the sweep, and those that ended with the bits of the undisturbed one */
  runs: number;
  same: number;
  /** of the coordinator, and of processes that train */
  kills: { coordinator: number; processes: number };
  /** what else was wrong */
  failures: string[];
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** @param disturb is given the coordinator's process when it has begun */
async function sweepOnce(
  main: string,
  dir: string,
  out: string,
  disturb?: (pid: number) => Promise<void>,
): Promise<Ended> {
  const args = [main, "sweep", "space.json", "--out", out, "--parallel", "3", "--json"];
  const child = spawn(process.execPath, args, { cwd: dir, stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const begun = new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  child.stdout.resume();
  const ended = new Promise<Ended>((resolve, reject) =>
    child.once("error", reject).once("close", (code, signal) => resolve({ code, signal, stderr })),
  );
  await Promise.race([begun, ended]);
  await Promise.race([disturb?.(Number(child.pid)), ended]);
  return ended;
}

const childrenOf = (pid: number): number[] =>
  spawnSync("pgrep", ["-P", String(pid)], { encoding: "utf8" })
    .stdout.split("\n")
    .filter((line) => line !== "")
    .map(Number);

/** Starts a sweep as often as it takes, and kills `count` of its processes. */
export async function killSweeps(main: string, count: number, seed: number): Promise<SweepReport> {
  const dir = mkdtempSync(join(tmpdir(), "mm-sweep-"));
  const next = random(seed);
  const report: SweepReport = {
    runs: 0,
    same: 0,
    kills: { coordinator: 0, processes: 0 },
    failures: [],
  };
  const sleep = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
  try {
    writeFileSync(join(dir, "words.txt"), WORDS);
    writeFileSync(join(dir, "space.json"), JSON.stringify(SPACE));
    mkdirSync(join(dir, "whole"));
    const started = performance.now();
    const whole = await sweepOnce(main, dir, "whole");
    if (whole.code !== 0) throw new Error(`the undisturbed sweep: ${whole.stderr}`);
    const most = (performance.now() - started) / 2;
    const wanted = runsIn(join(dir, "whole"));
    const bits = wanted.map((run) => digestOf(join(dir, "whole", run)));
    for (let sweeps = 0; report.kills.coordinator + report.kills.processes < count; sweeps++) {
      const out = `killed-${sweeps}`;
      for (let ended: Ended | undefined; ended?.code !== 0;) {
        ended = await sweepOnce(main, dir, out, async (pid) => {
          await sleep(next() * most);
          const children = childrenOf(pid);
          const child = next() < 0.5 ? children[Math.floor(next() * children.length)] : undefined;
          try {
            process.kill(child ?? pid, "SIGKILL");
            report.kills[child === undefined ? "coordinator" : "processes"]++;
          } catch {
            // It had ended.
          }
        });
        if (ended.code !== 0 && ended.signal !== "SIGKILL")
          throw new Error(`${out} ended with ${ended.code ?? ended.signal}: ${ended.stderr}`);
      }
      const runs = runsIn(join(dir, out));
      if (runs.join() !== wanted.join()) report.failures.push(`${out}: other runs: ${runs.join()}`);
      report.runs += wanted.length;
      report.same += wanted.filter((run, i) => digestOf(join(dir, out, run)) === bits[i]).length;
    }
  } catch (error) {
    report.failures.push(`seed ${seed}: ${(error as Error).message}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  return report;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [count = 60, seed = Math.floor(Math.random() * 1e6)] = process.argv.slice(2).map(Number);
  const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
  const { runs, same, kills, failures } = await killSweeps(main, count, seed);
  for (const failure of failures) console.error(failure);
  console.log(
    `${same} of ${runs} runs of sweeps ended with the bits of the undisturbed sweep ` +
      `(${kills.coordinator} kills of the coordinator, ${kills.processes} of processes that ` +
      `train; seed ${seed})`,
  );
  const queued = hasRedis()
    ? await faultyQueue(main, { trials: 200, faults: 60, seed })
    : {
        runs: 1,
        same: 0,
        faults: {},
        failures: ["redis-server is not there: apt-get install redis-server"],
      };
  for (const failure of queued.failures) console.error(failure);
  const faults = Object.entries(queued.faults).map(([kind, number]) => `${number} ${kind}`);
  console.log(
    `${queued.same} of ${queued.runs} runs over a queue came back once, with the bits of the ` +
      `sweep without one (${faults.join(", ")}; seed ${seed})`,
  );
  const good = same === runs && queued.same === queued.runs;
  process.exitCode = good && failures.length + queued.failures.length === 0 ? 0 : 1;
}
