/**
 * `npm run verify:mpi [-- KILLS [SEED]]`: trainings that 1, 2, 3 and 5 ranks of MPI share, against
 * one process's; then KILLS (10) trainings in which a random rank is killed with kill -9 at a
 * random moment and another number of ranks goes on, twice, to the bits of the undisturbed one.
 */
import { existsSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { environment, root } from "../../test/train/support.js";
import { ended, mpiProject, ranksOf, startRanks } from "../../test/distributed/launch.js";
import { contents, textFile } from "../../test/distributed/support.js";
import { check, conclude, folder, need, run as runHere } from "./support.js";

for (const command of ["mpirun", "mpicc"]) need(command, "openmpi-bin", "libopenmpi-dev");
const [kills = 10, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);
let state = seed;
const random = (n: number) => (state = (state * 48271) % 2147483647) % n;

const project = mpiProject(folder);
const main = join(root, "dist", "cli", "main.js");
const env = environment({ MM_THREADS: "1" });
const words = ["train", textFile(project), "--level", "word", "--min-count", "1", "--quiet"];
const model = ["--model", "nplm", "--direct", "--embedding", "8", "--hidden", "24"];
const steps = ["--steps", "500", "--checkpoint-every", "20", "--eval-every", "100"];
const extra = ["--dropout", "0.2", "--momentum", "0.5", "--lr", "0.3", "--order", "shuffled"];
const args = [...words, ...model, ...steps, ...extra, "--eval-examples", "500"];
const ranks = (n: number, options: readonly string[]) =>
  startRanks(n, [main, ...options, "--distributed", "mpi"], { cwd: project, env });
const fresh = () => join(mkdtempSync(join(folder, "run-")), "run");

const one = fresh();
await runHere(process.execPath, [main, ...args, "--out", one], { MM_THREADS: "1" }, 0);
const expected = JSON.stringify(contents(one));
function compare(run: string): void {
  if (JSON.stringify(contents(run)) !== expected) throw new Error("NOT the bits of one process");
}

for (const n of [1, 2, 3, 5])
  await check(`${n} ranks`, async () => {
    const run = fresh();
    const { code, stderr } = await ended(ranks(n, [...args, "--out", run]));
    if (code !== 0) throw new Error(`ended with ${code}: ${stderr}`);
    compare(run);
    return "the run folder of one process";
  });

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
let killed = 0;
let slowest = 0;
for (let i = 0; i < kills; i++)
  await check(`killed and resumed, ${i + 1} of ${kills}, seed ${seed}`, async () => {
    const run = fresh();
    const numbers: string[] = [];
    for (let attempt = 0; ; attempt++) {
      const n = 1 + random(5);
      const begun = ["train", "--resume", "--quiet"];
      const mpirun = ranks(n, [...(attempt > 0 ? begun : args), "--out", run]);
      const end = ended(mpirun);
      if (attempt < 2) {
        // Once there is something to go on from, at any moment.
        let over = false;
        void end.then(() => (over = true));
        while (!over && !existsSync(join(run, "state.safetensors"))) await wait(10);
        await Promise.race([end, wait((attempt === 0 ? 0 : 1500) + random(2000))]);
        const processes = ranksOf(mpirun);
        if (processes.length > 0) {
          process.kill(processes[random(processes.length)], "SIGKILL");
          killed++;
          const began = performance.now();
          if ((await end).code === 0) throw new Error("mpirun ended with 0");
          slowest = Math.max(slowest, performance.now() - began);
          numbers.push(String(n));
          continue;
        }
      }
      const { code, stderr } = await end;
      if (code !== 0) throw new Error(`ended with ${code}: ${stderr}`);
      compare(run);
      return `${[...numbers, n].join(", then ")} ranks: the run folder of one process`;
    }
  });
console.log(`${killed} ranks killed; all others had ended ${(slowest / 1000).toFixed(1)} s later`);
conclude();
