/**
 * A sweep over a queue in a real Redis, with three workers, while workers are killed (kill -9) and
 * stopped (SIGSTOP) past their lease, the sweep itself is killed, and Redis is killed and started
 * again with its append-only file: each run once, to the bits of the same sweep without a queue.
 * `npm run verify:sweep` does it with 200 trials.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { random } from "./kill.js";
import { digestOf, FIXED, runsIn, WORDS } from "./sweep-runs.js";

export interface QueueReport {
  runs: number;
  same: number;
  faults: Record<"workers killed" | "workers stopped" | "sweep killed" | "Redis killed", number>;
  failures: string[];
}

const WORKERS = 3;
/** Seconds. */
const LEASE = 2;

const spaceOf = (trials: number) => ({
  search: "random",
  trials,
  settings: { lr: { log: [0.01, 1] }, hidden: [16, 32] },
  fixed: FIXED,
});

const sleep = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

export const hasRedis = (): boolean =>
  spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status === 0;

/** A Redis that keeps what it was told in a file. */
export class RedisServer {
  private child: ChildProcess | undefined;
  constructor(
    private readonly dir: string,
    readonly port: number,
  ) {}

  async start(): Promise<void> {
    const args = [
      "--port",
      String(this.port),
      "--dir",
      this.dir,
      "--save",
      "",
      "--bind",
      "127.0.0.1",
    ];
    this.child = spawn("redis-server", [...args, "--appendonly", "yes"], { stdio: "ignore" });
    for (let tries = 0; tries < 100; tries++) {
      const asked = spawnSync("redis-cli", ["-p", String(this.port), "ping"], { encoding: "utf8" });
      if (asked.stdout.includes("PONG")) return;
      await sleep(50);
    }
    throw new Error("redis-server does not answer");
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child === undefined || (child.exitCode ?? child.signalCode) !== null) return;
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill(signal);
    await ended;
  }
}

/** @param faults so many, one after the other, as long as the sweep goes on */
export async function faultyQueue(
  main: string,
  { trials, faults, seed }: { trials: number; faults: number; seed: number },
): Promise<QueueReport> {
  const dir = mkdtempSync(join(tmpdir(), "mm-queue-"));
  const next = random(seed);
  const report: QueueReport = {
    runs: 0,
    same: 0,
    faults: { "workers killed": 0, "workers stopped": 0, "sweep killed": 0, "Redis killed": 0 },
    failures: [],
  };
  mkdirSync(join(dir, "redis"));
  const redis = new RedisServer(join(dir, "redis"), await freePort());
  const url = `redis://127.0.0.1:${redis.port}`;
  const env = { ...process.env, MM_REDIS: url };
  const workers: (ChildProcess | undefined)[] = new Array<undefined>(WORKERS).fill(undefined);
  let over = false;
  const keepWorkers = (): void => {
    for (let i = 0; i < WORKERS; i++) {
      if (over || workers[i] !== undefined) continue;
      const args = [main, "worker", "--redis", "--parallel", "1", "--lease", String(LEASE)];
      const child = spawn(process.execPath, args, {
        cwd: dir,
        env,
        stdio: ["ignore", "ignore", "pipe"],
      });
      child.once("close", () => {
        workers[i] = undefined;
      });
      workers[i] = child;
    }
  };
  const results: string[] = [];
  try {
    writeFileSync(join(dir, "words.txt"), WORDS);
    writeFileSync(join(dir, "space.json"), JSON.stringify(spaceOf(trials)));
    const serial = spawnSync(process.execPath, [main, "sweep", "space.json", "--out", "serial"], {
      cwd: dir,
      encoding: "utf8",
    });
    if (serial.status !== 0) throw new Error(`the sweep without a queue: ${serial.stderr}`);
    await redis.start();
    keepWorkers();
    let sweep: ChildProcess | undefined;
    const faultsLeft = { count: faults };
    for (let done = false; !done;) {
      const args = [main, "sweep", "space.json", "--out", "queued", "--redis", "--json"];
      const child = spawn(process.execPath, args, {
        cwd: dir,
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      sweep = child;
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
        child.once("close", (code, signal) => resolve(signal ?? code)),
      );
      const disturbing = disturb({ next, redis, workers, sweep, faultsLeft, report, keepWorkers });
      const code = await ended;
      await disturbing;
      results.push(...freshResults(stdout));
      done = code === 0;
      // Killed, or started while there was no Redis.
      if (!done && code !== "SIGKILL" && !stderr.includes("cannot be reached"))
        throw new Error(`the sweep ended with ${code}: ${stderr}`);
    }
    const wanted = runsIn(join(dir, "serial"));
    const runs = runsIn(join(dir, "queued"));
    if (runs.join() !== wanted.join()) report.failures.push(`other runs: ${runs.join()}`);
    const twice = results.filter((name, i) => results.indexOf(name) !== i);
    if (twice.length > 0) report.failures.push(`results that came twice: ${twice.join(" ")}`);
    report.runs = wanted.length;
    report.same = wanted.filter(
      (run) => digestOf(join(dir, "queued", run)) === digestOf(join(dir, "serial", run)),
    ).length;
  } catch (error) {
    report.failures.push(`seed ${seed}: ${(error as Error).message}`);
  } finally {
    over = true;
    for (const worker of workers) worker?.kill("SIGKILL");
    await redis.kill("SIGKILL");
    await sleep(3000); // processes that lost their worker save and end
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
  return report;
}

interface Scene {
  readonly next: () => number;
  readonly redis: RedisServer;
  readonly workers: readonly (ChildProcess | undefined)[];
  readonly sweep: ChildProcess;
  readonly faultsLeft: { count: number };
  readonly report: QueueReport;
  readonly keepWorkers: () => void;
}

/** Faults, until the sweep has ended. */
async function disturb(scene: Scene): Promise<void> {
  const { next, redis, workers, sweep, faultsLeft, report, keepWorkers } = scene;
  const goesOn = () => sweep.exitCode === null && sweep.signalCode === null;
  while (goesOn()) {
    await sleep(300 + 700 * next());
    keepWorkers();
    if (!goesOn() || faultsLeft.count === 0) continue;
    faultsLeft.count--;
    const worker = workers[Math.floor(next() * WORKERS)];
    const kind = next();
    if (kind < 0.1) {
      report.faults["Redis killed"]++;
      await redis.kill("SIGKILL");
      await sleep(500 * next());
      await redis.start();
    } else if (kind < 0.25) {
      report.faults["sweep killed"]++;
      sweep.kill("SIGKILL");
    } else if (kind < 0.6) {
      report.faults["workers killed"]++;
      worker?.kill("SIGKILL");
    } else {
      report.faults["workers stopped"]++;
      worker?.kill("SIGSTOP");
      void sleep(1000 * LEASE * (0.5 + 2 * next())).then(() => worker?.kill("SIGCONT"));
    }
  }
}

/** Names and steps of results that came while this sweep process lived. */
const freshResults = (stdout: string): string[] =>
  stdout
    .split("\n")
    .slice(0, -1)
    .map(
      (line) => JSON.parse(line) as { event: string; name: string; steps: number; before: boolean },
    )
    .filter(({ event, before }) => event === "run-result" && !before)
    .map(({ name, steps }) => `${name}@${steps}`);
