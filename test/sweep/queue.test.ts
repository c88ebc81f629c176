/** Sweeps over a queue, in a real Redis (`apt-get install redis-server`). */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { Worker } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CheckpointError, loadCorpus, loadRun, readSweep, train } from "../../lib/index.js";
import { readConfig } from "../../lib/run/folder/run-folder.js";
import { checkpointKey } from "../../lib/sweep/queue/job.js";
import { factsIn, packRun, unpackRun } from "../../lib/sweep/queue/parcel.js";
import { faultyQueue, freePort, hasRedis, RedisServer } from "../../scripts/verify/sweep-queue.js";
import { jsonLines, mmTrain, onlyLine, SMALL, startMmTrain } from "../cli/support.js";
import {
  errorOf,
  installed,
  parameterHash,
  type Running,
  scratch,
  WORDS,
  wordsFile,
  writeRun,
} from "../train/support.js";

const folder = scratch();

const SPACE = {
  search: "grid",
  settings: { lr: [0.1, 0.5] },
  fixed: { data: "words.txt", steps: 30, hidden: 4, embedding: 3, batchSize: 8, samples: 2 },
};

function home(space: object = SPACE): string {
  const dir = folder();
  wordsFile(dir);
  writeFileSync(join(dir, "space.json"), JSON.stringify(space));
  return dir;
}

/** The next line of standard error that says it. */
async function lineWith(process: Running, text: string): Promise<string> {
  for (;;) {
    const line = await process.line("stderr");
    if (line.includes(text)) return line;
  }
}

describe("a run as a parcel", () => {
  it("is the same run again", async () => {
    const dir = home();
    await mmTrain(["words.txt", ...SMALL, "--out", "run"], dir);
    const copy = join(dir, "copy");
    unpackRun(copy, packRun(join(dir, "run")));
    expect(parameterHash(loadRun(copy).model)).toBe(parameterHash(loadRun(join(dir, "run")).model));
    expect(packRun(copy)).toEqual(packRun(join(dir, "run")));
    const resumed = await mmTrain(["--resume", "--out", "copy", "--steps", "40", "--quiet"], dir);
    expect(resumed.code).toBe(0);
  });

  it("is refused where it is none, or would write elsewhere", async () => {
    const dir = folder();
    writeRun(dir, { "samples.txt": "anna\n" });
    const good = packRun(dir);
    const evil = Buffer.from(
      good.toString("latin1").replace("samples.txt", "../mples.txt"),
      "latin1",
    );
    for (const bytes of [Buffer.alloc(0), Buffer.from("anna"), good.subarray(0, 20), evil])
      await errorOf(CheckpointError, () => unpackRun(join(dir, "copy"), bytes));
  });
});

it("keeps passwords off the command line, and out of messages", async () => {
  const dir = home();
  for (const command of [["sweep", "space.json"], ["worker"]]) {
    const typed = await mmTrain([...command, "--redis", "redis://:secret@127.0.0.1:1"], dir);
    expect(onlyLine(typed, 2)).toMatch(/^--redis: expected no password on the command line/);
    const kept = await mmTrain([...command, "--redis"], dir, {
      MM_REDIS: "redis://:secret@127.0.0.1:1",
    });
    expect(onlyLine(kept, 1)).toBe(
      "Redis at 127.0.0.1:1 cannot be reached (ECONNREFUSED); start it, or name another with " +
        "--redis or MM_REDIS",
    );
    const none = await mmTrain([...command, "--redis"], dir);
    expect(onlyLine(none, 2)).toContain("expected an address, or the variable MM_REDIS");
    const wrong = await mmTrain([...command, "--redis", "http://127.0.0.1"], dir);
    expect(onlyLine(wrong, 2)).toContain("expected redis://HOST:PORT or rediss://HOST:PORT (TLS)");
  }
});

it("a worker is stopped by Ctrl-C while it waits for a Redis that never answers", async () => {
  const server = createServer();
  const connected = once(server, "connection");
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const { child, finished } = startMmTrain(
    ["worker", "--redis", `redis://127.0.0.1:${port}`],
    home(),
  );
  await connected;
  child.kill("SIGINT");
  expect(await finished).toMatchObject({ code: null, signal: "SIGINT", stderr: "" });
  server.close();
});

describe.skipIf(!hasRedis())("over a queue", () => {
  let redis: RedisServer;
  const workers: ChildProcess[] = [];
  beforeAll(async () => {
    redis = new RedisServer(folder(), await freePort());
    await redis.start();
  });
  afterAll(async () => {
    for (const worker of workers) worker.kill("SIGKILL");
    await redis.kill("SIGKILL");
  });
  const url = (database: number): string => `redis://127.0.0.1:${redis.port}/${database}`;

  it("a sweep that cannot be trained says why, and one that diverges is a result", async () => {
    const dir = home({ ...SPACE, settings: { lr: ["0.1", "1e30"] } });
    const worker = startMmTrain(["worker", "--redis", url(1)], dir);
    workers.push(worker.child);
    const { stdout, code } = await mmTrain(
      ["sweep", "space.json", "--redis", url(1), "--json"],
      dir,
    );
    expect(code).toBe(0);
    const { trials } = jsonLines<{ trials: { devLoss?: number }[] }>(stdout).at(-1) as {
      trials: { devLoss?: number }[];
    };
    expect(trials.map(({ devLoss }) => devLoss === undefined)).toEqual([false, true]);

    const lost = { ...SPACE, fixed: { ...SPACE.fixed, data: "none.txt" } };
    writeFileSync(join(dir, "lost.json"), JSON.stringify(lost));
    const failed = await mmTrain(["sweep", "lost.json", "--redis", url(1), "--json"], dir);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("none.txt");

    worker.child.kill("SIGINT");
    expect((await worker.finished).code).toBe(130);
  });

  it("another version of the package is refused", async () => {
    const dir = home();
    spawnSync("redis-cli", [
      "-p",
      String(redis.port),
      "-n",
      "2",
      "set",
      "mm-train:version",
      "9.9.9",
    ]);
    const worker = await mmTrain(["worker", "--redis", url(2)], dir);
    expect(onlyLine(worker, 2)).toMatch(
      /has runs for mm-train 9\.9\.9, expected \d+\.\d+\.\d+: install/,
    );
  });

  it("a worker that is stopped by Ctrl-C leaves its run to others, from where it is", async () => {
    const dir = home({
      ...SPACE,
      settings: { lr: [0.1] },
      fixed: { ...SPACE.fixed, steps: 200_000 },
    });
    const first = startMmTrain(["worker", "--redis", url(3), "--json"], dir);
    workers.push(first.child);
    const sweep = startMmTrain(["sweep", "space.json", "--redis", url(3), "--json"], dir);
    while (!(await first.line("stdout")).includes("taken"));
    await new Promise((done) => setTimeout(done, 300));
    first.child.kill("SIGINT");
    expect((await first.finished).stdout).toContain("stopped");
    const second = startMmTrain(["worker", "--redis", url(3), "--json"], dir);
    workers.push(second.child);
    expect((await sweep.finished).code).toBe(0);
    const alone = await mmTrain(["sweep", "space.json", "--out", "alone", "--json"], dir);
    expect(alone.code).toBe(0);
    expect(parameterHash(loadRun(join(dir, "sweeps/space/lr=0.1")).model)).toBe(
      parameterHash(loadRun(join(dir, "alone/lr=0.1")).model),
    );
  });

  it("a worker over other words is named, and what it trained is not taken", async () => {
    const dir = home({ ...SPACE, settings: { lr: [0.1, 0.3, 0.5] } });
    writeFileSync(join(dir, "other.txt"), WORDS.slice(1).join("\n"));
    const args = ["worker", "--redis", url(4), "--parallel", "1", "--json"];
    const other = startMmTrain([...args, "--data", "other.txt"], dir);
    workers.push(other.child);
    const name = `worker ${hostname()} (process ${other.child.pid}): other.txt holds other words`;
    const sweep = ["sweep", "space.json", "--redis", url(4)];
    const alone = await mmTrain(sweep, dir);
    expect(alone.code).toBe(1);
    expect(alone.stderr.split("\n").at(-2)).toContain(`mm-train: ${name}`);

    const right = startMmTrain(args, dir);
    workers.push(right.child);
    await right.line("stdout");
    const both = await mmTrain(sweep, dir);
    expect(both.code).toBe(0);
    expect(both.stderr).toContain(name);
    const { done, trials } = readSweep(join(dir, "sweeps/space"));
    expect(done).toBe(true);
    const digest = loadCorpus(join(dir, "words.txt"), 3, 42).digest;
    for (const { runs } of trials) expect(readConfig(runs[0].dir).wordsSha256).toBe(digest);
    for (const { child } of [other, right]) child.kill("SIGINT");
    await Promise.all([other.finished, right.finished]);
  });

  it("a run over other words is refused when it comes in, whatever its worker says", async () => {
    const dir = home({ ...SPACE, settings: { lr: [0.1] } });
    await train({ words: WORDS.slice(1), steps: 1, hidden: 4, out: join(dir, "other") });
    const connection = new Redis(url(5), { maxRetriesPerRequest: null });
    await connection.set("parcel", packRun(join(dir, "other")));
    const result = { worker: "liar", outcome: { state: "done" } };
    const liar = new Worker(
      "mm-train",
      async () => {
        await connection.copy("parcel", "mm-train:result:1");
        return { ...result, parcel: "mm-train:result:1" };
      },
      { connection },
    );
    const refused = startMmTrain(["sweep", "space.json", "--redis", url(5)], dir);
    expect(await lineWith(refused, "liar")).toContain(
      "worker liar: it trained on other words than the sweep's; its runs are given to others",
    );
    await liar.close();
    expect(existsSync(join(dir, "sweeps/space/lr=0.1"))).toBe(false);
    const worker = startMmTrain(["worker", "--redis", url(5)], dir);
    workers.push(worker.child);
    expect((await refused.finished).code).toBe(0);
    connection.disconnect();
  });

  it("a worker is stopped by Ctrl-C while Redis is away, and its run goes on from where it was", async () => {
    const dir = home({
      ...SPACE,
      settings: { lr: [0.1] },
      fixed: { ...SPACE.fixed, steps: 400_000, checkpointEvery: 1000 },
    });
    const args = ["worker", "--redis", url(6), "--lease", "2", "--json"];
    const first = startMmTrain(args, dir);
    workers.push(first.child);
    const sweep = startMmTrain(["sweep", "space.json", "--redis", url(6), "--json"], dir);
    while (!(await sweep.line("stdout")).includes("run"));
    while (!(await first.line("stdout")).includes("taken"));
    await new Promise((done) => setTimeout(done, 1500));
    await redis.kill("SIGKILL");
    await lineWith(first, "trying again");
    first.child.kill("SIGINT");
    const { code, stderr } = await first.finished;
    expect(code).toBe(130);
    const [, kept] = /Redis does not answer: (\S+) keeps what was trained/.exec(stderr) as string[];
    const [name] = readdirSync(kept);
    const { stepsDone } = readConfig(join(kept, name));
    expect(stepsDone).toBeGreaterThan(0);

    await redis.start();
    const second = startMmTrain(args, dir);
    workers.push(second.child);
    await second.line("stdout");
    expect(existsSync(kept)).toBe(false);
    const connection = new Redis(url(6));
    const parcel = await connection.getBuffer(checkpointKey(name.split("~")[0]));
    connection.disconnect();
    expect(factsIn(parcel as Buffer)?.stepsDone).toBeGreaterThanOrEqual(stepsDone);
    expect((await sweep.finished).code).toBe(0);
    const alone = await mmTrain(["sweep", "space.json", "--out", "alone", "--json"], dir);
    expect(alone.code).toBe(0);
    expect(parameterHash(loadRun(join(dir, "sweeps/space/lr=0.1")).model)).toBe(
      parameterHash(loadRun(join(dir, "alone/lr=0.1")).model),
    );
  });

  it("a sweep is stopped by Ctrl-C while Redis is away", async () => {
    const dir = home();
    const sweep = startMmTrain(["sweep", "space.json", "--redis", url(7)], dir);
    await lineWith(sweep, "2 trials");
    await redis.kill("SIGKILL");
    await lineWith(sweep, "trying again");
    sweep.child.kill("SIGINT");
    expect((await sweep.finished).code).toBe(130);
    await redis.start();
  });

  it("speaks TLS", async () => {
    const dir = home();
    const [key, certificate] = [join(dir, "key.pem"), join(dir, "cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject];
    const made = spawnSync("openssl", [...request, "-keyout", key, "-out", certificate]);
    expect(made.status).toBe(0);
    const port = await freePort();
    const tls = [
      "--tls-port",
      String(port),
      "--port",
      "0",
      "--tls-auth-clients",
      "no",
      "--save",
      "",
    ];
    const files = ["--tls-cert-file", certificate, "--tls-key-file", key, "--dir", dir];
    const server = spawn("redis-server", [...tls, ...files, "--requirepass", "secret"], {
      stdio: "ignore",
    });
    workers.push(server);
    const env = {
      NODE_EXTRA_CA_CERTS: certificate,
      MM_REDIS: `rediss://:secret@localhost:${port}`,
    };
    const worker = startMmTrain(["worker", "--redis", "--json"], dir, env);
    workers.push(worker.child);
    expect(JSON.parse(await worker.line("stdout"))).toEqual({
      event: "working",
      redis: `localhost:${port}`,
    });
    const sweep = await mmTrain(["sweep", "space.json", "--redis", "--json"], dir, env);
    expect(sweep.code).toBe(0);
    expect(sweep.stdout + sweep.stderr).not.toContain("secret");
  });

  it("each run comes back once, whoever is killed or stopped", async () => {
    const main = join(installed(), "dist", "cli", "main.js");
    const { runs, same, failures } = await faultyQueue(main, { trials: 10, faults: 6, seed: 3 });
    expect(failures).toEqual([]);
    expect(same).toBe(runs);
  });
});
