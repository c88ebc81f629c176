/**
 * Keeps the runs of the page in the browser: whenever one stands still, and every few seconds while
 * it trains. What a reload takes of a training is a few seconds, which end in the same bits when
 * they are trained again.
 */
import { describe } from "../describe.js";
import type { Command, Report, RunId } from "../protocol.js";
import type { RunView } from "../runs.js";
import type { Store } from "../store.js";
import type { KeptRun, KeptRuns } from "./kept-runs.js";

/** Milliseconds from the end of keeping a run that trains to the next time, at least. */
const INTERVAL = 5000;
/** So many times as long is trained as is spent on keeping. */
const SHARE = 20;

type Told = Extract<Report, { kind: "kept" | "notKept" }>;

export class Keeper {
  /** the step at which each run is in the database */
  readonly #kept = new Map<RunId, number>();
  /** what a run goes on with: it stays until the run itself is kept */
  readonly #from = new Map<RunId, string>();
  /** of this visit: another one's runs have other keys */
  readonly #visit = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  #isBusy = false;
  #asked = 0;
  #next = 0;
  #problem: string | undefined;

  constructor(
    private readonly store: Store,
    private readonly runs: KeptRuns,
    private readonly send: (command: Command) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    store.subscribe(() => this.look());
  }

  /** Those of earlier visits, and of other tabs. */
  async offered(): Promise<KeptRun[]> {
    const all = await this.runs.list().catch(() => []);
    return all.filter(({ key }) => !key.startsWith(this.#visit));
  }

  /** A run of an earlier visit becomes the current one. @throws Error */
  async goOn({ key, date }: KeptRun): Promise<void> {
    const bytes = await this.runs.archive(key);
    if (bytes === undefined) throw new Error("this run is kept no longer: it was removed");
    this.store.open(`the run of ${new Date(date).toLocaleString("en")}`, bytes);
    this.#from.set(this.store.state.current.id, key);
  }

  remove({ key }: KeptRun): void {
    void this.runs.remove(key).catch(() => undefined);
  }

  /** Whether closing the page loses what is nowhere else. */
  get wouldLose(): boolean {
    return this.#all().some(
      ({ id, step, running }) =>
        step > 0 && (running ? !this.#kept.has(id) : this.#kept.get(id) !== step),
    );
  }

  /**
   * Keeps a run that is to be kept now, and lets those go that the page has no longer.
   * @param isHidden the page may be closed next: a training is not waited for
   */
  look(isHidden = false): void {
    const all = this.#all();
    for (const id of this.#kept.keys())
      if (!all.some((run) => run.id === id)) {
        this.#kept.delete(id);
        void this.runs.remove(this.#key(id)).catch(() => undefined);
      }
    if (this.#isBusy || this.#problem !== undefined) return;
    const isDue = isHidden || this.now() >= this.#next;
    const run = all.find(
      ({ id, step, running }) =>
        step > 0 && this.#kept.get(id) !== step && (isDue || !running || !this.#kept.has(id)),
    );
    if (run === undefined) return;
    this.#isBusy = true;
    this.#asked = this.now();
    this.send({ kind: "keep", run: run.id });
  }

  async hear(report: Told): Promise<void> {
    try {
      if (report.kind === "notKept") throw new Error(report.message);
      const { run: id, step, bytes } = report;
      const run = this.#all().find((each) => each.id === id);
      if (run !== undefined) {
        const { facts } = run;
        const about = { date: Date.now(), about: describe(run), step, steps: facts?.steps ?? step };
        await this.runs.put({ key: this.#key(id), ...about }, bytes);
        this.#kept.set(id, step);
        const from = this.#from.get(id);
        if (from !== undefined) await this.runs.remove(from);
        this.#from.delete(id);
      }
    } catch (error) {
      this.#problem = String(error);
      this.store.notice("This browser keeps no runs: save those that you want to have later.");
    }
    const took = this.now() - this.#asked;
    this.#next = this.now() + Math.max(INTERVAL, SHARE * took);
    this.#isBusy = false;
    this.look();
  }

  #key = (id: RunId): string => `${this.#visit}-${id}`;

  #all = (): readonly RunView[] => [this.store.state.current, ...this.store.state.past];
}
