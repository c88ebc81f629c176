/** The runs in a folder, which is read and never written to. */
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { basename, isAbsolute, join, relative, sep } from "node:path";
import { isSplit, isStep, type Measurement } from "../run/folder/metrics.js";
import { runFolders, RUNS } from "../run/folder/runs.js";
import { SWEEP } from "../sweep/folder/sweep-folder.js";
import { readDetails, readLabRun, stampOf, withState } from "./lab-run.js";
import { runArchive } from "./run-archive.js";
import { readTail } from "./metrics-tail.js";
import type { LabComparison, LabRun, LabSweep, LiveNews, LossAt, RunDetails } from "./protocol.js";
import type { RunSource } from "./run-source.js";

/** Details hold charts: of so many runs they are kept. */
const KEPT = 8;

/** So many times as long as a sweep took to read it is not read again. */
const SWEEP_SHARE = 20;

export class RunsFolder implements RunSource {
  readonly #runs = new Map<string, { stamp: string; run: LabRun }>();
  #sweep: { stamp: string; answer: LabSweep; until: number } | undefined;
  readonly #details = new Map<string, { stamp: string; details: Promise<RunDetails> }>();

  /** @param top the folder, `runs/` by default */
  constructor(readonly top = RUNS) {}

  list(): LabRun[] {
    return runFolders("config.json", this.top).map((dir) =>
      leadsOut(dir, this.top)
        ? {
            ...NOTHING,
            name: basename(dir),
            problem: "is a link that leads out of the runs folder",
          }
        : this.#run(dir),
    );
  }

  /** One of them; undefined for any other name. */
  run(name: string): LabRun | undefined {
    const dir = this.#folderOf(name);
    return dir === undefined ? undefined : this.#run(dir);
  }

  async details(name: string): Promise<RunDetails | undefined> {
    const dir = this.#folderOf(name);
    if (dir === undefined) return undefined;
    const run = this.#run(dir);
    const stamp = `${stampOf(dir)} ${run.state}`;
    const kept = this.#details.get(dir);
    const details = kept?.stamp === stamp ? kept.details : readDetails(dir, run);
    this.#details.delete(dir);
    this.#details.set(dir, { stamp, details });
    for (const oldest of this.#details.keys())
      if (this.#details.size > KEPT) this.#details.delete(oldest);
    return details;
  }

  live(name: string, cursor: string): LiveNews | undefined {
    const dir = this.#folderOf(name);
    if (dir === undefined) return undefined;
    // Before the lines: what ended then has written all of them.
    const { state, steps } = this.#run(dir);
    const { lines, ...tail } = readTail(dir, cursor);
    return { state, steps, ...tail, ...lossesIn(lines) };
  }

  archive(name: string): Uint8Array | undefined {
    const dir = this.#folderOf(name);
    return dir === undefined ? undefined : runArchive(dir);
  }

  get isSweep(): boolean {
    return existsSync(join(this.top, SWEEP));
  }

  /** All runs are read for it: while they train it is some of their saves behind. */
  async sweep(): Promise<LabSweep | undefined> {
    if (!this.isSweep) return undefined;
    const stamp = runFolders("config.json", this.top).map(stampOf).join(" ");
    const began = performance.now();
    if (this.#sweep?.stamp === stamp || began < (this.#sweep?.until ?? 0))
      return this.#sweep?.answer;
    const { readLabSweep } = await import("./lab-sweep.js");
    const answer = readLabSweep(this.top);
    const took = performance.now() - began;
    this.#sweep = { stamp, answer, until: began + SWEEP_SHARE * took };
    return answer;
  }

  async compare(names: readonly string[]): Promise<LabComparison | undefined> {
    const dirs = names.map((name) => this.#folderOf(name));
    if (!dirs.every((dir) => dir !== undefined)) return undefined;
    const { compareRuns } = await import("./compare-runs.js");
    return compareRuns(dirs);
  }

  /** Read again when its files changed. */
  #run(dir: string): LabRun {
    const stamp = stampOf(dir);
    const kept = this.#runs.get(dir);
    const run = kept?.stamp === stamp ? kept.run : readLabRun(dir);
    this.#runs.set(dir, { stamp, run });
    return withState(run, dir);
  }

  /** The folder of a run that is listed; undefined for any other name. */
  #folderOf(name: string): string | undefined {
    const dir = runFolders("config.json", this.top).find((each) => basename(each) === name);
    return dir === undefined || leadsOut(dir, this.top) ? undefined : dir;
  }
}

const NOTHING = { state: "damaged", differs: [], date: new Date(0).toISOString() } as const;

/** Whether a run, or a file of it, is a link to a place outside of a folder. */
function leadsOut(dir: string, top: string): boolean {
  try {
    const real = realpathSync(top);
    const links = readdirSync(dir, { withFileTypes: true }).filter((file) => file.isSymbolicLink());
    return [dir, ...links.map(({ name }) => join(dir, name))].some((path) => {
      const inside = relative(real, realpathSync(path));
      return inside.split(sep)[0] === ".." || isAbsolute(inside);
    });
  } catch {
    return true; // a link to nothing, a folder that cannot be read
  }
}

function lossesIn(lines: readonly Measurement[]): {
  minibatches: LossAt[];
  dev: LossAt[];
} {
  return {
    minibatches: lines.filter(isStep).map(({ step, loss }) => [step, loss]),
    dev: lines.filter(isSplit).map(({ step, devLoss }) => [step, devLoss]),
  };
}
