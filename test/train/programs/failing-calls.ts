/**
 * Lets each call to the file system fail, one after the other, in everything that reads or writes
 * runs, and prints as JSON how many calls each has, and what ended in anything but the library's
 * line.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { loadRun, MmError, resume, train } from "../../../lib/index.js";
import { drawRun } from "../../../lib/report/index.js";
import { eventFile, writeEvents } from "../../../lib/report/tensorboard.js";
import { withRunFiles } from "../../../lib/run/disk/run-files.js";
import { STAGED } from "../../../lib/run/disk/file.js";
import { ensureFolder } from "../../../lib/run/disk/folder.js";
import {
  freshRunFolder,
  latestRunFolder,
  runFolders,
  tryRunFolder,
} from "../../../lib/run/folder/runs.js";
import { recordTestLook } from "../../../lib/run/folder/test-evaluations.js";
const WORDS = ["anna", "bob", "carla", "dora", "emil", "fritz", "gustav", "hanna", "ida", "jan"];

const settings = { hidden: 2, embedding: 2, samples: 1, logEvery: 1, checkpointEvery: 2 };
const RUN = join("runs", "run");

/** What is done in a working folder of its own that holds words.txt and the run RUN of 2 steps. */
const SCENES: Record<string, () => unknown> = {
  train: () =>
    train({ ...settings, steps: 3, data: "words.txt", out: () => freshRunFolder("words.txt") }),
  resume: () => resume(RUN, { steps: 4 }),
  load: () => loadRun(latestRunFolder()),
  look: () => recordTestLook(RUN, { date: "", loss: 1, steps: 1, model: "last" }),
  draw: () => drawRun(RUN),
  "more events": () => writeEvents(RUN),
  "all events": () => {
    real.unlinkSync(eventFile(RUN));
    return writeEvents(RUN);
  },
  "find-lr": () => {
    ensureFolder(join("a", "b"));
    withRunFiles(join("a", "b"), (files) => files.write({ "find-lr.json": "{}" }));
  },
  doctor: () => [runFolders("config.json"), tryRunFolder()],
};

const real = { ...fs };
let calls = 0;
let fails = (_call: number): boolean => false;
for (const [name, call] of Object.entries(real)) {
  // existsSync answers false where it fails.
  if (!name.endsWith("Sync") || name === "existsSync") continue;
  const failing = (...args: unknown[]): unknown => {
    if (fails(++calls)) throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
    return (call as (...args: unknown[]) => unknown)(...args);
  };
  Object.assign(fs, { [name]: Object.assign(failing, call) });
}
syncBuiltinESMExports();

const memory = "/dev/shm"; // where a flush to the disk costs nothing
const scratch = real.mkdtempSync(
  join(real.existsSync(memory) ? memory : tmpdir(), "mm-train-failing-"),
);
process.once("exit", () => real.rmSync(scratch, { recursive: true, force: true }));
const original = join(scratch, "original");
real.mkdirSync(original);
process.chdir(original);
real.writeFileSync("words.txt", WORDS.map((word) => `${word}\n`).join(""));
await train({ ...settings, steps: 2, data: "words.txt", out: RUN });
writeEvents(RUN);
real.truncateSync(eventFile(RUN), 200); // as one that a training is still adding to

/** Runs a scene while calls fail; undefined where it ended well. */
async function outcome(scene: () => unknown, when: (call: number) => boolean): Promise<unknown> {
  calls = 0;
  fails = when;
  try {
    await scene();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    fails = () => false;
  }
}

/** What is wrong after a scene in which calls failed. */
function complaint(error: unknown): string | undefined {
  if (error !== undefined) {
    if (!(error instanceof MmError)) return String(error);
    // A folder in runs/ that cannot be seen is passed over.
    const line = /^[\w./-]+: (?:.*\(EIO\)|holds no run folder)/;
    if (!line.test(error.message)) return error.message;
  }
  try {
    real.rmSync(join(RUN, "run.lock"), { force: true }); // giving it back may be what failed
    withRunFiles(RUN, (files) => files.write({ "samples.txt": "anna\n" }));
    loadRun(RUN);
    const left = real.readdirSync(RUN).filter((name) => STAGED.locked.test(name));
    return left.length > 0 ? `left ${left.join()}` : undefined;
  } catch (later) {
    return `afterwards: ${String(later)}`;
  }
}

const counts: Record<string, number> = {};
const complaints: string[] = [];
for (const [name, scene] of Object.entries(SCENES)) {
  for (const on of [false, true]) {
    for (let at = 1; ; at++) {
      const folder = real.mkdtempSync(join(scratch, "t-"));
      real.cpSync(original, folder, { recursive: true });
      process.chdir(folder);
      const error = await outcome(scene, (call) => (on ? call >= at : call === at));
      const count = calls;
      const wrong = complaint(error);
      if (wrong !== undefined)
        complaints.push(
          `${name}, call ${at}${on ? " on" : ""}: ${wrong}`.replaceAll(basename(folder), "t"),
        );
      process.chdir(scratch);
      real.rmSync(folder, { recursive: true });
      if (count < at) {
        counts[name] = count;
        break;
      }
    }
  }
}
process.stdout.write(JSON.stringify({ counts, complaints }));
