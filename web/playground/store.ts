/** The state of the playground and what changes it: the reader here, the worker there. */
import { addressOf, type Addressed } from "./address.js";
import type { Command, List, Report, RunId, SettingValues } from "./protocol.js";
import { freshRun, IDLE, isRunning, type RunView, told } from "./runs.js";

/** Runs that are kept beside the current one; the oldest goes first. */
const KEPT = 6;

export interface State {
  readonly current: RunView;
  /** the latest first */
  readonly past: readonly RunView[];
  readonly prefix: string;
  /** lines for the reader: of the address, of the worker */
  readonly notices: readonly string[];
}

/** Where commands go. */
export type Send = (command: Command) => void;

export class Store {
  #state: State;
  #last: RunId = 0;
  readonly #listeners = new Set<() => void>();

  constructor(
    { settings, list, problems }: Addressed,
    private readonly send: Send,
    /** what becomes of an archive */
    private readonly onSaved: (name: string, bytes: Uint8Array<ArrayBuffer>) => void,
  ) {
    const current = freshRun(this.#last, settings, list);
    this.#state = { current, past: [], prefix: "", notices: problems };
    this.send({ kind: "reset", run: current.id, settings, list });
  }

  get state(): State {
    return this.#state;
  }

  /** @returns what ends it */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #set(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  hear(report: Report): void {
    if (report.kind === "saved") return this.onSaved(report.name, report.bytes);
    const { current, past } = this.#state;
    if (report.run === current.id) this.#set({ current: told(current, report) });
    else this.#set({ past: past.map((run) => (run.id === report.run ? told(run, report) : run)) });
  }

  notice(...notices: readonly string[]): void {
    this.#set({ notices });
  }

  toggle(): void {
    const { current } = this.#state;
    const asked = !isRunning(current);
    this.#set({ current: { ...current, asked } });
    this.send({ kind: asked ? "run" : "pause" });
  }

  step(): void {
    this.send({ kind: "step" });
  }

  /** A fresh run; the current one stays in the picture where it has done steps. */
  reset(
    settings: SettingValues = this.#state.current.settings,
    list = this.#state.current.list,
  ): void {
    const fresh = freshRun(++this.#last, settings, list);
    this.#replace(fresh, { kind: "reset", run: fresh.id, settings, list });
  }

  /** A training goes on with the change, from step 0. */
  change(key: string, value: string | number | boolean): void {
    const { current } = this.#state;
    if (current.settings[key] === value) return;
    this.reset({ ...current.settings, [key]: value });
    if (isRunning(current)) this.toggle();
  }

  /** The run that an address says. */
  visit({ settings, list, problems }: Addressed): void {
    this.reset(settings, list);
    this.notice(...problems);
  }

  /** The archive of a run becomes the current one. */
  open(name: string, bytes: Uint8Array): void {
    const { settings, list } = this.#state.current;
    const fresh = freshRun(++this.#last, settings, list);
    this.#replace(fresh, { kind: "open", run: fresh.id, archive: { name, bytes }, list });
  }

  save(): void {
    this.send({ kind: "save" });
  }

  choose(list: List): void {
    this.reset(this.#state.current.settings, list);
  }

  back(run: RunView): void {
    this.#replace(run, { kind: "back", run: run.id });
  }

  /** The run before it is kept if it has done steps. */
  #replace(run: RunView, command: Command): void {
    const { current, past } = this.#state;
    const others = past.filter(({ id }) => id !== run.id);
    const all = [{ ...current, ...IDLE }, ...others];
    const kept = all.filter(({ step }) => step > 0).slice(0, KEPT);
    this.#set({ current: run, past: kept, notices: [] });
    this.send(command);
    for (const gone of all) if (!kept.includes(gone)) this.send({ kind: "forget", run: gone.id });
  }

  forget(run: RunView): void {
    this.send({ kind: "forget", run: run.id });
    this.#set({ past: this.#state.past.filter(({ id }) => id !== run.id) });
  }

  type(prefix: string): void {
    this.send({ kind: "prefix", text: prefix });
    this.#set({ prefix });
  }

  /** What the address of the page says of the current run. */
  get address(): string {
    const { settings, list } = this.#state.current;
    return addressOf(settings, list);
  }
}
