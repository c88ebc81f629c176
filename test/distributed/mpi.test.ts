/** `mpirun -n N mm-train train --distributed mpi`: the run folder of one process. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { environment, installed, mmTrain, scratch } from "../train/support.js";
import { onlyLine } from "../cli/support.js";
import { ended, missingMpi, mpiProject, ranksOf, startRanks } from "./launch.js";
import { contents, SETTINGS, textFile } from "./support.js";

const missing = missingMpi();
if (missing !== undefined) console.warn(`tests of --distributed mpi are skipped: ${missing}`);

const folder = scratch();
const main = () => join(installed(), "dist", "cli", "main.js");
const { level, model, lr, order, ...numbers } = SETTINGS;
const option = (key: string) => `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
const OPTIONS = Object.entries({ level, model, lr, order, ...numbers }).flatMap(([key, value]) =>
  value === true ? [option(key)] : [option(key), String(value)],
);
const env = environment({ MM_THREADS: "1" });

describe.skipIf(missing !== undefined)("ranks that mpirun has started", () => {
  let project: string;
  let args: string[];
  let expected: Record<string, string>;
  beforeAll(async () => {
    project = mpiProject(folder());
    args = ["train", textFile(project), ...OPTIONS];
    const run = join(project, "one");
    expect((await mmTrain([...args, "--out", run], project, { MM_THREADS: "1" })).code).toBe(0);
    expected = contents(run);
  }, 300_000);

  const launch = (ranks: number, words: readonly string[]) =>
    startRanks(ranks, [main(), ...words, "--distributed", "mpi"], { cwd: project, env });

  it.each([1, 2, 3])("leave, being %i, the run folder of one; only the first speaks", async (n) => {
    const run = join(folder(), "run");
    const { code, stdout, stderr } = await ended(launch(n, [...args, "--json", "--out", run]));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.match(/"event":"result"/g)).toHaveLength(1);
    expect(contents(run)).toEqual(expected);
  });

  it("end all where one is killed, and go on with another number to the same bits", async () => {
    const run = join(folder(), "run");
    const long = [...args, "--out", run, "--steps", "100000", "--eval-every", "100000"];
    const mpirun = launch(3, [...long, "--checkpoint-every", "6", "--quiet"]);
    const end = ended(mpirun);
    const saved = join(run, "state.safetensors");
    while (!existsSync(saved)) await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(ranksOf(mpirun)[2], "SIGKILL");
    expect((await end).code).not.toBe(0);
    const config = JSON.parse(readFileSync(join(run, "config.json"), "utf8")) as {
      stepsDone: number;
    };
    // Some steps more than were saved, on two ranks; the same from the start, in one process.
    const last = String(config.stepsDone + 12);
    const resumed = await ended(launch(2, ["train", "--resume", "--out", run, "--steps", last]));
    expect({ code: resumed.code, stderr: resumed.stderr.includes("mm-train:") }).toEqual({
      code: 0,
      stderr: false,
    });
    const alone = join(folder(), "run");
    const straight = [...args, "--out", alone, "--steps", last, "--eval-every", "100000"];
    await mmTrain([...straight, "--checkpoint-every", "6"], project, { MM_THREADS: "1" });
    const [got, want] = [contents(run), contents(alone)];
    for (const name of ["model.safetensors", "state.safetensors", "samples.txt"])
      expect(got[name] === want[name], name).toBe(true);
  });

  it("say once what is wrong", async () => {
    const { code, stderr } = await ended(launch(2, [...args, "--clip", "1", "--out", "clipped"]));
    expect(code).toBe(2);
    expect(stderr.match(/^mm-train: .*/gm)).toEqual([
      expect.stringMatching(/^mm-train: distributed: expected no --clip, got 1: /),
    ]);
    expect(existsSync(join(project, "clipped"))).toBe(false);
  });
});

it("says how to start ranks where nothing has", async () => {
  const line = onlyLine(await mmTrain(["train", "--distributed", "mpi"], folder()), 2);
  expect(line).toMatch(/^distributed: MPI has not started this process; expected `mpirun -n N /);
});

it("says how to install what speaks to MPI", async () => {
  const started = { OMPI_COMM_WORLD_SIZE: "1" };
  const line = onlyLine(await mmTrain(["train", "--distributed", "mpi"], folder(), started), 1);
  expect(line).toMatch(
    /^distributed: mm-train-mpi is not installed; npm install \.\/packages\/mpi /,
  );
});
