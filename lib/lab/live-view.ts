/**
 * The page of a training, served by the process that trains: what is measured is shown from memory,
 * before it is on the disk.
 */
import { basename, dirname } from "node:path";
import { isSplit, isStep, readMetrics } from "../run/folder/metrics.js";
import { pageFiles } from "./http/page-files.js";
import type { LabRun, LiveNews, LossAt, RunDetails } from "./protocol.js";
import type { RunSource } from "./run-source.js";
import { RunsFolder } from "./runs-folder.js";
import { type Lab, startLab } from "./http/server.js";

/** A page that asked within so many milliseconds is open, and asks again within as many. */
const PATIENCE = 2500;
/** So many losses an answer has at most. */
const MOST = 5000;

/** A training that has begun. */
interface Training {
  readonly name: string;
  readonly folder: RunsFolder;
  /** that it is to do */
  readonly steps: number;
  /** in their order */
  readonly measured: (readonly [of: "minibatches" | "dev", at: LossAt])[];
}

export class LiveView implements RunSource {
  #training: Training | undefined;
  #ended = false;
  #asked = -Infinity;
  #lab: Lab | undefined;
  #onDelivered = (): void => undefined;

  private constructor() {}

  /**
   * @param files of the page
   * @throws UsageError where it cannot be served
   */
  static async start(files = pageFiles()): Promise<LiveView> {
    const view = new LiveView();
    view.#lab = await startLab({ source: view, files, onSent: (path) => view.#sent(path) });
    return view;
  }

  /**
   * The run begins, in a folder that holds its config.json.
   * @param first steps that were done before
   * @returns the address of its page
   */
  begin(dir: string, first: number, steps: number): string {
    const name = basename(dir);
    const measured = first === 0 ? [] : before(dir, first);
    this.#training = { name, folder: new RunsFolder(dirname(dir)), steps, measured };
    return this.#lab?.address(new URLSearchParams({ run: name }).toString()) ?? "";
  }

  /** The loss of a minibatch, and of the dev split after so many steps. */
  minibatch(step: number, loss: number): void {
    this.#training?.measured.push(["minibatches", [step, loss]]);
  }
  devLoss(step: number, loss: number): void {
    this.#training?.measured.push(["dev", [step, loss]]);
  }

  /** The run is written: a page that is open is told so, and then nothing is served any more. */
  async end(): Promise<void> {
    this.#ended = true;
    if (performance.now() - this.#asked < PATIENCE)
      await new Promise<void>((delivered) => {
        const timer = setTimeout(delivered, PATIENCE);
        this.#onDelivered = () => {
          clearTimeout(timer);
          delivered();
        };
      });
    await this.#lab?.close();
  }

  #sent(path: string): void {
    if (!path.startsWith("/api/runs/")) return;
    this.#asked = performance.now();
    // What a page asks for when it hears of the end is the last that it needs.
    if (this.#ended && !path.endsWith("/live")) this.#onDelivered();
  }

  get top(): string {
    return this.#training?.folder.top ?? "";
  }

  list(): LabRun[] {
    const run = this.#training?.folder.run(this.#training.name);
    return run === undefined ? [] : [run];
  }

  async details(name: string): Promise<RunDetails | undefined> {
    return name === this.#training?.name ? this.#training.folder.details(name) : undefined;
  }

  live(name: string, cursor: string): LiveNews | undefined {
    const training = this.#training;
    if (name !== training?.name) return undefined;
    const known = /^\d{1,9}$/.test(cursor) ? Number(cursor) : Infinity;
    const restarted = known > training.measured.length;
    const from = restarted ? 0 : known;
    const news = training.measured.slice(from, from + MOST);
    const losses = (of: "minibatches" | "dev") =>
      news.flatMap(([each, at]) => (each === of ? [at] : []));
    return {
      state: this.#ended ? (training.folder.run(name)?.state ?? "stopped") : "training",
      steps: training.steps,
      cursor: String(from + news.length),
      restarted,
      more: from + news.length < training.measured.length,
      minibatches: losses("minibatches"),
      dev: losses("dev"),
    };
  }

  archive(name: string): Uint8Array | undefined {
    return name === this.#training?.name ? this.#training.folder.archive(name) : undefined;
  }

  readonly isSweep = false;
  sweep(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** There is one run. */
  compare(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

/** What was measured before a run went on. */
function before(dir: string, first: number): Training["measured"] {
  return readMetrics(dir).flatMap((line): Training["measured"] => {
    if ((line.step ?? first) >= first) return [];
    if (isStep(line)) return [["minibatches", [line.step, line.loss]]];
    return isSplit(line) ? [["dev", [line.step, line.devLoss]]] : [];
  });
}
